"""Lists in another order, against Arrow's own."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards.copying import reordered
from filters.arrow import typed

ROWS = st.lists(st.lists(st.integers(0, 60_000), max_size=5), max_size=8)


@pytest.mark.parametrize("kind", [pa.uint16(), pa.int32()])
@given(rows=ROWS, data=st.data())
def test_lists_are_those_that_take_gives(kind: pa.DataType, rows: list[list[int]], data: st.DataObject) -> None:
    whole = typed(pa.array(rows, pa.large_list(kind)), pa.LargeListArray)
    lists = whole.slice(data.draw(st.integers(0, len(rows))))
    order = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=9)) if len(lists) else []
    found = reordered(lists, np.array(order, np.int64))
    assert found.equals(lists.take(pa.array(order, pa.int64())))
