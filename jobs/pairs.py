"""Signatures to pairs of contents with their exact Jaccard similarity.

Reads: signatures and content keys of all documents; the text of candidates, in place. Writes: `pairs`.
Cost: one shuffle of bands x documents keys, one of the candidates' shingle hashes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus import ledger
from corpus.duplicates.bands import buckets
from corpus.duplicates.candidates import Pairing
from corpus.duplicates.earlier import Earlier
from corpus.manifest import Manifest, Receipt
from corpus.plan import Stage
from corpus.recipe import Dedup
from corpus.schema import PAIRS
from corpus.table import Table, write_whole
from filters.batch import Batch
from filters.kernels.minhash import jaccard, shingle_sets
from jobs import tasks, wide
from jobs.run import Run

PART_DOCUMENTS = 1 << 20  # documents for which the pairs table gets another part
_SLICE = 1 << 13  # members paired at a time: at 32 leaders 12 MB of pairs
_CHUNK = 1 << 10  # shingle sets handed to Spark at a time: 4 MB at 500 shingles

CANDIDATES = "a_high long, a_low long, a_key long, b_high long, b_low long, b_key long, crowded long, not_compared long"


def build(run: Run, stage: Stage) -> str:
    """Propose by bands, verify by shingles."""
    dedup = run.plan.recipe.dedup
    documents = run.documents()
    spark = run.session.shuffle_for((documents.rows + run.plan.earlier.rows) * dedup.bands)
    ngram = run.plan.recipe.ngram
    known = documents.parts << 32  # keys of earlier releases' documents go on where those of this one end
    earlier = run.plan.earlier
    emit = EmitBuckets(
        signatures=run.table("signals.minhash", "signals"),
        contents=run.table("signals.content", "signals"),
        earlier=earlier,
        dedup=dedup,
    )
    members = tasks.over_parts(
        spark, documents.parts + earlier.parts, emit.__call__, "bucket long, words int, high long, low long, key long"
    )
    order = ["bucket", f.col("key") < known, f.desc("words"), "high", "low", "key"]
    sorted_members = members.repartition("bucket").sortWithinPartitions(*order)
    pairing = PairMembers(leaders=dedup.leaders, known=known)
    found = sorted_members.mapInArrow(pairing.__call__, CANDIDATES)
    # A pair that meets in one crowd goes one way, whatever other buckets say.
    candidates = found.groupBy("a_high", "a_low", "b_high", "b_low").agg(
        *(f.min(name).alias(name) for name in ("a_key", "b_key")),
        *(f.max(name).alias(name) for name in ("crowded", "not_compared")),
    )
    candidates.persist(StorageLevel.MEMORY_AND_DISK)
    shingles = shingles_of(candidates, documents, ngram, earlier).persist(StorageLevel.DISK_ONLY)
    parts = -(-max(documents.rows, 1) // PART_DOCUMENTS)
    compared = verified(candidates.where("a_key >= 0"), shingles)
    rows = compared.withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    wide.write_parts(run.session, "pairs", stage.folder, parts, rows, ["a", "b"], WritePairs(folder=stage.folder))
    skipped = tasks.execute(lambda: candidates.where("a_key < 0").agg(f.sum("not_compared")).collect()[0][0])
    total = tasks.execute(lambda: candidates.where("a_key >= 0").count())
    shingles.unpersist()
    candidates.unpersist()

    def check(written: Manifest) -> None:
        ledger.equal("pairs", "candidates and pairs compared", int(str(total)), written.counts.get("pairs", 0))

    run.finish(stage, parts, check, {"not_compared": int(str(skipped or 0))})
    return f"{total:,} candidate pairs compared exactly"


@dataclass(frozen=True, kw_only=True)
class EmitBuckets:
    """Bands of one part's signatures, with what orders members in a bucket: more words first, then content."""

    signatures: Table
    contents: Table
    earlier: Earlier
    dedup: Dedup

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        if part >= self.contents.parts:
            index, place = self.earlier.locate(part - self.contents.parts)
            contents = index.read(place, ["key", "words"])
            signed = index.batches(place, ["signature"])
        else:
            contents = self.contents.read(part)
            signed = self.signatures.batches(part, ["signature"])
        yield from self._buckets(part, signed, contents)

    def _buckets(self, part: int, signed: Iterator[pa.RecordBatch], contents: pa.Table) -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in signed:
            rows = np.flatnonzero(np.asarray(pc.binary_length(batch.column("signature"))) > 0)
            taken = pa.array(rows)
            values = batch.column("signature").take(taken)
            here = contents.slice(first, batch.num_rows).take(taken)
            high, low = split(here.column("key").combine_chunks())
            signatures = (
                np.frombuffer(b"".join(values.to_pylist()), np.uint32).reshape(len(rows), -1) if len(rows) else None
            )
            if signatures is not None:
                bands = self.dedup.bands
                keys = (np.int64(part) << np.int64(32)) | (rows + first).astype(np.int64)
                columns = [buckets(signatures, bands, self.dedup.rows).reshape(-1)]
                columns += [np.repeat(c, bands) for c in (here.column("words").to_numpy(), high, low, keys)]
                yield pa.RecordBatch.from_arrays(
                    [pa.array(c) for c in columns], names=["bucket", "words", "high", "low", "key"]
                )
            first += batch.num_rows


