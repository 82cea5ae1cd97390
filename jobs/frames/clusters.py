"""Survivors and edges to clusters."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus.duplicates.recipe_tables import Dedup
from corpus.stages.dedup import Election
from jobs.alike import survivors
from jobs.alike.edges import Edges
from jobs.engine.job import Job
from jobs.engine.placed import PartFunction
from jobs.frames import components, edges, election


def write(job: Job[Election], between: Edges, writer: PartFunction) -> None:
    """Elect, write clusters."""
    params, documents = job.params, job.documents()
    known = documents.parts << 32  # keys from here on are of earlier releases
    parts = documents.parts + params.earlier.parts
    found = job.over_parts(parts, survivors.emitter(job).__call__, survivors.SCHEMA, rows=documents.rows)
    members = _members(_addressed(found, params.table, known)).persist()
    keepers = members.where("place = 1")
    met = election.meet(edges.frame(between, job.session.spark, job.versions), keepers).persist()
    rows = _outcomes(members, election.elected(job.session, job.folder, keepers, met, between.most), known)
    job.write_parts(documents.parts, rows, ["row"], writer)
    met.unpersist()
    members.unpersist()
    components.forget(job.folder)


def _addressed(found: DataFrame, dedup: Dedup, known: int) -> DataFrame:
    """Documents with `lost`: another of the same address stays, and they go where its content goes."""
    if dedup.url == "off":
        return found.withColumn("lost", f.expr("false"))
    latest = [f.col("date").desc_nulls_last()] if dedup.url == "latest" else []
    bound = [f.col("restricted").desc(), *latest] if dedup.restricted == "stays" else latest
    first = [f.col("key") < known, *bound]
    order = Window.partitionBy("url_high", "url_low").orderBy(*first, "rank", "key")
    placed = found.where("url_high is not null").select(
        *(c for c in found.columns if c not in ("high", "low")),
        f.first("high").over(order).alias("high"),
        f.first("low").over(order).alias("low"),
        (f.row_number().over(order) > 1).alias("lost"),
    )
    return placed.unionByName(found.where("url_high is null").withColumn("lost", f.expr("false")))


def _members(found: DataFrame) -> DataFrame:
    """Documents with their place in their content, its speaker, and what is known of all its copies."""
    ranked = Window.partitionBy("high", "low").orderBy("lost", "rank", "key")
    whole = ranked.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    return found.select(
        *("high", "low", "rank", "key", "id", "lost"),
        f.row_number().over(ranked).alias("place"),
        f.first("id").over(ranked).alias("keeper"),
        f.first("key").over(ranked).alias("keeper_key"),
        f.count("*").over(whole).alias("copies"),
        f.max("restricted").over(whole).alias("restricted"),
    )


def _outcomes(members: DataFrame, fates: DataFrame, known: int) -> DataFrame:
    """One row for each survivor that is not simply kept: outcome, evidence, size, cluster; `known` if it goes for a
    document of an earlier release."""
    joined = members.where(f.col("key") < known).join(fates, ["high", "low"], "left")
    stays = f.col("near_id").isNull() & (f.col("place") == 1)
    outcome = (
        f.when(f.col("lost"), "url")
        .when(f.col("near_id").isNotNull(), f.when(f.col("contained"), "contained").otherwise("near"))
        .when(f.col("place") == 1, "kept")
        .otherwise("exact")
    )
    alone = (f.col("copies") == 1) & f.col("cluster").isNull()
    rows = joined.select(
        f.shiftright("key", 32).alias("part"),
        f.expr("key & 4294967295").alias("row"),
        outcome.alias("outcome"),
        f.when(stays, None).otherwise(f.coalesce("near_id", "keeper")).alias("kept_id"),
        f.when(stays | f.col("lost"), None).otherwise(f.coalesce("jaccard", f.lit(1.0))).alias("jaccard"),
        f.when(stays, f.col("copies") + f.coalesce("grown", f.lit(0))).otherwise(0).cast("int").alias("size"),
        f.when(~alone, f.coalesce("cluster", "keeper")).alias("cluster"),
        (~stays & (f.coalesce("near_key", "keeper_key") >= known)).alias("known"),
        (stays & (f.col("restricted") | f.coalesce("near_restricted", f.expr("false")))).alias("restricted"),
    )
    return rows.where("outcome <> 'kept' or cluster is not null")
