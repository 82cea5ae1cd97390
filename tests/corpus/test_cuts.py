"""Cutting spans out of texts, against Python's own slices."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.texts import cuts
from tests.filters.strategies import TEXT

SPAN = st.tuples(st.integers(0, 40), st.integers(0, 12))


def naive(text: str, spans: list[tuple[int, int]]) -> str:
    gone = {place for start, size in spans for place in range(start, start + size)}
    left = "".join(c for place, c in enumerate(text) if place not in gone)
    return left if left.strip() else text


def table(rows: list[list[tuple[int, int]]], places: list[int]) -> pa.Table:
    flat = [(place, start, start + size) for place, spans in zip(places, rows, strict=True) for start, size in spans]
    names = ("row", "start", "end")
    return pa.table({name: pa.array([span[i] for span in flat], pa.int32()) for i, name in enumerate(names)})


@given(st.lists(st.tuples(TEXT, st.lists(SPAN, max_size=4), st.lists(SPAN, max_size=3)), max_size=5))
def test_union_of_tables_is_cut(documents: list[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]]) -> None:
    texts = [text for text, *_ in documents]
    places = [3 * i + 1 for i in range(len(texts))]  # rows between them belong to other texts
    tables = [table([one for _, one, _ in documents], places), table([two for *_, two in documents], places)]
    tables.append(table([[(0, 99)]], [2]))
    found, changed = cuts.apply(pa.array(texts, pa.string()), np.array(places, np.int64), tables)
    expected = [naive(text, [*a, *b]) for text, a, b in documents]
    assert found.to_pylist() == expected
    assert changed.tolist() == [a != b for a, b in zip(expected, texts, strict=True)]


def test_slices_of_arrays() -> None:
    texts = pa.array(["nothing", "one two", "drei vier", "fünf 六"]).slice(1)
    found, changed = cuts.apply(texts, np.array([4, 5, 6]), [table([[(0, 5)], [(4, 1)]], [5, 6])])
    assert found.to_pylist() == ["one two", "vier", "fünf六"]
    assert changed.tolist() == [False, True, True]


def test_no_cuts_no_change() -> None:
    texts = pa.array(["a", "b"])
    found, changed = cuts.apply(texts, np.arange(2), [])
    assert found.to_pylist() == ["a", "b"]
    assert not changed.any()