def split(keys: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The two big-endian int64 halves of binary(16) keys: Spark sorts them as it sorts the bytes, but for the sign."""
    halves = np.frombuffer(b"".join(keys.to_pylist()), ">i8").reshape(-1, 2)
    return halves[:, 0].astype(np.int64), halves[:, 1].astype(np.int64)


def join(high: np.ndarray, low: np.ndarray) -> pa.Array:
    """The binary(16) keys of two halves."""
    data = np.stack([high, low], axis=1).astype(">i8").tobytes()
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(high), [None, pa.py_buffer(data)])


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
    return pa.RecordBatch.from_arrays([*columns, pa.array(not_compared)], names=tasks.names_of(CANDIDATES))


def shingles_of(candidates: DataFrame, documents: Table, ngram: int, earlier: Earlier) -> DataFrame:
    """Shingle sets of the documents that are in any pair, made where their text lies; an index has them made."""
    pairs = candidates.where("a_key >= 0")
    keys = pairs.select(f.col("a_key").alias("key")).union(pairs.select("b_key")).distinct()
    placed = keys.withColumn("part", f.shiftright("key", 32)).repartition("part").sortWithinPartitions("key")
    worker = MakeShingles(documents=documents, earlier=earlier, ngram=ngram)
    return placed.mapInArrow(worker.__call__, "key long, shingles array<long>")


@dataclass(frozen=True, kw_only=True)
class MakeShingles:
    """Sorted keys to shingle sets; reads only the row groups that hold a candidate."""

    documents: Table
    earlier: Earlier
    ngram: int

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            keys = batch.column(batch.schema.get_field_index("key")).to_numpy()
            parts = keys >> 32
            for part in np.unique(parts).tolist():
                own = keys[parts == part]
                made = part - self.documents.parts
                yield from self._part(part, own) if made < 0 else self._made(made, own)

    def _made(self, part: int, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        index, place = self.earlier.locate(part)
        done = 0
        for sets in index.take(place, (keys & 0xFFFFFFFF).tolist(), ["shingles"]):
            yield from _pieces(keys[done : done + sets.num_rows], sets.column(0))
            done += sets.num_rows

    def _part(self, part: int, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        done = 0
        for texts in self.documents.take(part, (keys & 0xFFFFFFFF).tolist(), ["text"]):
            index = Batch(documents=texts).folded
            every = np.arange(texts.num_rows)
            offsets, values = shingle_sets(index.word_hash, index.word_offsets, every, self.ngram)
            sets = pa.LargeListArray.from_arrays(pa.array(offsets.astype(np.int64)), pa.array(values.view(np.int64)))
            here = keys[done : done + texts.num_rows]
            done += texts.num_rows
            yield from _pieces(here, sets)


def _pieces(keys: np.ndarray, sets: pa.Array) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(keys), _CHUNK):
        piece = sets.slice(first, _CHUNK).cast(pa.list_(pa.int64()))
        yield pa.RecordBatch.from_arrays([pa.array(keys[first : first + _CHUNK]), piece], names=["key", "shingles"])


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
                leader = _values(columns["shingles"], start)[1]
                first = start + 1
            if end > first:
                yield _compared({n: c.slice(first, end - first) for n, c in columns.items()}, leader)


def _values(lists: pa.ListArray, row: int) -> tuple[np.ndarray, np.ndarray]:
    one = lists.slice(row, 1)
    values = one.flatten().to_numpy().view(np.uint64)
    return np.array([0, len(values)], np.int64), values


def _compared(columns: dict[str, pa.Array], leader: np.ndarray) -> pa.RecordBatch:
    lists = columns["shingles"]
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


@dataclass(frozen=True, kw_only=True)
class WritePairs:
    """One part of the pairs table."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        a, b, shared = (rows.column(n).to_numpy().astype(np.int64) for n in ("a_shingles", "b_shingles", "shared"))
        table = pa.Table.from_arrays(
            [
                rows.column("a").cast(pa.binary(16)),
                rows.column("b").cast(pa.binary(16)),
                rows.column("a_shingles"),
                rows.column("b_shingles"),
                rows.column("shared"),
                pa.array(shared / (a + b - shared)),
                rows.column("crowded").cast(pa.bool_()),
            ],
            schema=PAIRS,
        )
        entry = write_whole(self.folder, "pairs", f"part-{part:05d}", table)
        return Receipt(task=part, files={"pairs": [entry]}, counts={"pairs": entry.rows})
