"""Too short or too long to learn from (ROOTS' number of words, Laurencon et al. 2022; Gopher's, Rae et al. 2021)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Ge

from filters.arrow import schema
from filters.batch import Batch
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Counts of bytes, code points, words (`filters.kernels.text`) and lines that are not blank."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 3
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("bytes", pa.int32(), nullable=False),  # of UTF-8
            pa.field("chars", pa.int32(), nullable=False),  # code points
            pa.field("words", pa.int32(), nullable=False),
            pa.field("lines", pa.int32(), nullable=False),  # that are not blank
            pa.field("mean_word_chars", pa.float64(), nullable=False),  # 0.0 without words
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="few_bytes", signal="bytes", threshold="min_bytes"),
        Rule(reason="few_chars", signal="chars", threshold="min_chars"),
        Rule(reason="many_chars", signal="chars", threshold="max_chars"),
        Rule(reason="few_words", signal="words", threshold="min_words"),
        Rule(reason="many_words", signal="words", threshold="max_words"),
        Rule(reason="many_lines", signal="lines", threshold="max_lines"),
        Rule(reason="short_words", signal="mean_word_chars", threshold="min_mean_word_chars"),
        Rule(reason="long_words", signal="mean_word_chars", threshold="max_mean_word_chars"),
    )

    min_bytes: Annotated[int, Ge(0)] | None = None
    """Fewest bytes of UTF-8. ROOTS' catalogue: 300, and 1024 for its largest languages."""
    min_chars: Annotated[int, Ge(0)] | None = None
    """Fewest code points."""
    max_chars: Annotated[int, Ge(0)] | None = None
    """Most code points."""
    min_words: Annotated[int, Ge(0)] | None = 10
    """Fewest words. ROOTS' default row: 10."""
    max_words: Annotated[int, Ge(0)] | None = 100_000
    """Most words. ROOTS' default row: 100,000."""
    max_lines: Annotated[int, Ge(0)] | None = None
    """Most lines that are not blank. StarCoder2: 100,000, and 512 for data files."""
    min_mean_word_chars: Annotated[float, Ge(0)] | None = None
    """Least mean length of words, in code points. Gopher: 3; not for scripts of one-letter words."""
    max_mean_word_chars: Annotated[float, Ge(0)] | None = None
    """Greatest mean length of words, in code points. Gopher: 10."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.index
        words = index.words
        columns = [
            np.diff(batch.buffers[1]),
            index.chars,
            words,
            index.lines,
            index.in_words / np.maximum(words, 1),
        ]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)
