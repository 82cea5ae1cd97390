"""Near copies among released documents: clusters over pairs that were verified, and not only those that removed one.

Edges are pairs of at least the similarity that is asked for (those below the threshold of removal too), containments of
code, documents whose released text is equal, and documents out of which a passage was cut with the one that keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.duplicates import components as memory
from corpus.duplicates.contents import split
from corpus.stages.code import CODE
from corpus.stages.dedup import Containment
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE
from corpus.stages.splits import COPIES, COPIES_STEP, HeldOut
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import array, strings
from jobs.alike import components, edges
from jobs.alike.election import DRIVER_EDGES
from jobs.alike.survivors import NO_WORDS
from jobs.engine import tasks
from jobs.engine.job import Job


def find(job: Job[HeldOut]) -> Table:
    """Write the table `copies`: components of contents, among which released ones are found."""
    corpus = job.table(RELEASE.corpus)
    emit = EmitReleased(corpus=corpus, contents=job.table(signals("content")))
    schema = "key long, node long, id string, language string, content binary"
    released = job.over_parts(corpus.parts, emit.__call__, schema, rows=corpus.rows)
    released = released.persist(StorageLevel.MEMORY_AND_DISK)
    found = _edges(job, released).persist(StorageLevel.MEMORY_AND_DISK)
    rows = int(tasks.execute(found.count))
    labels = _labels(job, found, rows)
    joined = released.join(labels, "node")
    leaders = joined.groupBy("component").agg(
        f.min("id").alias("cluster"), f.min_by("language", "id").alias("language"), f.count("*").alias("size")
    )
    placed = joined.select("key", "component").join(leaders.where("size > 1"), "component")
    columns = [f.shiftright("key", 32).alias("part"), f.expr("key & 4294967295").alias("row")]
    together = placed.select(*columns, "cluster", "language", "size")
    job.write_parts(corpus.parts, together, ["row"], WriteCopies(folder=job.folder), COPIES_STEP)
    found.unpersist()
    released.unpersist()
    components.forget(job.folder)
    entries = tuple(receipt.files["copies"][0] for receipt in job.receipts(corpus.parts, COPIES_STEP))
    return Table(folder=job.folder, name="copies", files=entries)


def _edges(job: Job[HeldOut], released: DataFrame) -> DataFrame:
    """(u, v) of nodes. A document that is not released joins its neighbours all the same."""
    similarity = job.params.table.similarity
    looser = Containment(containment=similarity, words=0.0)
    alike = edges.of(job.table(PAIRS.pairs), job.optional(CODE.containments), similarity, looser)
    met = alike.frame(job.session.spark, job.versions)
    found = met.select(f.col("a_high").alias("u"), f.col("b_high").alias("v"))
    first = released.groupBy("content").agg(f.min("node").alias("v"), f.max("node").alias("last"))
    same = released.join(first.where("v < last"), "content").select(f.col("node").alias("u"), "v")
    found = found.unionByName(same)
    passages = job.optional(PASSAGES.cuts)
    if passages:
        emit = EmitPassages(cuts=passages, contents=job.table(signals("content")))
        cuts = job.over_parts(passages.parts, emit.__call__, "u long, id string").distinct()
        found = found.unionByName(cuts.join(released.select("id", f.col("node").alias("v")), "id").select("u", "v"))
    return found.where("u <> v").select(f.greatest("u", "v").alias("u"), f.least("u", "v").alias("v")).distinct()


def _labels(job: Job[HeldOut], found: DataFrame, rows: int) -> DataFrame:
    """(node, component), on the driver where the edges are few."""
    if rows > DRIVER_EDGES:
        return components.components(job.session, job.folder, found, rows)
    table = tasks.execute(found.toArrow)
    ends = np.stack([table.column(name).to_numpy() for name in ("u", "v")]) if rows else np.empty((2, 0), np.int64)
    nodes, places = np.unique(ends, return_inverse=True)
    one, other = places.reshape(2, -1)
    labels = memory.components(len(nodes), np.ascontiguousarray(one), np.ascontiguousarray(other))
    rows_of = pa.table({"node": pa.array(nodes, pa.int64()), "component": pa.array(nodes[labels], pa.int64())})
    return job.session.spark.createDataFrame(rows_of)


@dataclass(frozen=True, kw_only=True)
class EmitReleased:
    """Released documents of a part. A node is the first half of the content key, or of the id where there are no words:
    should two contents share 64 bits, they go the same way, which harms nothing."""

    corpus: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        found = self.corpus.read(part, ["id", "row", "language", "content"])
        rows = found.column("row").to_numpy()
        contents = self.contents.read(part, ["key"]).column("key").take(array(rows)).combine_chunks()
        nodes, _ = split(contents)
        wordless = np.flatnonzero(np.asarray(pc.equal(contents, pa.scalar(NO_WORDS, pa.binary(16)))))
        ids = found.column("id").combine_chunks()
        own = [int.from_bytes(bytes.fromhex(i)[:8], "big", signed=True) for i in strings(ids.take(array(wordless)))]
        nodes[wordless] = own
        yield pa.RecordBatch.from_arrays(
            [
                pa.array((np.int64(part) << np.int64(32)) | rows),
                pa.array(nodes),
                ids,
                found.column("language").combine_chunks(),
                found.column("content").cast(pa.binary()).combine_chunks(),
            ],
            names=["key", "node", "id", "language", "content"],
        )


@dataclass(frozen=True, kw_only=True)
class EmitPassages:
    """Nodes of documents out of which passages were cut, with the documents that keep them."""

    cuts: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        cuts = self.cuts.read(part, ["row", "of_id"])
        contents = self.contents.read(part, ["key"]).column("key").take(cuts.column("row").combine_chunks())
        nodes, _ = split(contents.combine_chunks())
        yield pa.RecordBatch.from_arrays([pa.array(nodes), cuts.column("of_id").combine_chunks()], names=["u", "id"])


@dataclass(frozen=True, kw_only=True)
class WriteCopies:
    """One part of `copies`."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        table = rows.select(COPIES.names).cast(COPIES)
        entry = write_whole(self.folder, "copies", f"part-{part:05d}", table)
        return Receipt(task=part, files={"copies": [entry]}, counts={"copies": entry.rows})
