"""Running text has stop words; lists, menus and tables have few (ROOTS, Laurencon et al. 2022; Gopher, Rae 2021)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge, Interval

from filters.arrow import filled, schema
from filters.batch import Batch
from filters.kernels.lexicon import Lexicons, compile_lexicons, count_known
from filters.languages import language_id
from filters.rules import Rule

_SORANI = ("ckb_Arab", "kur_Arab")
_GOPHER = ("the", "be", "to", "of", "and", "that", "have", "with")  # Rae et al. 2021, appendix A1.1


def packaged() -> dict[str, list[str]]:
    """The lists of package `stopwordsiso` (MIT), by language id."""
    import stopwordsiso  # noqa: PLC0415  (reads a JSON file when imported)

    by_id = {language_id(code) or "": _lettered(stopwordsiso.stopwords(code)) for code in sorted(stopwordsiso.langs())}
    by_id["zho_Hant"] = by_id["zho_Hani"] = by_id["zho_Hans"]  # the list has both forms
    for id_ in _SORANI:  # what it calls Kurdish is Central Kurdish in Arabic letters
        by_id[id_] = by_id[language_id("ku") or ""]
    return {id_: words for id_, words in by_id.items() if id_ and id_ != language_id("ku")}


def _lettered(entries: Iterable[str]) -> list[str]:
    """Sorted; without the signs and digits that some lists have, by which a price list would be full of stop words."""
    return sorted(entry for entry in entries if any(character.isalpha() for character in entry))


@cache
def lexicons() -> Lexicons:
    """Those, and filters/data/stopwords.json (FineWeb-2, Apache-2.0) for languages that they lack.

    A language that is written in several scripts has the words of all under each: a model may know its name and not in
    which it is.
    """
    others: dict[str, list[str]] = orjson.loads((files("filters.data") / "stopwords.json").read_bytes())
    ours = {language_id(id_) or id_: words for id_, words in others.items()}  # its ids are of single languages
    by_id = {**ours, **packaged()}
    by_language: dict[str, set[str]] = {}
    for id_, words in by_id.items():
        by_language.setdefault(id_.partition("_")[0], set()).update(words)
    return compile_lexicons({id_: sorted(by_language[id_.partition("_")[0]]) for id_ in by_id})


@cache
def gopher() -> Lexicons:
    """The eight words that Gopher asks English for; elsewhere any stop word is as good as another."""
    return compile_lexicons({"eng_Latn": _GOPHER})


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The share of stop words. A language without a lexicon never fails: its ratio is 1.0, distinct 2^31 - 1.

    In scripts without spaces a stop word counts as often as it has letters, and words are letters.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 5
    libraries: ClassVar[tuple[str, ...]] = ("stopwordsiso",)
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("ratio", pa.float64(), nullable=False),  # stop words / words; 0.0 without words
            pa.field("distinct", pa.int32(), nullable=False),  # different stop words; of English, of Gopher's eight
            pa.field("lexicon", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="few_stopwords", signal="ratio", threshold="min_ratio"),
        Rule(reason="few_distinct", signal="distinct", threshold="min_distinct"),
    )

    min_ratio: Annotated[float, Interval(ge=0, le=1)] | None = 0.01
    """Least share of stop words. ROOTS takes 0.10 with lexicons of its own. With these, 0.10 would drop 56 % of Finnish
    and 90 % of Korean text, whose function words are suffixes, and 10 % of English; 0.01 finds what has no sentences
    in any of them."""
    min_distinct: Annotated[int, Ge(0)] | None = None
    """Fewest different stop words; of English, of Gopher's eight. Gopher: 2."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        known, has = count(batch, lexicons())
        eight, english = count(batch, gopher())
        distinct = np.where(english, eight[:, 2], known[:, 2])
        columns = [
            np.where(has, known[:, 0] / np.maximum(batch.index.words, 1), 1.0),
            np.where(has, distinct, np.iinfo(np.int32).max).astype(np.int32),
            has,
        ]
        return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=self.signals)


def count(batch: Batch, lexicon: Lexicons) -> tuple[np.ndarray, np.ndarray]:
    """`count_known` by the lexicon of each document's language, and whether there is one (bool[rows])."""
    labels = pc.index_in(batch.signals["language"].column("label"), value_set=pa.array(list(lexicon.languages)))
    rows = np.asarray(filled(labels, -1)).astype(np.int64)
    index = batch.index
    known = count_known(index.word_hash, index.word_offsets, rows, lexicon.offsets, lexicon.table, lexicon.kinds)
    return known, rows >= 0
