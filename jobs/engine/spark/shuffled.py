"""The one way from a DataFrame back to numbered parts: rows meet by part number, in order, in one task.

Only keys, hashes, counts and shingle hashes take this way; text never does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.errors import CorpusError
from corpus.store import manifest
from corpus.store.manifest import PARTS
from corpus.store.versions import NONE, Versions
from jobs.engine.failures import TaskError
from jobs.engine.placed import PartFunction
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.session import Session
from jobs.engine.spark import jobs


def write_parts(
    session: Session,
    label: str,
    folder: str,
    parts: int,
    rows: DataFrame,
    order: Sequence[str],
    function: PartFunction,
    *,
    step: str = PARTS,
    versions: Versions = NONE,
) -> None:
    """Call `function(part, rows of that part in order)` for every part, those without rows included.

    `rows` has a long column `part`; the columns of `order` must order the rows of a part totally.
    """
    spark = session.spark
    every = spark.range(parts).select(f.col("id").alias("part"))
    marked = rows.withColumn("_row", f.lit(True))
    together = (
        every.unionByName(marked, allowMissingColumns=True)
        .repartition(min(parts, int(spark.conf.get("spark.sql.shuffle.partitions") or parts)), "part")
        .sortWithinPartitions("part", *order)
    )
    worker = _Writer(folder=folder, function=sealed(function), step=step, versions=versions)
    written = together.mapInArrow(worker.__call__, "part long")
    with jobs.watching(spark, label, parts):
        jobs.execute(written.count)


@dataclass(frozen=True, kw_only=True)
class _Writer:
    folder: str
    function: Sealed[PartFunction]
    step: str
    versions: Versions

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        waiting: list[pa.RecordBatch] = []
        part = -1
        try:
            self.versions.check()
            function = self.function.open()
            for batch in batches:
                for piece, number in _runs(batch):
                    if number != part and waiting:
                        yield self._write(function, part, waiting)
                        waiting = []
                    part = number
                    waiting.append(piece)
            if waiting:
                yield self._write(function, part, waiting)
        except (CorpusError, OSError) as error:
            raise TaskError(error) from error

    def _write(self, function: PartFunction, part: int, pieces: list[pa.RecordBatch]) -> pa.RecordBatch:
        together = pa.Table.from_batches(pieces)
        rows = together.filter(together.column("_row").is_valid()).drop_columns(["part", "_row"])
        manifest.publish_receipt(self.folder, function(part, rows), self.step)
        return pa.RecordBatch.from_pydict({"part": pa.array([part], pa.int64())})


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """A batch sorted by part, cut where the part changes."""
    parts = batch.column(batch.schema.get_field_index("part")).to_numpy()
    cuts = [0, *(parts[1:] != parts[:-1]).nonzero()[0] + 1, len(parts)]
    for start, end in pairwise(cuts):
        if end > start:
            yield batch.slice(start, end - start), int(parts[start])
