"""The longest spans of a text, and where they stand: a naive search, the scan and the index agree."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.search import spans
from corpus.search.spans import Span, Wanted
from corpus.store.table import Table
from corpus.textindex import blocks
from tests.filters.strategies import TEXT
from tests.stages import written

LEAST = 16
# Long enough to be shared, in scripts of one, two, three and four bytes a character; some repeat themselves.
_PIECES = (
    "the old mill of the valley ",
    "мука и зерно ",
    "水車小屋の",
    "🙂🙃",
    "ab",
    "ababababababababab",
    "x",
    "\n",
    "é",
    "字宗",
)
PIECED = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


def tables(folder: Path, parts: Sequence[Sequence[str]], size: int) -> tuple[Table, Table]:
    corpus = written(folder / "c", "corpus", [pa.table({"text": pa.array(texts, pa.string())}) for texts in parts])
    files = [
        blocks.write(str(folder / "i"), number, blocks.cut([[text.encode() for text in texts]], size))
        for number, texts in enumerate(parts)
    ]
    return corpus, Table(folder=str(folder / "i"), name=blocks.TABLE, files=tuple(files))


def one_by_one(parts: int) -> spans.Parts:
    def run(_: str, function: Callable[[int], Iterable[Any]]) -> list[Any]:
        return [one for part in range(parts) for one in function(part)]

    return run


def naive(parts: Sequence[Sequence[str]], wanted: str) -> list[tuple[int, int, list[list[int]]]]:
    """Spans in bytes with all their places, by str alone."""
    whole = [(n, row, text) for n, texts in enumerate(parts) for row, text in enumerate(texts)]
    there = []
    for first in range(len(wanted)):
        last = first
        while last < len(wanted) and any(wanted[first : last + 1] in text for _, _, text in whole):
            last += 1
        if len(wanted[first:last].encode()) >= LEAST:
            there.append((first, last))
    longest = [(a, b) for a, b in there if not any(c <= a and b <= d and (a, b) != (c, d) for c, d in there)]
    found = []
    for first, last in longest:
        span = wanted[first:last]
        places = [
            [n, row, len(text[:at].encode())]
            for n, row, text in whole
            for at in range(len(text))
            if text.startswith(span, at)
        ]
        found.append((len(wanted[:first].encode()), len(wanted[:last].encode()), places))
    return found


def plain(found: Sequence[Span]) -> list[tuple[int, int, list[list[int]]]]:
    return [(one.first, one.last, one.places.tolist()) for one in found]


@given(st.lists(st.lists(st.one_of(PIECED, TEXT), max_size=4), max_size=3), PIECED, st.integers(1, 300), st.data())
@example(
    [["水車小屋の水車小屋の字"], ["水車小屋の水車小屋の宗"]], "水車小屋の水車小屋の宇", 300, None
)  # two bytes of the last
@example([["ab" * 60, "b" * 50], ["x" + "ab" * 20]], "ab" * 40, 60, None)
def test_spans_are_the_longest_and_all_places_are_found(
    parts: list[list[str]], wanted: str, size: int, data: st.DataObject | None
) -> None:
    whole = [text for texts in parts for text in texts]
    if whole and data is not None and data.draw(st.booleans()):
        text = data.draw(st.sampled_from(whole))
        at = data.draw(st.integers(0, len(text)))
        wanted = wanted + text[at : at + 60] + wanted[:20]
    asked = Wanted(wanted)
    with TemporaryDirectory() as folder:
        corpus, index = tables(Path(folder), parts, size)
        scanned = spans.find(corpus, None, asked, LEAST, one_by_one(len(parts)))
        looked_up = spans.find(corpus, index, asked, LEAST, one_by_one(len(parts)))
    assert plain(scanned) == naive(parts, asked.text)
    assert plain(looked_up) == plain(scanned)


def test_many_places_of_a_span_are_all_found_with_an_index(tmp_path: Path) -> None:
    """More than are looked up one by one: the text is scanned."""
    parts = [["the old mill of the valley. " * 40] * 30]
    corpus, index = tables(tmp_path, parts, 1 << 20)
    asked = Wanted("the old mill of the valley")
    found = [spans.find(corpus, one, asked, LEAST, one_by_one(1)) for one in (None, index)]
    assert plain(found[0]) == plain(found[1])
    assert [len(one.places) for one in found[0]] == [1200]
    assert found[0][0].documents == 30


def test_longest_keeps_what_lies_in_no_other() -> None:
    given_ = np.array([[0, 5], [0, 9], [2, 9], [3, 12], [3, 12], [20, 21]])
    assert spans.longest(given_).tolist() == [[0, 9], [3, 12], [20, 21]]
    assert spans.longest(np.empty((0, 2), np.int64)).tolist() == []


def test_a_text_is_brought_to_the_form_of_the_corpus(tmp_path: Path) -> None:
    corpus, index = tables(tmp_path, [["caf\u00e9 au lait, s'il vous pla\u00eet"]], 100)
    asked = Wanted("cafe\u0301 au lait, s'il vous pla\u00eet")
    for one in (None, index):
        (found,) = spans.find(corpus, one, asked, LEAST, one_by_one(1))
        assert (found.first, found.last) == (0, len(asked.text.encode()))


def test_what_cannot_be_traced_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="at the most"):
        Wanted("x" * 200_001)
    with pytest.raises(RecipeError, match="not UTF-8"):
        Wanted("\ud800")
    corpus, _ = tables(tmp_path, [["a"]], 100)
    with pytest.raises(RecipeError, match="give 16 or more"):
        spans.find(corpus, None, Wanted("a"), 15, one_by_one(1))


def test_an_empty_text_has_no_span(tmp_path: Path) -> None:
    corpus, index = tables(tmp_path, [["some text that is long enough"], []], 100)
    for one in (None, index):
        assert spans.find(corpus, one, Wanted(""), LEAST, one_by_one(2)) == []
