"""Rows of a view: whole examples packed by best fit into sequences of one length, with a mask of what is learned."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from corpus.shards.gather import together
from corpus.shards.pack import best_fit, fill
from corpus.views.examples import Examples
from filters.arrow import Array, array, lists, schema

# Tokens that are packed together, as in the shards (corpus.shards.arrow): groups follow the global order.
_GROUP_TOKENS = 1 << 25
_BATCH_ROWS = 1000  # what `datasets` itself writes into a record batch
_BATCH_TOKENS = 1 << 23  # unless the rows are longer than 8,192


def schema_of(kind: pa.DataType) -> pa.Schema:
    """The lists after `loss_mask` have an entry for each example in the row, in order; what they leave is padding."""
    return schema(
        [
            pa.field("input_ids", pa.list_(kind)),  # filled up with padding
            pa.field("loss_mask", pa.list_(pa.bool_())),  # of each token: whether it is a target
            pa.field("seq_lengths", pa.list_(pa.int32())),  # tokens of each example
            pa.field("inputs", pa.list_(pa.int32())),  # those of them before its targets
            pa.field("ids", pa.list_(pa.string())),
            pa.field("sources", pa.list_(pa.string())),
            pa.field("languages", pa.list_(pa.string())),
            pa.field("parts", pa.list_(pa.int32())),
            pa.field("rows", pa.list_(pa.int32())),
            pa.field("copies", pa.list_(pa.int16())),
            pa.field("offsets", pa.list_(pa.int32())),  # the first token of the document that the example has
            pa.field("taken", pa.list_(pa.int32())),  # how many it has
            pa.field("kinds", pa.list_(pa.int8())),  # place in the view's `kinds` of about/views.json
        ]
    )


def batches(
    found: Iterable[Examples], length: int, padding: int, key: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Rows of `length` tokens in an order that follows from `key` and their numbers."""
    for number, group in enumerate(_groups(found)):
        text = f"{key} {number}".encode()
        sequences = best_fit(np.diff(group.block.offsets), length)
        sequences = sequences.shuffled(int.from_bytes(blake2b(text, digest_size=8).digest(), "little"))
        rows = max(1, min(_BATCH_ROWS, _BATCH_TOKENS // length))
        for first in range(0, len(sequences), rows):
            offsets = sequences.offsets[first : first + rows + 1]
            examples = sequences.document[offsets[0] : offsets[-1]]
            yield _batch(group, examples, offsets - offsets[0], length, padding, schema)


def _batch(
    group: Examples, examples: np.ndarray, offsets: np.ndarray, length: int, padding: int, schema: pa.Schema
) -> pa.RecordBatch:
    """Rows of these examples (numbers, int64); row i has those of offsets[i]..offsets[i + 1]."""
    block = group.block
    starts, sizes = block.offsets[:-1][examples], np.diff(block.offsets)[examples]
    ids = fill(block.tokens, starts, sizes, offsets, length, padding)
    learned = np.arange(len(block.tokens)) >= np.repeat(block.offsets[:-1] + group.inputs, np.diff(block.offsets))
    mask = fill(learned.view(np.uint8), starts, sizes, offsets, length, 0).view(bool)
    whole = np.arange(len(offsets), dtype=np.int32) * length
    taken, bounds = array(examples), offsets.astype(np.int32)
    own: list[Array] = [
        array(sizes.astype(np.int32)),
        array(group.inputs[examples]),
        *(column.take(taken) for column in (block.ids, block.sources, block.languages)),
        *(array(column[examples]) for column in (block.parts, block.rows, block.copies)),
        *(array(column[examples]) for column in (group.starts, group.taken, group.kinds)),
    ]
    columns = [lists(whole, array(ids)), lists(whole, pa.array(mask)), *(lists(bounds, one) for one in own)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _groups(found: Iterable[Examples]) -> Iterator[Examples]:
    """Examples joined until they have _GROUP_TOKENS."""
    waiting: list[Examples] = []
    tokens = 0
    for one in found:
        if not len(one.inputs):
            continue
        waiting.append(one)
        tokens += len(one.block.tokens)
        if tokens >= _GROUP_TOKENS:
            yield _together(waiting)
            waiting, tokens = [], 0
    if waiting:
        yield _together(waiting)


def _together(found: list[Examples]) -> Examples:
    """As one; the tally is the first's."""
    columns = {
        name: np.concatenate([getattr(one, name) for one in found]) for name in ("inputs", "starts", "taken", "kinds")
    }
    return Examples(block=together([one.block for one in found]), tally=found[0].tally, **columns)
