"""Connected components as DataFrames: alternating large-star and small-star, for edges that no single machine holds
(Kiveris et al. 2014, "Connected Components in MapReduce and Beyond", section 3).

A round is a large-star and a small-star. The edges that it leaves are written as Parquet below the stage's folder and
read back, so lineage stays short and a run that was killed goes on from its last round. The rounds end when one changes
nothing, which is a fixed point of both and a star for each component; then every edge that was given is looked up, and
the run stops if one ends in two components.

Cost: four shuffles of 16 bytes an edge a round. No list of neighbours is gathered: a node of any degree is a minimum
over its rows, which Spark combines before the shuffle, and a join whose skewed side adaptive execution splits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.duplicates.components import edge_digest, prove
from corpus.errors import DataError
from corpus.store import manifest, receipts, storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import Table, write_whole
from jobs.engine.session import Session
from jobs.engine.spark import jobs

ROUNDS = "rounds"
_MOST = 100  # rounds: a path of 10,000 takes 9, and each halves paths or better, so 100 is a defect and not a graph


def components(session: Session, folder: str, edges: DataFrame, rows: int) -> DataFrame:
    """(node, component): the smallest node that a path leads to, for every node of an edge.

    `edges` has long columns u and v, about `rows` rows and no loops. Rounds lie below `folder` until `forget`. Raises
    DataError if an edge ends in two components.
    """
    session.shuffle_for(rows)
    rounds = _Rounds(session=session, folder=storage.join(folder, ROUNDS))
    last = rounds.last()
    if last is None:
        greater, smaller = f.greatest("u", "v").alias("u"), f.least("u", "v").alias("v")
        last = rounds.write(0, edges.select(greater, smaller))
    while True:
        if last.task == _MOST:
            raise DataError(f"components are not found after {_MOST} rounds; this is a defect, please report it")
        following = rounds.write(last.task + 1, small_star(large_star(rounds.read(last))))
        storage.remove(storage.join(rounds.folder, _name(last.task)))
        if following.counts == last.counts:
            break
        last = following
    stars = rounds.read(following)
    roots = stars.select(f.col("v").alias("node")).distinct().select("node", f.col("node").alias("component"))
    labels = stars.select(f.col("u").alias("node"), f.col("v").alias("component")).unionByName(roots)
    one = labels.select(f.col("node").alias("u"), f.col("component").alias("one"))
    other = labels.select(f.col("node").alias("v"), f.col("component").alias("other"))
    ends = edges.join(one, "u", "left").join(other, "v", "left")
    prove(jobs.execute(ends.where("not coalesce(one = other, false)").count))
    return labels


def forget(folder: str) -> None:
    """Delete the rounds: nothing reads them once the stage is done."""
    storage.remove(storage.join(folder, ROUNDS))


def large_star(edges: DataFrame) -> DataFrame:
    """Each node sends its greater neighbours to the smallest among itself and its neighbours. Edges run u > v."""
    both = edges.unionByName(edges.select(f.col("v").alias("u"), f.col("u").alias("v")))
    least = both.groupBy("u").agg(f.least(f.min("v"), f.col("u")).alias("least"))
    greater = both.where("v > u").join(least, "u")
    return greater.select(f.col("v").alias("u"), f.col("least").alias("v"))


def small_star(edges: DataFrame) -> DataFrame:
    """Each node sends itself and its smaller neighbours to the smallest of them. Edges run u > v."""
    least = edges.groupBy("u").agg(f.min("v").alias("least"))
    smaller = edges.join(least, "u").where("v > least").select(f.col("v").alias("u"), f.col("least").alias("v"))
    return smaller.unionByName(least.select("u", f.col("least").alias("v")))


def _name(number: int) -> str:
    return f"round-{number:03d}"


@dataclass(frozen=True, kw_only=True)
class _Rounds:
    """Edges after each round: a folder of Parquet files, and a receipt that is written when they are whole."""

    session: Session
    folder: str

    def last(self) -> Receipt | None:
        """The last round that is whole."""
        return max(receipts.complete(self.folder), key=lambda receipt: receipt.task, default=None)

    def read(self, receipt: Receipt) -> DataFrame:
        name = _name(receipt.task)
        table = Table(folder=self.folder, name=name, files=tuple(receipt.files[name]))
        return jobs.over_parts(self.session.spark, table.parts, table.batches, "u long, v long")

    def write(self, number: int, edges: DataFrame) -> Receipt:
        """Distinct edges; the receipt counts them and digests them in any order."""
        partitions = int(str(self.session.spark.conf.get("spark.sql.shuffle.partitions")))
        placed = edges.repartition(partitions, "u", "v").distinct().sortWithinPartitions("u", "v")
        writer = _WritePartition(folder=self.folder, name=_name(number))
        written = jobs.execute(placed.mapInArrow(writer.__call__, "entry string, digest long").collect)
        found = sorted(((FileEntry(**orjson.loads(row.entry)), row.digest) for row in written), key=lambda w: w[0].name)
        counts = {"edges": sum(entry.rows for entry, _ in found), "digest": 0}
        for _, digest in found:
            counts["digest"] ^= digest
        receipt = Receipt(task=number, files={_name(number): [entry for entry, _ in found]}, counts=counts)
        manifest.publish_receipt(self.folder, receipt)
        return receipt


@dataclass(frozen=True, kw_only=True)
class _WritePartition:
    """The edges of one partition to a file; one row that names it, with the digest of its edges."""

    folder: str
    name: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = pa.schema([("u", pa.int64()), ("v", pa.int64())])
        table = pa.Table.from_batches(batches, schema=schema)
        context = TaskContext.get()
        label = f"part-{context.partitionId() if context else 0:05d}"
        entry = write_whole(self.folder, self.name, label, table)
        digest = edge_digest(*(column.to_numpy().view(np.uint64) for column in table.columns))
        yield pa.RecordBatch.from_pydict({"entry": [orjson.dumps(vars(entry)).decode()], "digest": [digest]})
