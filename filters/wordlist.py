"""Whether a text has words that stand in its language and hardly in any other (FineWeb-2, Penedo et al. 2025).

Models take other languages and noise for small ones: more than a tenth of what was taken for 515 of FineWeb-2's
languages was something else. A text without one word of its language's list is hardly in it. Lists are strict for
languages that are alike in most words, as Croatian and Serbian are.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import numpy as np
import orjson
import pyarrow as pa
from annotated_types import Ge

from filters.arrow import equal, schema, string_array, strings
from filters.batch import Batch
from filters.kernels.lexicon import Lexicons, compile_lexicons, count_known
from filters.languages import language_id
from filters.rules import Rule

_NO_LIST = np.iinfo(np.int32).max


@cache
def lists() -> dict[str, list[str]]:
    """filters/data/wordlists.json.gz (Apache-2.0, Hugging Face), made by scripts/make_wordlists."""
    packed = (files("filters.data") / "wordlists.json.gz").read_bytes()
    found: dict[str, list[str]] = orjson.loads(gzip.decompress(packed))
    return {language_id(id_) or id_: words for id_, words in found.items()}  # its ids are of single languages


@cache
def lexicon(language: str) -> Lexicons:
    """Of one language: a run meets few of them, and all take seconds to compile."""
    return compile_lexicons({language: lists()[language]})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Words of the list of the text's language. A language without a list never fails: `words` is 2^31 - 1.

    FineWeb-2 also keeps what has none of the words and an address that names the language or its country, tells words
    in upper case from those in lower case, and has all of each list, of which the 500 most frequent words are here.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("words", pa.int32(), nullable=False),  # different words of the list
            pa.field("lexicon", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (Rule(reason="few_own_words", signal="words", threshold="min_words"),)

    min_words: Annotated[int, Ge(0)] | None = 1
    """Fewest different words of the list. FineWeb-2: 1, for languages of which more than a tenth was another."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        labels = string_array(batch.signals["language"].column("label"))
        words = np.full(batch.rows, _NO_LIST, np.int32)
        for language in strings(labels.unique()):
            if language in lists():
                here = equal(labels, language)
                words[here] = _different(batch, lexicon(language), here)[here]
        return pa.RecordBatch.from_arrays([pa.array(words), pa.array(words != _NO_LIST)], schema=self.signals)


def _different(batch: Batch, known: Lexicons, here: np.ndarray) -> np.ndarray:
    """int32[rows]: different entries in the rows that are `here`."""
    index = batch.index
    rows = np.where(here, 0, -1).astype(np.int64)
    found = count_known(index.word_hash, index.word_offsets, rows, known.offsets, known.table, known.kinds)
    return np.asarray(found[:, 2].astype(np.int32))
