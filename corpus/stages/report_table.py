"""The [report] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Report:
    """The [report] table: how much of the corpus the page shows."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    samples: Annotated[int, Interval(ge=0, le=1_000)] = 5
    """Dropped documents shown for each rule."""
    pairs: Annotated[int, Interval(ge=0, le=1_000)] = 3
    """Duplicates shown side by side, of each stratum of similarity and cluster size."""
    judged: Annotated[int, Interval(ge=0, le=100_000)] = 25
    """Removals of each stratum in pairs.csv, to be judged by people: 25 that are all right give a precision of 0.87 to
    1 (Wilson)."""
    sample_chars: Annotated[int, Interval(ge=0, le=100_000)] = 600
    """Code points of a sampled text that the page shows."""
