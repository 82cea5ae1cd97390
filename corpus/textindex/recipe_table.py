"""The [textindex] table of a recipe."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class TextIndex:
    """The [textindex] table: an index by which `gristmill search` and `gristmill trace --text` read little of the
    corpus. It takes twice the bytes of its texts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    block_bytes: Annotated[int, Interval(ge=1 << 10, le=1 << 30)] = 32 << 20
    """Bytes of text (UTF-8) that are sorted together: a task takes about 12 times as much memory, and what is looked up
    is looked up in each block. A longer document has a block of its own."""
