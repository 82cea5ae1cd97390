"""Pairs that are alike enough for one to go: near duplicates by `pairs`, contained code by `containments`.

A row is a pair of contents a and b: how much of each is in the other (for near duplicates both are the Jaccard
similarity), which of them may go for the other, and whether it speaks of containment.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.contents import split
from corpus.stages.dedup import Containment
from corpus.store.table import Table
from filters.arrow import Array, array, at_least, schema

SCHEMA = schema(
    [
        *(pa.field(name, pa.int64()) for name in ("a_high", "a_low", "b_high", "b_low")),
        *(pa.field(name, pa.float64()) for name in ("a_in_b", "b_in_a")),
        *(pa.field(name, pa.bool_()) for name in ("a_goes", "b_goes", "contained")),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Edges:
    """Who reads them part after part, and how many there are at most."""

    emitters: tuple[tuple[int, Callable[[int], Iterator[pa.RecordBatch]]], ...]  # parts, what reads one
    most: int


def of(pairs: Table, containments: Table | None, threshold: float, code: Containment | None) -> Edges:
    """Pairs that reach the threshold, and code contained as `code` says."""
    near = EmitNear(pairs=pairs, threshold=threshold)
    if code is None or containments is None:
        return Edges(emitters=((pairs.parts, near),), most=pairs.rows)
    contained = EmitContained(containments=containments, code=code)
    emitters = ((pairs.parts, near), (containments.parts, contained))
    return Edges(emitters=emitters, most=pairs.rows + containments.rows)


@dataclass(frozen=True, kw_only=True)
class EmitNear:
    """Pairs whose exact similarity reaches the threshold."""

    pairs: Table
    threshold: float

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.pairs.batches(part, ["a", "b", "jaccard", "crowded"]):
            alike = batch.filter(at_least(batch.column("jaccard"), self.threshold))
            similar, both = alike.column("jaccard"), ~np.asarray(alike.column("crowded"), bool)
            yield _edges(alike, [similar, similar], [both, np.ones(alike.num_rows, bool)], contained=False)


@dataclass(frozen=True, kw_only=True)
class EmitContained:
    """Pairs of code of which at least one is contained in the other, by fingerprints and by words."""

    containments: Table
    code: Containment

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.containments.batches(part):
            goes = [self._goes(batch, "a", "b"), self._goes(batch, "b", "a")]
            either = np.flatnonzero(goes[0] | goes[1])
            found = batch.take(array(either))
            inside = [found.column("a_in_b"), found.column("b_in_a")]
            yield _edges(found, inside, [flags[either] for flags in goes], contained=True)

    def _goes(self, batch: pa.RecordBatch, inner: str, outer: str) -> np.ndarray:
        inside = batch.column(f"{inner}_in_{outer}").to_numpy() >= self.code.containment
        worded = batch.column(f"{inner}_words_in_{outer}").to_numpy() >= self.code.words
        both: np.ndarray = (inside & worded) | np.asarray(batch.column("same"), bool)
        return both


def _edges(pairs: pa.RecordBatch, inside: list[Array], goes: list[np.ndarray], *, contained: bool) -> pa.RecordBatch:
    halves = [pa.array(half) for name in ("a", "b") for half in split(pairs.column(name))]
    speaks = pa.array(np.full(pairs.num_rows, contained))
    return pa.RecordBatch.from_arrays([*halves, *inside, *map(pa.array, goes), speaks], schema=SCHEMA)
