"""Candidates of deduplication and their exact similarity, through Spark: for as many documents as a cluster holds.

`corpus.duplicates.near` finds the same pairs in one process. Cost: one shuffle of bands x documents keys, one of the
candidates' shingle hashes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.duplicates.candidates import Pairing
from corpus.duplicates.contents import join
from corpus.duplicates.members import ReadSigned
from corpus.duplicates.shingles import MakeShingles
from filters.arrow import Array, ListArray, typed
from filters.kernels.minhash import jaccard
from jobs.engine.session import Session
from jobs.engine.spark import jobs
from jobs.engine.tasks import names_of

_SLICE = 1 << 13  # members paired at a time: at 32 leaders 12 MB of pairs

_MEMBERS = "bucket long, words int, high long, low long, key long"
CANDIDATES = "a_high long, a_low long, a_key long, b_high long, b_low long, b_key long, crowded long, not_compared long"


def proposed(session: Session, read: ReadSigned, leaders: int, known: int, rows: int) -> DataFrame:
    """A row of CANDIDATES for each pair; `a_key` is -1 in rows that count pairs that were given up. `rows`: members;
    keys from `known` on are of earlier releases."""
    spark = session.shuffle_for(rows)
    members = jobs.over_parts(spark, read.parts, EmitMembers(read=read).__call__, _MEMBERS)
    order = ["bucket", f.col("key") < known, f.desc("words"), "high", "low", "key"]
    sorted_members = members.repartition("bucket").sortWithinPartitions(*order)
    found = sorted_members.mapInArrow(PairMembers(leaders=leaders, known=known).__call__, CANDIDATES)
    # A pair that meets in one crowd goes one way, whatever other buckets say.
    return found.groupBy("a_high", "a_low", "b_high", "b_low").agg(
        *(f.min(name).alias(name) for name in ("a_key", "b_key")),
        *(f.max(name).alias(name) for name in ("crowded", "not_compared")),
    )


@dataclass(frozen=True, kw_only=True)
class EmitMembers:
    """A row for each band of each document of a part."""

    read: ReadSigned

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for signed in self.read(part):
            bands = signed.buckets.shape[1]
            columns = [np.repeat(c, bands) for c in (signed.words, signed.high, signed.low, signed.key)]
            arrays = [pa.array(c) for c in (signed.buckets.reshape(-1), *columns)]
            yield pa.RecordBatch.from_arrays(arrays, names=names_of(_MEMBERS))


@dataclass(frozen=True, kw_only=True)
class PairMembers:
    """Members sorted by bucket to candidate pairs; last, one row that counts the pairs given up."""

    leaders: int
    known: int = np.iinfo(np.int64).max

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pairing = Pairing(leaders=self.leaders, known=self.known)
        last = 0
        for batch in batches:
            columns = [
                batch.column(batch.schema.get_field_index(n)).to_numpy() for n in ("bucket", "high", "low", "key")
            ]
            for first in range(0, batch.num_rows, _SLICE):
                pairs = pairing.pairs(*(c[first : first + _SLICE] for c in columns))
                if len(pairs):
                    yield _candidates(pairs, np.zeros(len(pairs), np.int64))
            last = int(columns[0][-1]) if batch.num_rows else last
        held = pairing.finish()
        if len(held):
            yield _candidates(held, np.zeros(len(held), np.int64))
        if pairing.not_compared:
            summary = np.array([[last, 0, -1, 0, 0, -1, 0]], np.int64)  # the last bucket tells partitions apart
            yield _candidates(summary, np.array([pairing.not_compared], np.int64))


def _candidates(pairs: np.ndarray, not_compared: np.ndarray) -> pa.RecordBatch:
    columns = [pa.array(np.ascontiguousarray(pairs[:, i])) for i in range(7)]
    return pa.RecordBatch.from_arrays([*columns, pa.array(not_compared)], names=names_of(CANDIDATES))


def shingles_of(candidates: DataFrame, make: MakeShingles) -> DataFrame:
    """Shingle sets of the documents that are in any pair, made where their text lies."""
    pairs = candidates.where("a_key >= 0")
    keys = pairs.select(f.col("a_key").alias("key")).union(pairs.select("b_key")).distinct()
    placed = keys.withColumn("part", f.shiftright("key", 32)).repartition("part").sortWithinPartitions("key")
    return placed.mapInArrow(FetchShingles(make=make).__call__, "key long, shingles array<long>")


@dataclass(frozen=True, kw_only=True)
class FetchShingles:
    """Sorted keys to shingle sets."""

    make: MakeShingles

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from self.make(batch.column(batch.schema.get_field_index("key")).to_numpy())


def verified(pairs: DataFrame, shingles: DataFrame) -> DataFrame:
    """Pairs meet the shingles of both: the leader's row comes first, its members' rows follow, sorted."""
    members = pairs.join(shingles, pairs.b_key == shingles.key, "inner").drop("key")
    heads = pairs.select("a_high", "a_low", "a_key").distinct()
    leaders = heads.join(shingles, heads.a_key == shingles.key, "inner").select(
        "a_high",
        "a_low",
        "a_key",
        f.lit(0).cast("long").alias("b_high"),
        f.lit(0).cast("long").alias("b_low"),
        f.lit(-1).cast("long").alias("b_key"),
        f.lit(0).cast("long").alias("crowded"),
        "shingles",
    )
    columns = ["a_high", "a_low", "a_key", "b_high", "b_low", "b_key", "crowded", "shingles"]
    together = (
        leaders.union(members.select(columns))
        .repartition("a_high", "a_low")
        .sortWithinPartitions("a_high", "a_low", "b_key")
    )
    schema = "a binary, b binary, a_high long, a_shingles int, b_shingles int, shared int, crowded long"
    return together.mapInArrow(compare, schema)


def compare(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Exact intersections of each member's shingle set with its leader's."""
    leader: np.ndarray = np.empty(0, np.uint64)
    for batch in batches:
        columns = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
        heads = np.flatnonzero(columns["b_key"].to_numpy() < 0)
        cuts = [0, *heads.tolist(), batch.num_rows]
        for start, end in pairwise(cuts):
            if end == start:
                continue
            first = start
            if start in heads:
                leader = _values(typed(columns["shingles"], pa.ListArray), start)[1]
                first = start + 1
            if end > first:
                yield _compared({n: c.slice(first, end - first) for n, c in columns.items()}, leader)


def _values(lists: ListArray, row: int) -> tuple[np.ndarray, np.ndarray]:
    one = lists.slice(row, 1)
    values = one.flatten().to_numpy().view(np.uint64)
    return np.array([0, len(values)], np.int64), values


def _compared(columns: dict[str, Array], leader: np.ndarray) -> pa.RecordBatch:
    lists = typed(columns["shingles"], pa.ListArray)
    lengths = lists.value_lengths().to_numpy().astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    shared = jaccard(leader, lists.flatten().to_numpy().view(np.uint64), offsets)
    a = join(columns["a_high"].to_numpy(), columns["a_low"].to_numpy())
    b = join(columns["b_high"].to_numpy(), columns["b_low"].to_numpy())
    arrays = [
        a.cast(pa.binary()),
        b.cast(pa.binary()),
        columns["a_high"],
        pa.array(np.full(len(shared), len(leader), np.int32)),
        pa.array(lengths.astype(np.int32)),
        pa.array(shared),
        columns["crowded"],
    ]
    names = ["a", "b", "a_high", "a_shingles", "b_shingles", "shared", "crowded"]
    return pa.RecordBatch.from_arrays(arrays, names=names)
