"""What the packer writes is read back as its documents; pieces that do not add up are found."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.shards.about import Packed
from corpus.shards.arrow import Packer, sequences_schema
from corpus.shards.gather import Block
from corpus.shards.pack import PACKINGS, Packing
from corpus.verify.packed_rows import Pieces
from corpus.verify.scan import Ids

SIZE = 8


def block(lengths: list[int]) -> Block:
    ends = np.cumsum(lengths)
    tokens = np.arange(2, 2 + ends[-1]).astype(np.uint16)
    tokens[ends - 1] = 0
    names = pa.array([f"{n:032x}" for n in range(len(lengths))])
    numbers = np.arange(len(lengths))
    return Block(
        ids=names,
        sources=names,
        languages=names,
        parts=(numbers % 2).astype(np.int32),
        rows=(numbers // 4).astype(np.int32),
        copies=(numbers // 2 % 2).astype(np.int16),
        offsets=np.concatenate([[0], ends]).astype(np.int64),
        tokens=tokens,
    )


def rows_of(lengths: list[int], kind: PACKINGS) -> pa.Table:
    packing = Packing(kind=kind, length=SIZE, padding=1, seed=1)
    packer = Packer(packing=packing, name="x", schema=sequences_schema(pa.uint16()))
    return pa.Table.from_batches(packer.batches([block(lengths)]))


def read(table: pa.Table, rows: int = 100) -> Pieces:
    found = Pieces(packed=Packed(sequence_length=SIZE, padding=1), ids=Ids(vocab_size=60_000, end=0))
    for batch in table.to_batches(max_chunksize=rows):
        found.batch(batch)
    return found


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 5), st.booleans())
def test_documents_are_those_that_were_packed(lengths: list[int], rows: int, best: bool) -> None:
    found = read(rows_of(lengths, "best_fit" if best else "concatenate"), rows)
    whole, wanted = found.whole(), block(lengths)
    assert found.ids.problems == []
    assert (found.ids.documents, found.ids.tokens) == (len(lengths), sum(lengths))
    keys = list(zip(wanted.parts, wanted.rows, wanted.copies, strict=True))
    assert [tuple(row.values()) for row in whole.table.to_pylist()] == sorted(keys)
    for number, key in enumerate(sorted(keys)):
        at = keys.index(key)
        assert np.array_equal(whole.tokens(number), wanted.tokens[wanted.offsets[at] : wanted.offsets[at + 1]])


Rows = list[dict[str, list[int]]]


def _lost(rows: Rows) -> None:
    del rows[0]


def _twice(rows: Rows) -> None:
    rows.append(rows[0])


def _moved(rows: Rows) -> None:
    next(row for row in rows if row["offsets"][0])["offsets"][0] -= 1


def _other(rows: Rows) -> None:
    next(row for row in rows if row["offsets"][0])["rows"][0] += 9


def _short(rows: Rows) -> None:
    rows[0]["input_ids"].pop()


def _list(rows: Rows) -> None:
    rows[0]["copies"].append(0)


def _long(rows: Rows) -> None:
    rows[0]["seq_lengths"][0] += SIZE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_lost, "add up"),
        (_twice, "add up"),
        (_moved, "add up"),
        (_other, "add up"),
        (_short, "another number of tokens"),
        (_list, "a list in column copies"),
        (_long, "more than its tokens"),
    ],
)
def test_pieces_that_do_not_add_up_are_refused(change: Callable[[Rows], None], said: str) -> None:
    table = rows_of([20, 20, 3, 8], "best_fit")
    rows = table.to_pylist()
    change(rows)
    with pytest.raises(DataError, match=said):
        read(pa.Table.from_pylist(rows, schema=table.schema)).whole()


def test_a_shard_without_rows_has_no_documents() -> None:
    assert read(sequences_schema(pa.uint16()).empty_table()).whole().table.num_rows == 0
