"""Verdicts and pairs to clusters: of documents that are alike, one stays.

Reads: verdicts, content keys, `pairs`, `containments` if there are. Writes: `clusters`, aligned with documents.
Cost: one shuffle of the survivors' keys; the edges above the threshold are elected on the driver, at 50 bytes each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus import ledger
from corpus.duplicates.containment import elect_contained
from corpus.manifest import Receipt
from corpus.plan import Stage
from corpus.recipe import Code
from corpus.schema import CLUSTERS
from corpus.table import Table, write_whole
from jobs import tasks, wide
from jobs.pairs import split
from jobs.run import Run

_NO_WORDS = b"\0" * 16  # content key of a text without words, which is never a duplicate
_LAST = 0xFFFFFFFF  # rank fields are complements, so that more words sort first


def build(run: Run, stage: Stage) -> str:
    """Elect, write clusters."""
    dedup = run.plan.recipe.dedup
    documents, verdicts = run.documents(), run.table("decide", "verdicts")
    spark = run.session.shuffle_for(documents.rows)
    order = {name: position for position, name in enumerate(dedup.prefer_sources)}
    emit = EmitSurvivors(verdicts=verdicts, contents=run.table("signals.content", "signals"), order=order)
    survivors = tasks.over_parts(
        spark, documents.parts, emit.__call__, "high long, low long, rank binary, key long, id string"
    )
    of_content = Window.partitionBy("high", "low")
    members = survivors.select(
        "*",
        f.row_number().over(of_content.orderBy("rank", "key")).alias("place"),
        f.first("id").over(of_content.orderBy("rank", "key")).alias("keeper"),
        f.count("*").over(of_content).alias("copies"),
    ).persist()
    pairs = run.table("pairs", "pairs")
    edges = tasks.over_parts(
        spark,
        pairs.parts,
        EmitEdges(pairs=pairs, threshold=dedup.threshold).__call__,
        "a_high long, a_low long, b_high long, b_low long, a_in_b double",
    )
    edges = edges.select(
        "*",
        f.col("a_in_b").alias("b_in_a"),
        f.lit(True).alias("a_goes"),
        f.lit(True).alias("b_goes"),
        f.lit("near").alias("rule"),
    )
    if code := run.plan.recipe.code:
        table = run.table("code", "containments")
        emit_contained = EmitContained(containments=table, code=code)
        edges = edges.unionByName(tasks.over_parts(spark, table.parts, emit_contained.__call__, _CONTAINED))
    fates = _near(_meet(edges, members.where("place = 1")))
    rows = _outcomes(members, spark.createDataFrame(fates))
    worker = WriteClusters(folder=stage.folder, verdicts=verdicts)
    wide.write_parts(run.session, "dedup", stage.folder, documents.parts, rows, ["row"], worker)
    members.unpersist()
    decided = run.manifest("decide").counts
    run.finish(stage, documents.parts, lambda w: ledger.dedup(w, stage.folder, run.document_rows(), decided))
    counts = run.manifest("dedup").counts
    contained = f"; {counts.get('contained', 0):,} contained in other code" if code else ""
    return f"{counts['kept']:,} kept; {counts['exact']:,} exact and {counts['near']:,} near duplicates{contained}"


@dataclass(frozen=True, kw_only=True)
class EmitSurvivors:
    """Documents that decide kept and that have words: content key, rank in the election, key and id.

    Rank, as bytes that sort: place of the source in prefer_sources, then more words, then the id.
    """

    verdicts: Table
    contents: Table
    order: Mapping[str, int]

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        verdicts = self.verdicts.read(part, ["id", "source", "kept"])
        contents = self.contents.read(part, ["key", "words"])
        wanted = pc.and_(
            verdicts.column("kept"), pc.not_equal(contents.column("key"), pa.scalar(_NO_WORDS, pa.binary(16)))
        )
        rows = np.flatnonzero(np.asarray(wanted))
        taken = pa.array(rows)
        verdicts, contents = verdicts.take(taken), contents.take(taken)
        high, low = split(contents.column("key").combine_chunks())
        ranks = [
            self.order.get(source, len(self.order)).to_bytes(4, "big")
            + (_LAST - words).to_bytes(4, "big")
            + bytes.fromhex(id_)
            for source, words, id_ in zip(
                verdicts.column("source").to_pylist(),
                contents.column("words").to_pylist(),
                verdicts.column("id").to_pylist(),
                strict=True,
            )
        ]
        keys = (np.int64(part) << np.int64(32)) | rows.astype(np.int64)
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(high),
                pa.array(low),
                pa.array(ranks, pa.binary()),
                pa.array(keys),
                verdicts.column("id").combine_chunks(),
            ],
            names=["high", "low", "rank", "key", "id"],
        )


@dataclass(frozen=True, kw_only=True)
class EmitEdges:
    """Pairs whose exact similarity reaches the threshold."""

    pairs: Table
    threshold: float

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.pairs.batches(part, ["a", "b", "jaccard"]):
            alike = batch.filter(pc.greater_equal(batch.column("jaccard"), self.threshold))
            halves = [half for name in ("a", "b") for half in split(alike.column(name))]
            yield pa.RecordBatch.from_arrays(
                [*map(pa.array, halves), alike.column("jaccard")],
                names=["a_high", "a_low", "b_high", "b_low", "a_in_b"],
            )


_CONTAINED = "a_high long, a_low long, b_high long, b_low long, a_in_b double, b_in_a double"
_CONTAINED += ", a_goes boolean, b_goes boolean, rule string"


@dataclass(frozen=True, kw_only=True)
class EmitContained:
    """Pairs of code of which at least one is contained in the other, by fingerprints and by words."""

    containments: Table
    code: Code

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for batch in self.containments.batches(part):
            a_goes, b_goes = self._goes(batch, "a", "b"), self._goes(batch, "b", "a")
            edges = pa.array(np.flatnonzero(a_goes | b_goes))
            found = batch.take(edges)
            halves = [half for name in ("a", "b") for half in split(found.column(name))]
            goes = [pa.array(flags).take(edges) for flags in (a_goes, b_goes)]
            rule = pa.array(["contained"] * len(edges), pa.string())
            yield pa.RecordBatch.from_arrays(
                [*map(pa.array, halves), found.column("a_in_b"), found.column("b_in_a"), *goes, rule],
                names=["a_high", "a_low", "b_high", "b_low", "a_in_b", "b_in_a", "a_goes", "b_goes", "rule"],
            )

    def _goes(self, batch: pa.RecordBatch, inner: str, outer: str) -> np.ndarray:
        inside = batch.column(f"{inner}_in_{outer}").to_numpy() >= self.code.containment
        worded = batch.column(f"{inner}_words_in_{outer}").to_numpy() >= self.code.words
        both: np.ndarray = inside & worded
        return both


def _meet(edges: DataFrame, keepers: DataFrame) -> pa.Table:
    """Edges between contents that both survive, with rank, id and copies of each side; on the driver."""

    def side(name: str) -> DataFrame:
        return keepers.select(*(f.col(c).alias(f"{name}_{c}") for c in ("high", "low", "rank", "key", "id", "copies")))

    joined = edges.join(side("a"), ["a_high", "a_low"], "inner").join(side("b"), ["b_high", "b_low"], "inner")
    return tasks.execute(joined.toArrow)


_FATES = pa.schema(
    [
        ("high", pa.int64()),
        ("low", pa.int64()),
        ("near_id", pa.string()),
        ("rule", pa.string()),
        ("jaccard", pa.float64()),
        ("grown", pa.int64()),
    ]
)


def _near(edges: pa.Table) -> pa.Table:
    """For each content in an edge: whom it is dropped for and by which rule, or by how many documents it grows."""
    if not edges.num_rows:
        return _FATES.empty_table()
    sides = [
        edges.select([f"{side}_{c}" for c in ("rank", "high", "low", "id", "copies")]).rename_columns(
            ["rank", "high", "low", "id", "copies"]
        )
        for side in ("a", "b")
    ]
    nodes = pa.concat_tables(sides).group_by(["rank", "high", "low", "id", "copies"]).aggregate([]).sort_by("rank")
    ranks = nodes.column("rank").combine_chunks()
    places = [
        pc.index_in(edges.column(f"{side}_rank").combine_chunks(), ranks).to_numpy().astype(np.int64)
        for side in ("a", "b")
    ]
    fates, contained = elect_contained(
        nodes.num_rows,
        np.stack(places, axis=1),
        np.stack([edges.column(name).to_numpy() for name in ("a_in_b", "b_in_a")], axis=1),
        np.stack([edges.column(name).to_numpy() for name in ("a_goes", "b_goes")], axis=1),
        pc.equal(edges.column("rule"), "contained").to_numpy(),
    )
    dropped = fates.kept >= 0
    copies = nodes.column("copies").to_numpy()
    grown = np.bincount(fates.kept[dropped], copies[dropped], nodes.num_rows).astype(np.int64)
    keeper = pa.array(np.where(dropped, fates.kept, 0), mask=~dropped)
    return pa.Table.from_arrays(
        [
            nodes.column("high"),
            nodes.column("low"),
            nodes.column("id").take(keeper),
            pa.array(np.where(contained, "contained", "near"), pa.string()),
            pa.array(fates.jaccard, mask=~dropped),
            pa.array(grown),
        ],
        schema=_FATES,
    )


def _outcomes(members: DataFrame, fates: DataFrame) -> DataFrame:
    """One row for each survivor that is not simply kept: outcome, evidence, size."""
    joined = members.join(fates, ["high", "low"], "left")
    stays = f.col("near_id").isNull() & (f.col("place") == 1)
    outcome = f.when(f.col("near_id").isNotNull(), f.col("rule")).when(f.col("place") == 1, "kept").otherwise("exact")
    rows = joined.select(
        f.shiftright("key", 32).alias("part"),
        f.expr("key & 4294967295").alias("row"),
        outcome.alias("outcome"),
        f.when(stays, None).otherwise(f.coalesce("near_id", "keeper")).alias("kept_id"),
        f.when(stays, None).otherwise(f.coalesce("jaccard", f.lit(1.0))).alias("jaccard"),
        f.when(stays, f.col("copies") + f.coalesce("grown", f.lit(0))).otherwise(0).cast("int").alias("size"),
    )
    return rows.where("outcome != 'kept' or size > 1")


@dataclass(frozen=True, kw_only=True)
class WriteClusters:
    """One part of clusters: what decide kept stays as it is, but for the rows that arrive."""

    folder: str
    verdicts: Table

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        verdicts = self.verdicts.read(part, ["id", "kept"])
        kept = np.asarray(verdicts.column("kept"))
        outcome = np.where(kept, "kept", "filtered").astype(object)
        kept_id: np.ndarray = np.full(len(kept), None, object)
        similarity: np.ndarray = np.full(len(kept), None, object)
        size = kept.astype(np.int32)
        places = rows.column("row").to_numpy()
        outcome[places] = rows.column("outcome").to_pylist()
        kept_id[places] = rows.column("kept_id").to_pylist()
        similarity[places] = rows.column("jaccard").to_pylist()
        size[places] = rows.column("size").to_numpy()
        columns = [
            verdicts.column("id").combine_chunks(),
            pa.array(outcome, pa.string()),
            pa.array(kept_id, pa.string()),
            pa.array(similarity, pa.float64()),
            pa.array(size),
        ]
        entry = write_whole(self.folder, "clusters", f"part-{part:05d}", pa.Table.from_arrays(columns, schema=CLUSTERS))
        names, numbers = np.unique(outcome.astype(str), return_counts=True)
        counts = dict.fromkeys(("kept", "filtered", "exact", "near"), 0)
        counts |= {str(n): int(c) for n, c in zip(names, numbers, strict=True)} | {"size": int(size.sum())}
        return Receipt(task=part, files={"clusters": [entry]}, counts=counts)
