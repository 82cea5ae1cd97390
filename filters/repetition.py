"""How much of a text says the same again (ROOTS, Laurencon et al. 2022; Gopher, Rae et al. 2021, table A1)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pyarrow as pa
from annotated_types import Interval

from filters.batch import Batch
from filters.kernels import ngrams
from filters.kernels.repeats import DUPLICATE, TOP, line_repeats, word_repeats
from filters.rules import Rule

Share = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Repeated character n-grams, word n-grams, lines and paragraphs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 4
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [  # each 0.0 for a text too short to have any
            pa.field("char_ratio", pa.float64(), nullable=False),  # kernels.ngrams.top_share
            pa.field("word_ratio", pa.float64(), nullable=False),  # kernels.ngrams.repeated_share
            pa.field("line_ratio", pa.float64(), nullable=False),  # lines that repeat an earlier one / lines
            pa.field("line_char_ratio", pa.float64(), nullable=False),  # characters in them / characters in lines
            pa.field("paragraph_ratio", pa.float64(), nullable=False),  # paragraphs stand between blank lines
            pa.field("paragraph_char_ratio", pa.float64(), nullable=False),
            *(pa.field(f"top_{n}_ratio", pa.float64(), nullable=False) for n in TOP),  # kernels.repeats.word_repeats
            *(pa.field(f"duplicate_{n}_ratio", pa.float64(), nullable=False) for n in DUPLICATE),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="repeated_chars", signal="char_ratio", threshold="max_char_ratio"),
        Rule(reason="repeated_words", signal="word_ratio", threshold="max_word_ratio"),
        Rule(reason="repeated_lines", signal="line_ratio", threshold="max_line_ratio"),
        Rule(reason="repeated_line_chars", signal="line_char_ratio", threshold="max_line_char_ratio"),
        Rule(reason="repeated_paragraphs", signal="paragraph_ratio", threshold="max_paragraph_ratio"),
        Rule(reason="repeated_paragraph_chars", signal="paragraph_char_ratio", threshold="max_paragraph_char_ratio"),
        *(Rule(reason=f"top_{n}_gram", signal=f"top_{n}_ratio", threshold=f"max_top_{n}_ratio") for n in TOP),
        *(
            Rule(reason=f"duplicate_{n}_grams", signal=f"duplicate_{n}_ratio", threshold=f"max_duplicate_{n}_ratio")
            for n in DUPLICATE
        ),
    )

    char_ngram: Annotated[int, Interval(ge=1, le=1000)] = 10
    """Code points of the n-grams of char_ratio. ROOTS' default row: 10."""
    word_ngram: Annotated[int, Interval(ge=1, le=1000)] = 5
    """Words of the n-grams of word_ratio."""
    max_char_ratio: Share | None = 0.20
    """Largest share of the most frequent character n-grams in all. ROOTS' default row: 0.20."""
    max_word_ratio: Share | None = 0.30
    """Largest share of word n-grams that occur more than once. ROOTS' default row: 0.30."""
    max_line_ratio: Share | None = 0.30
    """Largest share of lines that repeat an earlier one. Gopher: 0.30."""
    max_line_char_ratio: Share | None = 0.20
    """Largest share of the characters of lines that are in such lines. Gopher: 0.20."""
    max_paragraph_ratio: Share | None = None
    """Largest share of paragraphs (between blank lines) that repeat an earlier one. Gopher: 0.30."""
    max_paragraph_char_ratio: Share | None = None
    """Largest share of the characters of paragraphs that are in such paragraphs. Gopher: 0.20."""
    max_top_2_ratio: Share | None = None
    """Largest share of code points in the most frequent word 2-gram. Gopher: 0.20, set on English."""
    max_top_3_ratio: Share | None = None
    """Largest share of code points in the most frequent word 3-gram. Gopher: 0.18, set on English."""
    max_top_4_ratio: Share | None = None
    """Largest share of code points in the most frequent word 4-gram. Gopher: 0.16, set on English."""
    max_duplicate_5_ratio: Share | None = None
    """Largest share of code points in word 5-grams that occurred before. Gopher: 0.15, set on English."""
    max_duplicate_6_ratio: Share | None = None
    """Largest share of code points in word 6-grams that occurred before. Gopher: 0.14, set on English."""
    max_duplicate_7_ratio: Share | None = None
    """Largest share of code points in word 7-grams that occurred before. Gopher: 0.13, set on English."""
    max_duplicate_8_ratio: Share | None = None
    """Largest share of code points in word 8-grams that occurred before. Gopher: 0.12, set on English."""
    max_duplicate_9_ratio: Share | None = None
    """Largest share of code points in word 9-grams that occurred before. Gopher: 0.11, set on English."""
    max_duplicate_10_ratio: Share | None = None
    """Largest share of code points in word 10-grams that occurred before. Gopher: 0.10, set on English."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.index
        columns = [
            ngrams.character_repetition(*batch.buffers, self.char_ngram),
            ngrams.word_repetition(index.word_hash, index.word_offsets, self.word_ngram),
            *line_repeats(index.line_hash, index.line_chars, index.opens, index.line_offsets).T,
            *word_repeats(index.word_hash, index.word_chars, index.word_offsets, index.chars).T,
        ]
        return pa.RecordBatch.from_arrays([pa.array(column.copy()) for column in columns], schema=self.signals)
