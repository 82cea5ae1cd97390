"""A statement on training, where it stands, and which of several holds."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Preference = Literal["allow", "disallow", "unknown"]

ALLOW: Final = "allow"
DISALLOW: Final = "disallow"
UNKNOWN: Final = "unknown"

PLACES: Final = ("header", "page", "robots", "site", "list")  # site: tdmrep.json
RAW_CHARS: Final = 1000  # of a statement as it stands


class Statement(NamedTuple):
    """What somebody says; `raw` is how it stands there, cut at 1,000 characters."""

    train_ai: Preference
    protocol: str
    place: str  # one of PLACES
    date: str  # of the answer, the file or the list, ISO 8601, UTC; "" where it is not known
    raw: str
    unread: bool = False  # whether terms are named that are not here: they may forbid it


def strictest(statements: Iterable[Statement]) -> Statement | None:
    """The one that holds (draft-ietf-aipref-vocab, "Combining Preferences"): any that disallows; then terms that nobody
    has read, which may; then any that allows. Of equals the first place, the latest date. None of none."""
    return min(statements, key=order, default=None)


def order(one: Statement) -> tuple[int, int, tuple[int, ...], str, str]:
    """By which statements stand, the strictest first."""
    rank = 0 if one.train_ai == DISALLOW else 1 if one.unread else 2 if one.train_ai == ALLOW else 3
    late = tuple(-ord(c) for c in one.date)
    return rank, PLACES.index(one.place), late or (0,), one.protocol, one.raw
