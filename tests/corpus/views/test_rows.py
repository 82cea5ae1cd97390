"""Rows have each example once, whole, with a mask of its targets; a document's own draw does not move with the rows."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards.read import lengths_of, tokens_of
from corpus.views import rows
from corpus.views.recipe_table import View
from filters.arrow import any_list
from tests.corpus.views import made

VIEWS = st.builds(made.view, st.sampled_from(["causal", "prefix", "span", "ul2"]), sequence_length=st.integers(24, 60))
DOCUMENTS = st.lists(st.integers(0, 90).map(lambda size: [made.FIRST + n for n in range(size)]), max_size=6)
PADDING = 99


@given(own=VIEWS, blocks=st.lists(DOCUMENTS, max_size=3))
def test_rows_have_every_example_once(own: View, blocks: list[list[list[int]]]) -> None:
    maker = made.made(own)
    found = [maker.examples(made.block(documents)) for documents in blocks]
    wanted = sorted(
        (inputs + targets, [False] * len(inputs) + [True] * len(targets))
        for one in found
        for inputs, targets in made.split(one)
    )
    schema = rows.schema_of(pa.int32())
    there = []
    for batch in rows.batches(iter(found), maker.how.row, PADDING, "key", schema):
        values, offsets = tokens_of(batch)
        lengths, bounds = lengths_of(batch)
        assert set(np.diff(offsets).tolist()) == {maker.how.row}
        masks = np.asarray(any_list(batch.column("loss_mask")).flatten(), bool)
        for row in range(batch.num_rows):
            place = offsets[row]
            for size in lengths[bounds[row] : bounds[row + 1]].tolist():
                own_ = slice(place, place + size)
                there.append((values[own_].tolist(), masks[own_].tolist()))
                place += size
            assert set(values[place : offsets[row + 1]].tolist()) <= {PADDING}
            assert not masks[place : offsets[row + 1]].any()
    assert sorted(there) == wanted
