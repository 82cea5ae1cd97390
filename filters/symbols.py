"""What kinds of characters a text is made of (ROOTS' special characters, Laurencon et al. 2022)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Interval

from filters.batch import Batch
from filters.rules import Rule
from filters.unicode import DIGIT, LETTER, LINE_END, MARK, PUNCTUATION, SPACE, SYMBOL

Share = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Shares of code points by Unicode general category."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 3
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [  # each 0.0 where there is nothing to divide by
            pa.field("letter_ratio", pa.float64(), nullable=False),  # letters and marks / code points but white space
            pa.field("alnum_ratio", pa.float64(), nullable=False),  # letters, marks and numbers / all code points
            pa.field("digit_ratio", pa.float64(), nullable=False),  # numbers / code points but white space
            pa.field(
                "symbol_ratio", pa.float64(), nullable=False
            ),  # symbols, emoji among them / code points but white space
            pa.field(
                "special_ratio", pa.float64(), nullable=False
            ),  # ROOTS: punctuation, numbers, symbols / all code points
            pa.field("upper_ratio", pa.float64(), nullable=False),  # upper-case letters / letters
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="few_letters", signal="letter_ratio", threshold="min_letter_ratio"),
        Rule(reason="few_alnum", signal="alnum_ratio", threshold="min_alnum_ratio"),
        Rule(reason="many_digits", signal="digit_ratio", threshold="max_digit_ratio"),
        Rule(reason="many_symbols", signal="symbol_ratio", threshold="max_symbol_ratio"),
        Rule(reason="few_specials", signal="special_ratio", threshold="min_special_ratio"),
        Rule(reason="many_specials", signal="special_ratio", threshold="max_special_ratio"),
        Rule(reason="shouting", signal="upper_ratio", threshold="max_upper_ratio"),
    )

    min_letter_ratio: Share | None = None
    """Least share of letters and marks in the code points but white space."""
    min_alnum_ratio: Share | None = None
    """Least share of letters, marks and numbers in all code points. Code: 0.25 (Allal et al. 2023, SantaCoder)."""
    max_digit_ratio: Share | None = None
    """Largest share of numbers in the code points but white space."""
    max_symbol_ratio: Share | None = None
    """Largest share of symbols, emoji among them, in the code points but white space."""
    min_special_ratio: Share | None = None
    """Least share of punctuation, numbers and symbols in all code points. ROOTS' code: 0.15."""
    max_special_ratio: Share | None = 0.40
    """Largest share of punctuation, numbers and symbols in all code points. ROOTS' default row: 0.40."""
    max_upper_ratio: Share | None = None
    """Largest share of upper-case letters in the letters."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        kinds = batch.index.kinds.astype(np.int64)
        everything = kinds.sum(axis=1)
        visible = np.maximum(everything - kinds[:, SPACE] - kinds[:, LINE_END], 1)
        specials = kinds[:, PUNCTUATION] + kinds[:, DIGIT] + kinds[:, SYMBOL]
        columns = [
            (kinds[:, LETTER] + kinds[:, MARK]) / visible,
            (kinds[:, LETTER] + kinds[:, MARK] + kinds[:, DIGIT]) / np.maximum(everything, 1),
            kinds[:, DIGIT] / visible,
            kinds[:, SYMBOL] / visible,
            specials / np.maximum(everything, 1),
            batch.index.upper / np.maximum(kinds[:, LETTER], 1),
        ]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)
