"""Groups come out whole and in order however the stream is cut."""

from itertools import groupby

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.engine.groups import whole_groups


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30).map(sorted), st.integers(1, 8))
@example([], 1)
@example([(0, 0)] * 9 + [(0, 1)] * 9, 3)
def test_whole_groups_any_rows_are_those_of_itertools(rows: list[tuple[int, int]], cut: int) -> None:
    numbered = [{"a": a, "b": b, "n": n} for n, (a, b) in enumerate(rows)]
    schema = pa.schema([(name, pa.int64()) for name in ("a", "b", "n")])
    pieces = [numbered[first : first + cut] for first in range(0, len(rows), cut)]
    batches = [pa.RecordBatch.from_pylist(piece, schema=schema) for piece in (*pieces, [])]
    found, order = [], []
    for columns, begins in whole_groups(iter(batches), ["a", "b"]):
        ends = [*begins[1:].tolist(), len(columns["a"])]
        found += [
            (int(columns["a"][i]), int(columns["b"][i]), j - i) for i, j in zip(begins.tolist(), ends, strict=True)
        ]
        order += columns["n"].tolist()
    assert found == [(*key, len(list(own))) for key, own in groupby(rows)]
    assert order == list(range(len(rows)))
