"""Where something was found, and how overlapping finds are resolved."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("KEY", "EMAIL", "IP_ADDRESS", "PHONE")  # in order of precedence where two of one length overlap


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Code points start..end (half-open) of a text."""

    start: int
    end: int
    kind: str
    detector: str


def resolve(found: Iterable[Span]) -> list[Span]:
    """Spans in order that do not overlap: the longer wins, then the kind first in KINDS, then the earlier."""
    taken: list[Span] = []
    starts: list[int] = []  # of taken, both in order
    for span in sorted(found, key=lambda s: (s.start - s.end, KINDS.index(s.kind), s.start)):
        place = bisect_left(starts, span.start)
        before, after = taken[place - 1 : place], taken[place : place + 1]
        if all(other.end <= span.start for other in before) and all(span.end <= other.start for other in after):
            taken.insert(place, span)
            starts.insert(place, span.start)
    return taken
