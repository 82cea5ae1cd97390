"""The [bm25] table of a recipe."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Interval

from filters.strict import STRICT


@dataclass(frozen=True, kw_only=True)
class Bm25:
    """The [bm25] table: an index by which `gristmill search --ranked` finds the passages that fit a query best. It
    takes two thirds of the bytes of the texts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    block_bytes: Annotated[int, Interval(ge=1 << 10, le=1 << 30)] = 32 << 20
    """Bytes of text (UTF-8) whose words are sorted together: a task takes about 12 times as much memory, and a word is
    looked up in each block. A longer document has a block of its own."""
