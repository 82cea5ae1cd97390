"""How much of a text says the same again (ROOTS, Laurencon et al. 2022; lines: Gopher, Rae et al. 2021, table A1)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pyarrow as pa
from annotated_types import Ge, Interval

from filters.batch import Batch
from filters.kernels import ngrams
from filters.rules import Rule

Share = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Repeated character n-grams, word n-grams and lines."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [  # each 0.0 for a text too short to have any
            pa.field("char_ratio", pa.float64(), nullable=False),  # kernels.ngrams.top_share
            pa.field("word_ratio", pa.float64(), nullable=False),  # kernels.ngrams.repeated_share
            pa.field("line_ratio", pa.float64(), nullable=False),  # lines that repeat an earlier one / lines
            pa.field("line_char_ratio", pa.float64(), nullable=False),  # characters in them / characters in lines
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="repeated_chars", signal="char_ratio", threshold="max_char_ratio"),
        Rule(reason="repeated_words", signal="word_ratio", threshold="max_word_ratio"),
        Rule(reason="repeated_lines", signal="line_ratio", threshold="max_line_ratio"),
        Rule(reason="repeated_line_chars", signal="line_char_ratio", threshold="max_line_char_ratio"),
    )

    char_ngram: Annotated[int, Ge(1)] = 10  # ROOTS' default row
    word_ngram: Annotated[int, Ge(1)] = 5
    max_char_ratio: Share | None = 0.20  # ROOTS' default row
    max_word_ratio: Share | None = 0.30  # ROOTS' default row
    max_line_ratio: Share | None = 0.30  # Gopher
    max_line_char_ratio: Share | None = 0.20  # Gopher

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.index
        lines = ngrams.line_repetition(index.line_hash, index.line_chars, index.line_offsets)
        columns = [
            ngrams.character_repetition(*batch.buffers, self.char_ngram),
            ngrams.word_repetition(index.word_hash, index.word_offsets, self.word_ngram),
            lines[:, 0].copy(),
            lines[:, 1].copy(),
        ]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)
