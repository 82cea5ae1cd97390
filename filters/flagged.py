"""Pages of pornography and spam are dense with a few words (ROOTS, Laurencon et al. 2022)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import numpy as np
import orjson
import pyarrow as pa
from annotated_types import Ge, Interval

from filters.arrow import schema
from filters.batch import Batch
from filters.kernels.lexicon import Lexicons, compile_lexicons
from filters.rules import Rule
from filters.stopwords import count


@cache
def lexicons() -> Lexicons:
    """filters/data/flagged.json: the "List of Dirty, Naughty, Obscene, and Otherwise Bad Words" (CC-BY-4.0), without
    what is no such word in ordinary text (scripts/clean_flagged)."""
    words: dict[str, list[str]] = orjson.loads((files("filters.data") / "flagged.json").read_bytes())
    both = sorted({*words["zho_Hans"], *words["zho_Hant"]})  # for texts of characters that both writings have
    return compile_lexicons({**words, "zho_Hani": both})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The share of flagged words; 0.0 for a language without a lexicon."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 5
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("ratio", pa.float64(), nullable=False),  # flagged words / words; 0.0 without words or lexicon
            pa.field("entries", pa.int32(), nullable=False),  # flagged words and phrases in the text
            pa.field("lexicon", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="flagged_words", signal="ratio", threshold="max_ratio"),
        Rule(reason="any_flagged", signal="entries", threshold="max_entries"),
    )

    max_ratio: Annotated[float, Interval(ge=0, le=1)] | None = 0.10
    """Largest share of flagged words. ROOTS' default row: 0.10; its tuned rows are 0.001 to 0.03."""
    max_entries: Annotated[int, Ge(0)] | None = None
    """Most flagged words and phrases. C4: 0, whatever the length of the page."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        known, has = count(batch, lexicons())
        ratio = known[:, 0] / np.maximum(batch.index.words, 1)
        columns = [ratio, known[:, 1].astype(np.int32), has]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)
