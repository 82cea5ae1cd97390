"""A view as Megatron's indexed datasets, one sequence an example: the whole of it, or inputs and targets apart."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpus.shards import lineage as shards_lineage
from corpus.shards.prompted import spans
from corpus.store import storage
from corpus.views.examples import Examples
from corpus.views.layout import INPUTS, TARGETS, TEXT

LINEAGE = pa.schema(
    [  # row = example number in the prefix of the same name
        pa.field("part", pa.int32(), nullable=False),  # documents part, and row in it
        pa.field("row", pa.int32(), nullable=False),
        pa.field("copy", pa.int16(), nullable=False),
        pa.field("offset", pa.int32(), nullable=False),  # the first token of the document that the example has
        pa.field("taken", pa.int32(), nullable=False),  # how many it has
    ]
)


class Side(NamedTuple):
    """What a prefix has of some examples: ids end to end, and how many of each (int64)."""

    tokens: np.ndarray
    lengths: np.ndarray


def sides(paired: bool) -> tuple[str, ...]:
    """What the prefixes of a view hold."""
    return (INPUTS, TARGETS) if paired else (TEXT,)


def side(found: Examples, name: str) -> Side:
    starts, ends = found.block.offsets[:-1], found.block.offsets[1:]
    middles = starts + found.inputs
    if name == INPUTS:
        ends = middles
    elif name == TARGETS:
        starts = middles
    return Side(found.block.tokens[spans(starts, ends)], ends - starts)


def lineage(found: Examples) -> pa.Table:
    columns = (found.block.parts, found.block.rows, found.block.copies, found.starts, found.taken)
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=LINEAGE)


def write_lineage(sink: storage.Sink, tables: Iterable[pa.Table]) -> None:
    """As of shards, with what of each document an example has."""
    shards_lineage.write(sink, tables, ("part", "copy", "offset"), ("row", "taken"))


def filled(found: Iterable[Examples]) -> Iterator[Examples]:
    """Blocks without those that hold no example."""
    return (one for one in found if len(one.inputs))
