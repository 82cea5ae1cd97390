"""Documents of a kind, of which a sample is drawn and shares are told."""

from dataclasses import dataclass

KEPT, DROPPED, CUT = "kept", "dropped", "cut"  # as released; as they were read; what was cut out of kept ones


@dataclass(frozen=True, order=True, kw_only=True)
class Stratum:
    """A language of a source, by what became of it; `of` and `source` are "" for sheets without a key."""

    language: str
    source: str
    of: str
