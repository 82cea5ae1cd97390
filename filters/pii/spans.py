"""Where something was found, how sure that is, and how overlapping finds are resolved."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

# In order of precedence where two of one length overlap.
KINDS = (
    "KEY",
    "EMAIL",
    "EMAIL_OBFUSCATED",
    "IBAN",
    "CREDIT_CARD",
    "CRYPTO_ADDRESS",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "IMEI",
    "NATIONAL_ID",
    "PHONE",
    "HANDLE",
    "PROFILE",
    "IP_RESERVED",
    "COORDINATES",
)
OPTIONAL = frozenset({"IP_RESERVED", "COORDINATES"})  # private networks and places point at nobody by themselves
DEFAULT = tuple(kind for kind in KINDS if kind not in OPTIONAL)

# Grades of evidence, not probabilities: what is known of a find beyond its looks.
PROVED = 0.99  # check digits over a closed form, or a prefix that one issuer alone gives
NAMED = 0.9  # a validator, and a word beside it that says what it is
SHAPED = 0.8  # a validator and a form that few other things have
SAID = 0.7  # the word beside it and a possible form; no validator could confirm it


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Code points start..end (half-open) of a text."""

    start: int
    end: int
    kind: str
    detector: str
    confidence: float = PROVED
    country: str = ""  # ISO 3166-1 alpha-2 where the find itself tells it, else ""
    version: int = 1  # of the detector: raised whenever the same text would give other spans


def resolve(found: Iterable[Span]) -> list[Span]:
    """Spans in order that do not overlap: the longer wins, then the kind first in KINDS, then the earlier."""
    resolved: list[Span] = []
    touching: list[Span] = []  # spans that touch each other, directly or through others
    end = 0
    for span in sorted(found, key=lambda s: s.start):
        if touching and span.start >= end:
            resolved += _best(touching)
            touching = []
        touching.append(span)
        end = max(end, span.end) if len(touching) > 1 else span.end
    return [*resolved, *_best(touching)]


def _best(spans: list[Span]) -> list[Span]:
    if len(spans) == 1:
        return spans
    taken: list[Span] = []
    starts: list[int] = []  # of taken, both in order
    for span in sorted(spans, key=lambda s: (s.start - s.end, KINDS.index(s.kind), s.start, -s.confidence, s.detector)):
        place = bisect_left(starts, span.start)
        before, after = taken[place - 1 : place], taken[place : place + 1]
        if all(other.end <= span.start for other in before) and all(span.end <= other.start for other in after):
            taken.insert(place, span)
            starts.insert(place, span.start)
    return taken
