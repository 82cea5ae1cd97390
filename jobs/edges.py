"""Pairs that are alike enough for one to go: near duplicates by `pairs`, contained code by `containments`.

A row is a pair of contents a and b: how much of each is in the other (for near duplicates both are the Jaccard
similarity), which of them may go for the other, and whether it speaks of containment.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from corpus.recipe import Code
from corpus.table import Table
from jobs import tasks
from jobs.pairs import split
from jobs.run import Run

_SCHEMA = (
    "a_high long, a_low long, b_high long, b_low long, a_in_b double, b_in_a double, "
    "a_goes boolean, b_goes boolean, contained boolean"
)
_NAMES = [field.split()[0] for field in _SCHEMA.split(", ")]


def read(run: Run, threshold: float, code: Code | None) -> tuple[DataFrame, int]:
    """The edges of pairs that reach the threshold and of code contained as `code` says; and how many at most."""
    spark = run.session.spark
    pairs = run.table("pairs", "pairs")
    near = EmitNear(pairs=pairs, threshold=threshold)
    found, most = tasks.over_parts(spark, pairs.parts, near.__call__, _SCHEMA), pairs.rows
    if code:
        containments = run.table("code", "containments")
        contained = EmitContained(containments=containments, code=code)
        found = found.unionByName(tasks.over_parts(spark, containments.parts, contained.__call__, _SCHEMA))
        most += containments.rows
    return found, most


@dataclass(frozen=True, kw_only=True)
class EmitNear:
    """Pairs whose exact similarity reaches the threshold."""

    pairs: Table
    threshold: float

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.pairs.batches(part, ["a", "b", "jaccard", "crowded"]):
            alike = batch.filter(pc.greater_equal(batch.column("jaccard"), self.threshold))
            similar, both = alike.column("jaccard"), ~np.asarray(alike.column("crowded"), bool)
            yield _edges(alike, [similar, similar], [both, np.ones(alike.num_rows, bool)], contained=False)


@dataclass(frozen=True, kw_only=True)
class EmitContained:
    """Pairs of code of which at least one is contained in the other, by fingerprints and by words."""

    containments: Table
    code: Code

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.containments.batches(part):
            goes = [self._goes(batch, "a", "b"), self._goes(batch, "b", "a")]
            either = np.flatnonzero(goes[0] | goes[1])
            found = batch.take(pa.array(either))
            inside = [found.column("a_in_b"), found.column("b_in_a")]
            yield _edges(found, inside, [flags[either] for flags in goes], contained=True)

    def _goes(self, batch: pa.RecordBatch, inner: str, outer: str) -> np.ndarray:
        inside = batch.column(f"{inner}_in_{outer}").to_numpy() >= self.code.containment
        worded = batch.column(f"{inner}_words_in_{outer}").to_numpy() >= self.code.words
        both: np.ndarray = inside & worded
        return both


def _edges(pairs: pa.RecordBatch, inside: list[pa.Array], goes: list[np.ndarray], *, contained: bool) -> pa.RecordBatch:
    halves = [pa.array(half) for name in ("a", "b") for half in split(pairs.column(name))]
    speaks = pa.array(np.full(pairs.num_rows, contained))
    return pa.RecordBatch.from_arrays([*halves, *inside, *map(pa.array, goes), speaks], names=_NAMES)
