"""With an index the same is found as without."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.search import indexed, scan
from corpus.search.pattern import Phrase
from corpus.search.scan import PartFound
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from corpus.store.table import Table
from corpus.textindex import blocks
from tests.corpus.search.test_pattern import asked
from tests.stages import written

LANGUAGES = ("deu_Latn", "eng_Latn", "zho_Hans")


def corpus_of(folder: Path, texts: Sequence[str]) -> Table:
    """One part, with languages and sources in turn."""
    rows = {
        "text": pa.array(texts, pa.string()),
        "language": pa.array([LANGUAGES[n % 3] for n in range(len(texts))], pa.string()),
        "source": pa.array(["ab"[n % 2] for n in range(len(texts))], pa.string()),
    }
    return written(folder, "corpus", [pa.table(rows)])


def index_of(folder: Path, texts: Sequence[str], size: int) -> Table:
    entry = blocks.write(str(folder), 0, blocks.cut([[text.encode() for text in texts]], size))
    return Table(folder=str(folder), name=blocks.TABLE, files=(entry,))


def same(one: PartFound, other: PartFound) -> None:
    for name in ("documents", "bytes", "occurrences", "holding"):
        assert getattr(one, name) == getattr(other, name), name
    assert np.array_equal(one.first, other.first)


@given(
    asked(),
    st.integers(1, 90),
    st.integers(0, 5),
    st.sampled_from([(), ("deu_Latn",), ("*_Latn",)]),
    st.sampled_from([(), ("a",)]),
)
@example((["abcdabcd" * 2000, "abcdef", ""], "abcd"), 5000, 3, (), ())  # more than are looked up one by one
@example((["abcd", "efgh"], "cdef"), 500, 3, (), ())
def test_an_index_finds_what_a_scan_finds(
    texts_phrase: tuple[list[str], str], size: int, room: int, languages: tuple[str, ...], sources: tuple[str, ...]
) -> None:
    texts, phrase = texts_phrase
    selection = Selection(languages=languages, sources=sources)
    with TemporaryDirectory() as folder:
        corpus, index = corpus_of(Path(folder), texts), index_of(Path(folder), texts, size)
        found = indexed.part(corpus, index, 0, Phrase(phrase), selection, room)
        same(found, scan.part(Texts(name="corpus", table=corpus), 0, Phrase(phrase), selection, room))


def test_an_index_of_other_documents_is_told(tmp_path: Path) -> None:
    corpus, index = corpus_of(tmp_path, ["one text"]), index_of(tmp_path, ["one text", "and another"], 100)
    with pytest.raises(DataError, match="other documents than the corpus"):
        indexed.part(corpus, index, 0, Phrase("text"), Selection(), 5)


@pytest.mark.parametrize("count", [0, 1])
def test_few_documents(tmp_path: Path, count: int) -> None:
    texts = ["the mill"] * count
    corpus, index = corpus_of(tmp_path, texts), index_of(tmp_path, texts, 100)
    assert indexed.part(corpus, index, 0, Phrase("mill"), Selection(), 5).occurrences == count
