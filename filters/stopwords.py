"""Running text has stop words; lists, menus and tables have few (ROOTS, Laurencon et al. 2022; Gopher, Rae 2021)."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Interval

from filters.batch import Batch
from filters.kernels.lexicon import Lexicons, compile_lexicons, count_known
from filters.languages import language_id
from filters.rules import Rule

# Lexicons of whole words do not fit units of one letter: these languages have none until units are words.
_UNSPACED = ("zho_Hans", "zho_Hant", "jpn_Jpan", "tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "bod_Tibt")


@cache
def lexicons() -> Lexicons:
    """The lists of package `stopwordsiso` (MIT), by language id."""
    import stopwordsiso  # noqa: PLC0415  (reads a JSON file when imported)

    by_id = {language_id(code): sorted(stopwordsiso.stopwords(code)) for code in sorted(stopwordsiso.langs())}
    return compile_lexicons({id_: words for id_, words in by_id.items() if id_ and id_ not in _UNSPACED})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The share of stop words. A language without a lexicon never fails: ratio is 1.0 and `lexicon` false."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field("ratio", pa.float64(), nullable=False),  # stop words / words; 0.0 without words
            pa.field("lexicon", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (Rule(reason="few_stopwords", signal="ratio", threshold="min_ratio"),)

    # ROOTS takes 0.10 with lexicons of its own. With these, 0.10 would drop 56 % of Finnish and 90 % of Korean text,
    # whose function words are suffixes, and 10 % of English; 0.01 finds what has no sentences in any of them.
    min_ratio: Annotated[float, Interval(ge=0, le=1)] | None = 0.01

    def measure(self, batch: Batch) -> pa.RecordBatch:
        known, has = share(batch, lexicons())
        return pa.RecordBatch.from_arrays([pa.array(np.where(has, known, 1.0)), pa.array(has)], schema=self.signals)


def share(batch: Batch, lexicon: Lexicons) -> tuple[np.ndarray, np.ndarray]:
    """Known words / words (0.0 without words) by the lexicon of each document's language, and whether there is one."""
    labels = batch.signals["language"].column("label").to_pylist()
    rows = np.array([lexicon.languages.get(label, -1) for label in labels], np.int64)
    index = batch.index
    known = count_known(index.word_hash, index.word_offsets, rows, lexicon.offsets, lexicon.hashes)
    return known / np.maximum(index.words, 1), rows >= 0
