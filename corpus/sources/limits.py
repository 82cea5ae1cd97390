"""The [ingest] table."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """The [ingest] table: how input is shared out into tasks and parts, and how much of it may be rejected."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    part_bytes: Annotated[int, Interval(ge=1 << 10, le=1 << 36)] = 128 << 20
    """Bytes of text (UTF-8) in a part, the piece that one task measures: 128 MiB are about 20 s on one core."""
    unit_bytes: Annotated[int, Interval(ge=1 << 10, le=1 << 36)] = 64 << 20
    """Bytes of input files that one task reads. Larger files of lines, of Parquet and compressed archives
    are cut, smaller files grouped."""
    max_reject_share: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Largest share of a source's records that may be rejected, and of its bytes that damage may hide; more stops the
    run."""
