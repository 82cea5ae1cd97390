"""Near copies among released documents."""

import numpy as np
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.stages.release import RELEASE
from corpus.stages.splits import COPIES_STEP, HeldOut
from jobs.alike.edges import Edges
from jobs.alike.near_copies import EmitPassages, labelled
from jobs.engine import in_process
from jobs.engine.job import Job
from jobs.engine.placed import PartFunction
from jobs.engine.spark import jobs
from jobs.frames import components, edges


def write(job: Job[HeldOut], found: DataFrame, between: Edges, cuts: EmitPassages | None, writer: PartFunction) -> None:
    """Write the parts of `copies`. `found`: released documents, with their nodes."""
    released = found.persist(StorageLevel.MEMORY_AND_DISK)
    met = _edges(job, released, between, cuts).persist(StorageLevel.MEMORY_AND_DISK)
    rows = int(jobs.execute(met.count))
    joined = released.join(_labels(job, met, rows), "node")
    leaders = joined.groupBy("component").agg(
        f.min("id").alias("cluster"), f.min_by("language", "id").alias("language"), f.count("*").alias("size")
    )
    placed = joined.select("key", "component").join(leaders.where("size > 1"), "component")
    columns = [f.shiftright("key", 32).alias("part"), f.expr("key & 4294967295").alias("row")]
    together = placed.select(*columns, "cluster", "language", "size")
    job.write_parts(job.table(RELEASE.corpus).parts, together, ["row"], writer, COPIES_STEP)
    met.unpersist()
    released.unpersist()
    components.forget(job.folder)


def _edges(job: Job[HeldOut], released: DataFrame, between: Edges, cuts: EmitPassages | None) -> DataFrame:
    """(u, v) of nodes. A document that is not released joins its neighbours all the same."""
    met = edges.frame(between, job.session.spark, job.versions)
    found = met.select(f.col("a_high").alias("u"), f.col("b_high").alias("v"))
    first = released.groupBy("content").agg(f.min("node").alias("v"), f.max("node").alias("last"))
    same = released.join(first.where("v < last"), "content").select(f.col("node").alias("u"), "v")
    found = found.unionByName(same)
    if cuts:
        cut = job.over_parts(cuts.cuts.parts, cuts.__call__, "u long, id string", rows=cuts.cuts.rows).distinct()
        found = found.unionByName(cut.join(released.select("id", f.col("node").alias("v")), "id").select("u", "v"))
    return found.where("u <> v").select(f.greatest("u", "v").alias("u"), f.least("u", "v").alias("v")).distinct()


def _labels(job: Job[HeldOut], found: DataFrame, rows: int) -> DataFrame:
    """(node, component), on the driver where the edges are few."""
    if rows > in_process.FEW_EDGES:
        return components.components(job.session, job.folder, found, rows)
    table = jobs.execute(found.toArrow)
    ends = np.stack([table.column(name).to_numpy() for name in ("u", "v")]) if rows else np.empty((2, 0), np.int64)
    nodes, labels = labelled(ends)
    rows_of = pa.table({"node": pa.array(nodes, pa.int64()), "component": pa.array(nodes[labels], pa.int64())})
    return job.session.spark.createDataFrame(rows_of)
