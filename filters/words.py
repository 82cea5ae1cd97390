"""What words are made of (Gopher, Rae et al. 2021, appendix A1.1; ROOTS' code, Laurencon et al. 2022)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Ge, Interval

from filters.arrow import schema
from filters.batch import Batch
from filters.kernels.text import word_lengths
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Letters in words, symbols beside words, and how much the lengths of words differ."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 3
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [  # each 0.0 without words
            pa.field("lettered_ratio", pa.float64(), nullable=False),  # words with a letter / words
            pa.field("hashes_per_word", pa.float64(), nullable=False),  # characters # / words
            pa.field("ellipses_per_word", pa.float64(), nullable=False),  # ... and U+2026 / words
            pa.field("longest_chars", pa.int32(), nullable=False),  # code points of the longest word
            pa.field("chars_deviation", pa.float64(), nullable=False),  # standard deviation of their code points
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="few_lettered", signal="lettered_ratio", threshold="min_lettered_ratio"),
        Rule(reason="many_hashes", signal="hashes_per_word", threshold="max_hashes_per_word"),
        Rule(reason="many_ellipses", signal="ellipses_per_word", threshold="max_ellipses_per_word"),
        Rule(reason="long_word", signal="longest_chars", threshold="max_longest_chars"),
        Rule(reason="uniform", signal="chars_deviation", threshold="min_chars_deviation"),
    )

    min_lettered_ratio: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Least share of words with a letter. Gopher: 0.80."""
    max_hashes_per_word: Annotated[float, Ge(0)] | None = None
    """Most characters # a word. Gopher: 0.10."""
    max_ellipses_per_word: Annotated[float, Ge(0)] | None = None
    """Most ellipses (... and U+2026) a word. Gopher: 0.10."""
    max_longest_chars: Annotated[int, Ge(0)] | None = None
    """Greatest length of the longest word, in code points. C4: 1000."""
    min_chars_deviation: Annotated[float, Ge(0)] | None = None
    """Least standard deviation of the lengths of words, in code points. ROOTS' code: 3."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.index
        words = np.maximum(index.words, 1)
        longest, deviation = word_lengths(index.word_chars, index.word_offsets)
        some = index.words > 0
        columns = [
            index.lettered / words,
            np.where(some, batch.lines.of("hashes") / words, 0.0),
            np.where(some, batch.lines.of("ellipses") / words, 0.0),
            longest,
            deviation,
        ]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)
