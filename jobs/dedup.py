"""Verdicts and pairs to clusters: of documents that are alike, one stays.

Reads: verdicts, content keys, `pairs`, `containments` if there are, what the order of election names. Writes:
`clusters`, aligned with documents. Cost: one shuffle of the survivors' keys, and the election (`jobs.election`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus import ledger
from corpus.duplicates import losses
from corpus.duplicates.outcomes import Addresses, outcomes
from corpus.errors import RecipeError
from corpus.manifest import Receipt
from corpus.plan import Stage
from corpus.recipe import Dedup, Recipe
from corpus.schema import CLUSTERS, OUTCOMES
from corpus.table import Table, write_whole
from jobs import components, edges, election, here, survivors, tasks, wide
from jobs.edges import Edges
from jobs.run import Run


def build(run: Run, stage: Stage) -> str:
    """Elect, write clusters."""
    dedup = run.plan.recipe.dedup
    documents, verdicts = run.documents(), run.table("decide", "verdicts")
    worker = WriteClusters(folder=stage.folder, recipe=run.plan.recipe, documents=documents, verdicts=verdicts)
    between = edges.of(run, dedup.threshold, run.plan.recipe.code)
    few = here.few(run) and between.most <= election.DRIVER_EDGES
    (_here if few else _through_spark)(run, stage.folder, between, worker)
    decided = run.manifest("decide").counts
    run.finish(stage, documents.parts, lambda w: ledger.dedup(w, stage.folder, run.document_rows(), decided))
    counts = run.manifest("dedup").counts
    same = f"{counts['url']:,} of a known address, " if dedup.url != "off" else ""
    contained = f"; {counts['contained']:,} contained in other code" if run.plan.recipe.code else ""
    return f"{counts['kept']:,} kept; {same}{counts['exact']:,} exact and {counts['near']:,} near duplicates{contained}"


def _here(run: Run, folder: str, between: Edges, worker: "WriteClusters") -> None:
    dedup, documents = run.plan.recipe.dedup, run.documents()
    read = survivors.emitter(run)
    found = pa.Table.from_batches(here.over_parts(run, "dedup", documents.parts + run.plan.earlier.parts, read))
    alike = [one for parts, emit in between.emitters for one in here.over_parts(run, "dedup", parts, emit)]
    addresses = Addresses(latest=dedup.url == "latest", restricted_first=dedup.restricted == "stays")
    rows = outcomes(
        found,
        pa.Table.from_batches(alike, edges.SCHEMA),
        addresses if dedup.url != "off" else None,
        documents.parts << 32,
    )
    here.write_parts(run, "dedup", folder, documents.parts, rows, worker)


def _through_spark(run: Run, folder: str, between: Edges, worker: "WriteClusters") -> None:
    dedup, documents = run.plan.recipe.dedup, run.documents()
    spark = run.session.shuffle_for(documents.rows)
    known = documents.parts << 32  # keys from here on are of earlier releases
    parts = documents.parts + run.plan.earlier.parts
    found = tasks.over_parts(spark, parts, survivors.emitter(run).__call__, survivors.SCHEMA)
    members = _members(_addressed(found, dedup, known)).persist()
    keepers = members.where("place = 1")
    met = election.meet(between.frame(spark), keepers).persist()
    rows = _outcomes(members, election.elected(run.session, folder, keepers, met, between.most), known)
    wide.write_parts(run.session, "dedup", folder, documents.parts, rows, ["row"], worker)
    met.unpersist()
    members.unpersist()
    components.forget(folder)


def check_losses(run: Run) -> None:
    """Stop before anything is built on a corpus that a whole source is gone from. Raises RecipeError."""
    found = losses.of(run.manifest("dedup").counts)
    for name in losses.vanished(found, run.plan.recipe.dedup.allow_vanish):
        documents = next(loss.documents for loss in found if (loss.kind, loss.name) == ("source", name))
        taken = losses.keepers(run.table("dedup", "clusters"), run.table("decide", "verdicts"), name)
        raise RecipeError(losses.refusal(name, documents, taken))


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


@dataclass(frozen=True, kw_only=True)
class WriteClusters:
    """One part of clusters: what decide kept stays as it is, but for the rows that arrive."""

    folder: str
    recipe: Recipe
    documents: Table
    verdicts: Table

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        verdicts = self.verdicts.read(part, ["id", "source", "language", "kept"])
        licences = self.documents.read(part, ["licence"]).column("licence")
        kept = np.asarray(verdicts.column("kept"), bool)
        columns: dict[str, np.ndarray] = {
            "outcome": np.where(kept, "kept", "filtered").astype(object),
            "kept_id": np.full(len(kept), None, object),
            "jaccard": np.full(len(kept), None, object),
            "size": kept.astype(np.int32),
            "cluster": np.full(len(kept), None, object),
            "restricted": survivors.restricted(self.recipe, verdicts.column("source"), licences),
        }
        places = rows.column("row").to_numpy()
        columns["restricted"][places] |= np.asarray(rows.column("restricted"), bool)
        for name in ("outcome", "kept_id", "jaccard", "size", "cluster"):
            columns[name][places] = rows.column(name).to_pylist()
        columns["restricted"] &= columns["outcome"] == "kept"
        arrays = [pa.array(columns[field.name], field.type) for field in CLUSTERS if field.name != "id"]
        table = pa.Table.from_arrays([verdicts.column("id"), *arrays], schema=CLUSTERS)
        entry = write_whole(self.folder, "clusters", f"part-{part:05d}", table)
        names, numbers = np.unique(columns["outcome"].astype(str), return_counts=True)
        counts = dict.fromkeys(OUTCOMES, 0)
        counts |= {str(n): int(c) for n, c in zip(names, numbers, strict=True)}
        counts["known"] = int(np.count_nonzero(np.asarray(rows.column("known"), bool)))
        counts |= {"size": int(columns["size"].sum()), "restricted": int(columns["restricted"].sum())}
        sources, languages = (verdicts.column(name).to_pylist() for name in ("source", "language"))
        counts |= losses.counts(sources, languages, columns["outcome"].tolist())
        return Receipt(task=part, files={"clusters": [entry]}, counts=counts)
