"""Passages come in the order of BM25, by the formula as it stands in books and by what `bm25s` says."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bm25 import blocks, terms
from corpus.errors import DataError, RecipeError
from corpus.search.ranked import ranking
from corpus.search.ranked.hits import PassageHit, hits, marks
from corpus.search.ranked.ranking import Query, Ranked, Sums
from corpus.search.selection import Selection
from corpus.search.texts import Texts
from corpus.store.table import Table
from corpus.texts.pii_policy import Policy
from tests.corpus.search.test_indexed import LANGUAGES
from tests.stages import written
from tokenizer.parallel import declaration

EXPECTED = Path(__file__).with_name("bm25s.json")  # of bm25s 0.3.16, method "lucene", k1 = 1.2, b = 0.75
QUERIES = (
    "right to vote in free elections",
    "Menschenrechte und Freiheit",
    "education education education",
    "la liberté de conscience",
    "人権 平等",
    "право на труд",
    "zqxjkv",
)
SPOKEN = ("eng_Latn", "deu_Latn", "fra_Latn", "jpn_Jpan", "rus_Cyrl", "swh_Latn")


def passages_of() -> list[str]:
    """The declaration in some languages, paragraph by paragraph, each shorter than a passage."""
    every = [one for language in SPOKEN for one in declaration()[language].split("\n")]
    return [one for one in every if 0 < len(words(one)) <= terms.WORDS]


def words(text: str) -> list[int]:
    found: list[int] = terms.hashes(pa.array([text], pa.string())).word_hash.tolist()
    return found


def one_part(_: str, function: Callable[[int], Iterable[Any]]) -> Sequence[Any]:
    return list(function(0))


def corpus_of(folder: Path, texts: Sequence[str]) -> Table:
    rows: dict[str, pa.StringArray | pa.Int32Array] = {
        "text": pa.array(texts, pa.string()),
        "language": pa.array([LANGUAGES[n % 3] for n in range(len(texts))], pa.string()),
        "source": pa.array(["ab"[n % 2] for n in range(len(texts))], pa.string()),
        "row": pa.array(range(len(texts)), pa.int32()),
    }
    rows |= {
        name: pa.array([f"{name}{n}" for n in range(len(texts))], pa.string()) for name in ("id", "url", "licence")
    }
    return written(folder, "corpus", [pa.table(rows)])


def index_of(folder: Path, texts: Sequence[str], size: int) -> Table:
    entry = blocks.write(str(folder), 0, blocks.cut([pa.array(texts, pa.string())], size))
    return Table(folder=str(folder), name=blocks.TABLE, files=(entry,))


def found(
    texts: Sequence[str], query: str, count: int = 12, size: int = 300, selection: Selection | None = None
) -> tuple[list[Ranked], Sums]:
    with TemporaryDirectory() as folder:
        corpus, index = corpus_of(Path(folder), texts), index_of(Path(folder), texts, size)
        return ranking.find(corpus, index, Query(query), selection or Selection(), count, one_part)


def test_the_ranking_is_that_of_bm25s() -> None:
    expected = json.loads(EXPECTED.read_text("utf-8"))
    assert list(expected) == list(QUERIES)
    for query, wanted in expected.items():
        best, _ = found(passages_of(), query)
        assert [one.row for one in best] == [row for row, _ in wanted]
        assert [one.score for one in best] == pytest.approx([score for _, score in wanted], abs=2e-4)
    assert sum(len(wanted) for wanted in expected.values()) > 50


def test_bm25s_says_what_is_expected() -> None:
    bm25s = pytest.importorskip("bm25s")
    model = bm25s.BM25(method="lucene", k1=ranking.K1, b=ranking.B)
    model.index([[str(word) for word in words(text)] for text in passages_of()], show_progress=False)
    for query, wanted in json.loads(EXPECTED.read_text("utf-8")).items():
        scores = model.get_scores([str(word) for word in words(query)])
        order = sorted(range(len(scores)), key=lambda row: (-round(float(scores[row]), 4), row))
        assert [row for row in order[:12] if scores[row] > 0] == [row for row, _ in wanted]
        assert [scores[row] for row, _ in wanted] == pytest.approx([score for _, score in wanted], abs=2e-4)


def naive(texts: Sequence[str], query: str) -> dict[tuple[int, int], float]:
    """Scores by document and first byte, by the formula."""
    passages: dict[tuple[int, int], Counter[int]] = {}
    for row, text in enumerate(texts):
        cut = terms.cut(pa.array([text], pa.string()))
        for first, last in cut.bounds.tolist():
            passages[row, first] = Counter(words(text.encode()[first:last].decode()))
    average = sum(one.total() for one in passages.values()) / len(passages)
    scores = dict.fromkeys(passages, 0.0)
    for word in words(query):
        n = sum(word in one for one in passages.values())
        weight = math.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
        for place, one in passages.items():
            if one[word]:
                length = 1.2 * (1 - 0.75 + 0.75 * one.total() / average)
                scores[place] += weight * one[word] / (one[word] + length)
    return {place: score for place, score in scores.items() if score > 0}


WORDS = st.lists(st.sampled_from(["mill", "grain", "flour", "bread", "字", "water", "the"]), max_size=300).map(" ".join)


@given(
    st.lists(WORDS, min_size=1, max_size=6),
    st.sampled_from(["mill", "grain grain bread", "字 the", "nothing"]),
    st.integers(1, 2000),
    st.sampled_from([(), ("deu_Latn",), ("*_Latn",)]),
    st.integers(0, 8),
)
def test_scores_are_those_of_the_formula(
    texts: list[str], query: str, size: int, languages: tuple[str, ...], count: int
) -> None:
    selection = Selection(languages=languages)
    best, sums = found(texts, query, count, size, selection)
    speaks = [selection.everything or selection._speaks(LANGUAGES[row % 3]) for row in range(len(texts))]
    wanted = {place: score for place, score in naive(texts, query).items() if speaks[place[0]]}
    assert sums.fitting == len(wanted)
    assert sums.documents == sum(speaks)
    for one in best:
        assert one.score == pytest.approx(wanted[one.row, one.first])
    order = sorted(wanted.values(), reverse=True)[:count]
    assert [one.score for one in best] == pytest.approx(order)
    assert [(-one.score, one.row, one.first) for one in best] == sorted((-o.score, o.row, o.first) for o in best)


def shown(texts: Sequence[str], query: str, policy: Policy, count: int = 5) -> list[PassageHit]:
    with TemporaryDirectory() as folder:
        corpus, index = corpus_of(Path(folder), texts), index_of(Path(folder), texts, 10_000)
        asked = Query(query)
        best, _ = ranking.find(corpus, index, asked, Selection(), count, one_part)
        return list(hits(Texts(name="corpus", table=corpus), best, asked, policy))


def test_an_address_is_in_no_passage_that_is_shown() -> None:
    """Also where a passage begins or ends within it."""
    for before in range(100, 135):
        text = f"{'word ' * before}write to jane.roe@mail-server.net today {'grain ' * 40}"
        for hit in shown([text], "jane roe mail server write today grain", Policy()):
            assert "roe" not in hit.text
            assert "mail-server" not in hit.text
            assert "roe" not in hit.excerpt[0]


def test_words_of_the_query_are_marked_as_folded() -> None:
    text = "The MILL, the ﬁeld and the mıll; Straße und STRASSE."
    spans = marks(text, Query("mill FIELD strasse"))
    assert [text[start:end] for start, end in spans] == ["MILL", "ﬁeld", "Straße", "STRASSE"]
    assert marks("", Query("mill")) == []


def test_an_excerpt_has_the_most_words_of_the_query() -> None:
    text = " ".join(["mill", *["word"] * 70, "grain and mill and bread", *["word"] * 20])
    (hit,) = shown([text], "mill grain bread", Policy())
    excerpt, own = hit.excerpt
    assert "grain and mill and bread" in excerpt
    assert [excerpt[start:end] for start, end in own] == ["grain", "mill", "bread"]
    assert hit.text == text


@pytest.mark.parametrize(
    ("query", "message"), [("", "no word"), (" ... ", "no word"), ("a " * 300, "300 words"), ("\ud800", "not UTF-8")]
)
def test_a_query_that_is_none_is_refused(query: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Query(query)


def test_an_index_of_other_documents_is_told(tmp_path: Path) -> None:
    corpus, index = corpus_of(tmp_path, ["one text"]), index_of(tmp_path, ["one text", "and another"], 100)
    with pytest.raises(DataError, match="other documents than the corpus"):
        ranking.find(corpus, index, Query("text"), Selection(), 5, one_part)


def test_a_posting_of_no_passage_is_told(tmp_path: Path) -> None:
    corpus, index = corpus_of(tmp_path, ["one text"]), index_of(tmp_path, ["one text"], 100)
    (block,) = blocks.read(index, 0)
    wrong = blocks.Block(**{**vars(block), "postings": block.postings + np.uint32(256)})
    entry = blocks.write(str(tmp_path), 0, [wrong])
    damaged = Table(folder=str(tmp_path), name=blocks.TABLE, files=(entry,))
    with pytest.raises(DataError, match="a passage that is not there"):
        ranking.find(corpus, damaged, Query("text"), Selection(), 5, one_part)
