"""Spans are merged and cut out by code points, whatever tables they come from."""

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.cuts import Cuts, left, merged
from corpus.schema import CUTS
from corpus.table import Table, write_whole
from tests.filters.strategies import ANY

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda s: (s[0], sum(s))), max_size=6)


@given(ANY, SPANS)
def test_what_is_left_is_every_code_point_in_no_span(text: str, spans: list[tuple[int, int]]) -> None:
    whole = [span for span in spans if span[1] <= len(text)]
    found = merged(whole)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    gone = {place for start, end in whole for place in range(start, end)}
    assert left(text, found) == "".join(c for place, c in enumerate(text) if place not in gone)


def test_tables_of_one_part_are_cut_together_and_other_rows_stay(tmp_path: Path) -> None:
    tables = []
    for name, spans in (("one", [(1, 0, 2), (3, 4, 5)]), ("two", [(1, 1, 3)])):
        rows = [
            {"id": "", "row": row, "start": start, "end": end, "rule": name, "count": 2} for row, start, end in spans
        ]
        entry = write_whole(str(tmp_path), name, "part-0", pa.Table.from_pylist(rows, schema=CUTS))
        tables.append(Table(folder=str(tmp_path), name=name, files=(entry,)))
    cuts = Cuts.read(tables, 0)
    assert cuts(pa.array(["字字々仮", "kept", "mills"]), [1, 2, 3]).to_pylist() == ["仮", "kept", "mill"]
    assert cuts(pa.array(["kept"]), [2]).to_pylist() == ["kept"]
