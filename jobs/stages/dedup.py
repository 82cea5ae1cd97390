"""Verdicts and pairs to clusters: of documents that are alike, one stays.

Reads: verdicts, content keys, `pairs`, `containments` if there are, what the order of election names. Writes:
`clusters`, aligned with documents. Cost: one shuffle of the survivors' keys, and the election (`jobs.alike.election`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus.duplicates import losses
from corpus.duplicates.losses import Outcome
from corpus.duplicates.outcomes import Addresses, outcomes
from corpus.duplicates.recipe_tables import Dedup
from corpus.errors import RecipeError
from corpus.stages.built import Built
from corpus.stages.code import CODE
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import CLUSTERS, OUTCOMES, Election, Losses
from corpus.stages.pairs import PAIRS
from corpus.store import tally
from corpus.store.manifest import Manifest, Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import strings
from jobs.alike import components, edges, election, survivors
from jobs.alike.edges import Edges
from jobs.engine import in_process
from jobs.engine.job import Job

_BANDS = 21  # what the keys of a document are taken for: the bands of the default threshold


def build(job: Job[Election]) -> str:
    """Elect, write clusters."""
    params, documents = job.params, job.documents()
    verdicts = job.table(DECIDE.verdicts)
    worker = WriteClusters(folder=job.folder, election=params, documents=documents, verdicts=verdicts)
    contained = job.optional(CODE.containments)
    between = edges.of(job.table(PAIRS.pairs), contained, params.table.threshold, params.code)
    few = in_process.few(documents.rows + params.earlier.rows, _BANDS) and between.most <= election.DRIVER_EDGES
    (_here if few else _through_spark)(job, between, worker)
    counts = job.finish(parts=documents.parts).counts
    same = f"{counts['url']:,} of a known address, " if params.table.url != "off" else ""
    inside = f"; {counts['contained']:,} contained in other code" if params.code else ""
    return f"{counts['kept']:,} kept; {same}{counts['exact']:,} exact and {counts['near']:,} near duplicates{inside}"


def _here(job: Job[Election], between: Edges, worker: "WriteClusters") -> None:
    session, label, params, documents = job.session, job.stage.name, job.params, job.documents()
    read = survivors.emitter(job)
    found = pa.Table.from_batches(in_process.over_parts(session, label, documents.parts + params.earlier.parts, read))
    alike = [one for parts, emit in between.emitters for one in in_process.over_parts(session, label, parts, emit)]
    table = params.table
    addresses = Addresses(latest=table.url == "latest", restricted_first=table.restricted == "stays")
    rows = outcomes(
        found,
        pa.Table.from_batches(alike, edges.SCHEMA),
        addresses if table.url != "off" else None,
        documents.parts << 32,
    )
    in_process.write_parts(session, label, job.folder, documents.parts, rows, worker)


def _through_spark(job: Job[Election], between: Edges, worker: "WriteClusters") -> None:
    params, documents = job.params, job.documents()
    known = documents.parts << 32  # keys from here on are of earlier releases
    parts = documents.parts + params.earlier.parts
    found = job.over_parts(parts, survivors.emitter(job).__call__, survivors.SCHEMA, rows=documents.rows)
    members = _members(_addressed(found, params.table, known)).persist()
    keepers = members.where("place = 1")
    met = election.meet(between.frame(job.session.spark, job.versions), keepers).persist()
    rows = _outcomes(members, election.elected(job.session, job.folder, keepers, met, between.most), known)
    job.write_parts(documents.parts, rows, ["row"], worker)
    met.unpersist()
    members.unpersist()
    components.forget(job.folder)


def check(job: Job[Election], written: Manifest, gate: Losses) -> None:
    """Stop before anything is built on a corpus that a whole source is gone from. Raises RecipeError."""
    found = losses.of(written.tally(Outcome))
    for name in losses.vanished(found, gate.allow_vanish):
        documents = next(loss.documents for loss in found if (loss.kind, loss.name) == ("source", name))
        clusters = Built(name=job.stage.name, folder=job.folder, manifest=written).table("clusters")
        taken = losses.keepers(clusters, job.table(DECIDE.verdicts), name)
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
    election: Election
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
            "restricted": survivors.restricted(self.election, verdicts.column("source"), licences),
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
        sources, languages = (strings(verdicts.column(name)) for name in ("source", "language"))
        found = losses.counted(sources, languages, columns["outcome"].tolist())
        return Receipt(task=part, files={"clusters": [entry]}, counts=counts, tallies=tally.cells(found))
