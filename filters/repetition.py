"""How much of a text says the same again (ROOTS, Laurencon et al. 2022; Gopher, Rae et al. 2021, table A1)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pyarrow as pa
from annotated_types import Ge, Interval

from filters.batch import Batch
from filters.kernels import ngrams
from filters.kernels.repeats import DUPLICATE, TOP, line_repeats, word_repeats
from filters.rules import Rule

Share = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Repeated character n-grams, word n-grams, lines and paragraphs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
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

    char_ngram: Annotated[int, Ge(1)] = 10  # ROOTS' default row
    word_ngram: Annotated[int, Ge(1)] = 5
    max_char_ratio: Share | None = 0.20  # ROOTS' default row
    max_word_ratio: Share | None = 0.30  # ROOTS' default row
    max_line_ratio: Share | None = 0.30  # Gopher
    max_line_char_ratio: Share | None = 0.20  # Gopher
    max_paragraph_ratio: Share | None = None  # Gopher: 0.30
    max_paragraph_char_ratio: Share | None = None  # Gopher: 0.20
    # Gopher's limits for these were set on English: 0.20, 0.18, 0.16; 0.15, 0.14, 0.13, 0.12, 0.11, 0.10.
    max_top_2_ratio: Share | None = None
    max_top_3_ratio: Share | None = None
    max_top_4_ratio: Share | None = None
    max_duplicate_5_ratio: Share | None = None
    max_duplicate_6_ratio: Share | None = None
    max_duplicate_7_ratio: Share | None = None
    max_duplicate_8_ratio: Share | None = None
    max_duplicate_9_ratio: Share | None = None
    max_duplicate_10_ratio: Share | None = None

    def measure(self, batch: Batch) -> pa.RecordBatch:
        index = batch.index
        columns = [
            ngrams.character_repetition(*batch.buffers, self.char_ngram),
            ngrams.word_repetition(index.word_hash, index.word_offsets, self.word_ngram),
            *line_repeats(index.line_hash, index.line_chars, index.opens, index.line_offsets).T,
            *word_repeats(index.word_hash, index.word_chars, index.word_offsets, index.chars).T,
        ]
        return pa.RecordBatch.from_arrays([pa.array(column.copy()) for column in columns], schema=self.signals)
