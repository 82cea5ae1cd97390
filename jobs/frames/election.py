"""The election among contents that are alike: on the driver when pairs are few, a component a task when they are many.

Both give the same fates, for a content's fate depends on its own component alone. On the driver all edges are held at
once; in tasks the most that one process holds is a batch of small components, or one that is larger: 40 bytes an edge
and about 150 a content by the widths of the columns, and as much again while they are sorted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from corpus.duplicates.joint_election import FATES, OF_EDGES, OF_NODES, STREAM, elect_jointly
from corpus.errors import CorpusError
from jobs.engine import in_process
from jobs.engine.failures import TaskError
from jobs.engine.session import Session
from jobs.engine.spark import jobs
from jobs.frames import components

_TOGETHER = 1 << 20  # rows of whole components that a task elects at a time: 50 MB


def meet(edges: DataFrame, keepers: DataFrame) -> DataFrame:
    """Edges between contents that both survive: keys of the documents that speak for them, and what the edge says."""
    met = edges
    for side, name in (("a", "key"), ("b", "other")):
        ends = keepers.select(
            f.col("high").alias(f"{side}_high"), f.col("low").alias(f"{side}_low"), f.col("key").alias(name)
        )
        met = met.join(ends, [f"{side}_high", f"{side}_low"])
    return met.select("key", "other", *(f.col(old).alias(new) for old, new in OF_EDGES.items()))


def elected(session: Session, folder: str, keepers: DataFrame, met: DataFrame, pairs: int) -> DataFrame:
    """A row of FATES for each content in an edge. `pairs` bounds the edges; rounds of components lie below `folder`."""
    ends = met.select("key").union(met.select("other")).distinct()
    nodes = keepers.join(ends, "key", "left_semi").select("key", f.lit(-1).cast("long").alias("other"), *OF_NODES)
    stream = nodes.unionByName(met, allowMissingColumns=True)
    if pairs <= in_process.FEW_EDGES:
        together = stream.withColumn("component", f.lit(None).cast("long")).select(*STREAM.names)
        return session.spark.createDataFrame(elect_jointly(jobs.execute(together.toArrow)))
    edges = met.select(f.col("key").alias("u"), f.col("other").alias("v"))
    labels = components.components(session, folder, edges, pairs).withColumnRenamed("node", "key")
    placed = stream.join(labels, "key").select(*STREAM.names).repartition("component").sortWithinPartitions("component")
    return placed.mapInArrow(ElectComponents(together=_TOGETHER).__call__, from_arrow_schema(FATES))


@dataclass(frozen=True, kw_only=True)
class ElectComponents:
    """Rows sorted by component to fates, `together` rows at a time and never part of a component."""

    together: int

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        waiting: list[pa.RecordBatch] = []
        rows = 0
        try:
            for batch in batches:
                waiting.append(batch)
                rows += batch.num_rows
                if rows >= self.together:
                    table = pa.Table.from_batches(waiting)
                    labels = table.column("component").to_numpy()
                    cut = int(np.searchsorted(labels, labels[-1]))
                    yield from elect_jointly(table.slice(0, cut)).to_batches()
                    waiting = table.slice(cut).to_batches()
                    rows -= cut
            if waiting:
                yield from elect_jointly(pa.Table.from_batches(waiting)).to_batches()
        except CorpusError as error:
            raise TaskError(error) from error
