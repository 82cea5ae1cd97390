"""The election of everything that is alike: nodes and edges in one table, who stays and for whom in another.

A node is a content, spoken for by its best document. Whole components may come in any number and order: the fate of a
node depends on its own component alone, so what is elected together changes nothing.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.components import components, prove
from corpus.duplicates.containment import elect_contained
from corpus.errors import DataError
from filters.arrow import Array, ChunkedArray, array, at_least, schema

# A row is a node (`other` is -1) or an edge between the nodes `key` and `other`. An edge takes 50 bytes in memory: its
# 33, and offsets and what is null for it.
STREAM = schema(
    [
        pa.field("component", pa.int64()),  # by jobs.frames.components, else null
        pa.field("key", pa.int64()),  # part << 32 | row of the document that speaks for the content
        pa.field("other", pa.int64()),
        pa.field("inside", pa.float64()),  # of `key` in `other`; near duplicates: the Jaccard similarity, as is `holds`
        pa.field("holds", pa.float64()),  # of `other` in `key`
        pa.field("goes", pa.bool_()),  # whether `key` may go for `other`
        pa.field("other_goes", pa.bool_()),
        pa.field("contained", pa.bool_()),  # the edge speaks of containment
        pa.field("rank", pa.binary()),
        pa.field("id", pa.string()),
        pa.field("high", pa.int64()),
        pa.field("low", pa.int64()),
        pa.field("copies", pa.int64()),
        pa.field("restricted", pa.bool_()),  # one of the copies is
    ]
)

# Columns of an edge between contents a and b, and what they are called where `key` is a and `other` is b.
OF_EDGES = {
    "a_in_b": "inside",
    "b_in_a": "holds",
    "a_goes": "goes",
    "b_goes": "other_goes",
    "contained": "contained",
}
OF_NODES = ("rank", "id", "high", "low", "copies", "restricted")  # columns of STREAM that edges have not

FATES = schema(
    [
        pa.field("high", pa.int64()),
        pa.field("low", pa.int64()),
        pa.field("near_id", pa.string()),  # the document that stays, for contents that go
        pa.field("near_key", pa.int64()),  # its key
        pa.field("jaccard", pa.float64()),  # similarity to it, or the share of it that is in that document
        pa.field("grown", pa.int64()),  # documents of other contents that this one stands for
        pa.field("cluster", pa.string()),  # smallest id of the component
        pa.field("near_restricted", pa.bool_()),  # like a content of which a copy is restricted
        pa.field("contained", pa.bool_()),  # it goes because it is contained
    ]
)


def elect_jointly(stream: pa.Table) -> pa.Table:
    """A row of FATES for each node of whole components (STREAM), best rank first.

    Raises DataError if components that were given are not those of the edges.
    """
    of_edge = at_least(stream.column("other"), 0)
    nodes = stream.filter(pc.invert(of_edge)).sort_by("rank")
    edges = stream.filter(of_edge)
    keys = nodes.column("key").combine_chunks()
    one, other = (pc.index_in(edges.column(name), keys).to_numpy().astype(np.int64) for name in ("key", "other"))
    better, worse = np.minimum(one, other), np.maximum(one, other)
    elected, contained = elect_contained(
        nodes.num_rows,
        np.stack([one, other], axis=1),
        np.stack([edges.column(name).to_numpy() for name in ("inside", "holds")], axis=1),
        np.stack([np.asarray(edges.column(name), bool) for name in ("goes", "other_goes")], axis=1),
        np.asarray(edges.column("contained"), bool),
    )
    dropped = elected.kept >= 0
    copies = nodes.column("copies").to_numpy()
    restricted = np.asarray(nodes.column("restricted"), bool)
    touched = np.zeros(nodes.num_rows, bool)
    touched[better[restricted[worse]]] = True
    touched[worse[restricted[better]]] = True
    keeper: Array = pa.array(np.where(dropped, elected.kept, 0), mask=~dropped)
    ids = nodes.column("id")
    return pa.Table.from_arrays(
        [
            nodes.column("high"),
            nodes.column("low"),
            ids.take(keeper),
            nodes.column("key").take(keeper),
            pa.array(elected.jaccard, mask=~dropped),
            pa.array(np.bincount(elected.kept[dropped], copies[dropped], nodes.num_rows).astype(np.int64)),
            _smallest(ids, _labels(nodes, better, worse)),
            pa.array(touched),
            pa.array(contained),
        ],
        schema=FATES,
    )


def _labels(nodes: pa.Table, better: np.ndarray, worse: np.ndarray) -> np.ndarray:
    """Components by union-find; where they were given, both must be one partition of the nodes."""
    labels = components(nodes.num_rows, better, worse)
    given = nodes.column("component")
    if not given.null_count and nodes.num_rows:
        theirs = given.to_numpy()
        prove(int(np.count_nonzero(theirs != theirs[labels])))
        if len(np.unique(theirs)) != len(np.unique(labels)):
            raise DataError("a component holds nodes that no path joins; this is a defect, please report it")
    return labels


def _smallest(ids: ChunkedArray, labels: np.ndarray) -> Array:
    """The smallest id among the nodes of each label."""
    order = np.asarray(pc.sort_indices(ids))
    _, first, label = np.unique(labels[order], return_index=True, return_inverse=True)
    found = np.empty(len(labels), np.int64)
    found[order] = order[first][label]
    return ids.take(array(found)).combine_chunks()
