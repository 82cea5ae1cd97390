"""Where something was found, and how overlapping finds are resolved."""

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("KEY", "EMAIL", "IP_ADDRESS", "PHONE")      # in order of precedence where two of one length overlap


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Code points start..end (half-open) of a text."""

    start: int
    end: int
    kind: str
    detector: str


def resolve(found: Iterable[Span]) -> list[Span]:
    """Spans in order that do not overlap: the longer wins, then the kind that comes first in KINDS, then the earlier."""
    taken: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start - s.end, KINDS.index(s.kind), s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda s: s.start)
