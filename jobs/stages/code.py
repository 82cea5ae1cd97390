"""Fingerprints of source code to pairs of contents with the containment of each in the other.

Reads: fingerprints and content keys of all documents; the text of those in a pair, in place. Writes: `containments`.
Cost: shuffles of the fingerprints (8 bytes each and the keys of their document); a fingerprint's documents meet its
largest `leaders`, so one of m documents costs at most leaders x m meetings. One shuffle of the pairs' shingle hashes.

Fingerprints ignore names, numbers and strings, so tables and generated code can share their form and nothing else: of
47 documents contained by fingerprints alone 9 were such (docs/decisions/0014). So a pair is compared by the words of
its texts too, and dedup goes by both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.duplicates.contents import split
from corpus.duplicates.earlier import Earlier
from corpus.duplicates.recipe_tables import Code
from corpus.duplicates.shingles import MakeShingles
from corpus.stages.code import CONTAINMENTS, FINGERPRINTS
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import Column, array, typed
from jobs.alike.candidates import CANDIDATES, PART_DOCUMENTS, PairMembers, shingles_of, verified
from jobs.engine import tasks
from jobs.engine.job import Job

_SOME_PER_DOCUMENT = 64  # fingerprints expected of a document, for the width of shuffles: 7 kB of code, measured at 74
_NGRAM = 5  # words of a shingle of text: what minhash measures by default
_PAIR = ("a_high", "a_low", "a_key", "b_high", "b_low", "b_key")


def build(job: Job[Code]) -> str:
    """Group by fingerprint, leave boilerplate out, count what pairs share."""
    code, documents = job.params, job.documents()
    emit = EmitFingerprints(
        documents=documents,
        fingerprints=job.table(FINGERPRINTS),
        contents=job.table(signals("content")),
    )
    schema = "high long, low long, key long, language string, fingerprints array<long>"
    copies = job.over_parts(documents.parts, emit.__call__, schema, rows=documents.rows * _SOME_PER_DOCUMENT)
    # Of the copies of a content, which may differ in operators, one that does not depend on the order of documents.
    first = f.min(f.struct("fingerprints", "language", "key")).alias("first")
    contents = copies.groupBy("high", "low").agg(first).select("high", "low", "first.*").persist(StorageLevel.DISK_ONLY)
    boilerplate = _boilerplate(contents, code).persist(StorageLevel.MEMORY_AND_DISK)
    sets = _distinctive(contents, boilerplate, code.min_shared).persist(StorageLevel.DISK_ONLY)
    met = _met(sets, code.leaders).persist(StorageLevel.MEMORY_AND_DISK)
    candidates = met.where(f.col("a_key") >= 0).where(f.col("meetings") >= code.min_shared)
    candidates = candidates.select(*_PAIR, f.lit(0).cast("long").alias("crowded"))
    parts = -(-max(documents.rows, 1) // PART_DOCUMENTS)
    alike = verified(candidates, sets.select("key", "shingles"))
    worded = verified(
        candidates, shingles_of(candidates, MakeShingles(documents=documents, earlier=Earlier(), ngram=_NGRAM))
    )
    rows = alike.join(_words(worded), ["a", "b"], "inner").withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    job.write_parts(parts, rows, ["a", "b"], WriteContainments(folder=job.folder))
    total = int(tasks.execute(candidates.count))
    counts = {
        "candidates": total,
        "contents": int(tasks.execute(contents.count)),
        "boilerplate": int(tasks.execute(boilerplate.count)),
        "not_compared": int(tasks.execute(lambda: met.agg(f.sum("not_compared")).collect()[0][0] or 0)),
    }
    for held in (met, sets, boilerplate, contents):
        held.unpersist()
    job.finish(counts, parts=parts)
    of = f"of {counts['contents']:,} contents of code"
    return f"{total:,} pairs {of} compared exactly; {counts['boilerplate']:,} fingerprints are boilerplate"


@dataclass(frozen=True, kw_only=True)
class EmitFingerprints:
    """Documents of one part that have words and fingerprints: content key, key, declared language, fingerprints."""

    documents: Table
    fingerprints: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        contents = self.contents.read(part, ["key", "words"])
        languages = self.documents.read(part, ["language"]).column("language")
        first = 0
        for batch in self.fingerprints.batches(part, ["fingerprints"]):
            lists = typed(batch.column("fingerprints"), pa.ListArray)
            here = contents.slice(first, batch.num_rows)
            rows = np.flatnonzero((lists.value_lengths().to_numpy() > 0) & (here.column("words").to_numpy() > 0))
            taken = array(rows)
            high, low = split(here.column("key").take(taken).combine_chunks())
            keys = (np.int64(part) << np.int64(32)) | (rows + first).astype(np.int64)
            spoken = languages.take(array(rows + first)).combine_chunks().fill_null("")
            yield pa.RecordBatch.from_arrays(
                [pa.array(high), pa.array(low), pa.array(keys), spoken, lists.take(taken)],
                names=["high", "low", "key", "language", "fingerprints"],
            )
            first += batch.num_rows


def _boilerplate(contents: DataFrame, code: Code) -> DataFrame:
    """Fingerprints in more contents of one language than `max_documents` and than `max_share` of the language."""
    limit = f.greatest(f.lit(float(code.max_documents)), f.lit(code.max_share) * f.count("*")).alias("limit")
    limits = contents.groupBy("language").agg(limit)
    spread = contents.select("language", f.explode("fingerprints").alias("fingerprint"))
    often = spread.groupBy("fingerprint", "language").count().join(f.broadcast(limits), "language")
    return often.where(f.col("count") > f.col("limit")).select("fingerprint").distinct()


def _distinctive(contents: DataFrame, boilerplate: DataFrame, least: int) -> DataFrame:
    """Contents with their fingerprints that are not boilerplate, sorted; those of fewer than `least` share too few."""
    spread = contents.select("high", "low", "key", f.explode("fingerprints").alias("fingerprint"))
    own = spread.join(boilerplate, "fingerprint", "left_anti")
    sets = own.groupBy("high", "low", "key").agg(f.sort_array(f.collect_list("fingerprint")).alias("shingles"))
    return sets.where(f.size("shingles") >= least)


def _met(sets: DataFrame, leaders: int) -> DataFrame:
    """Pairs with the number of fingerprints at which they met, larger one first; and what was not compared."""
    members = sets.select(
        f.explode("shingles").alias("bucket"), f.size("shingles").alias("words"), "high", "low", "key"
    ).repartition("bucket")
    ordered = members.sortWithinPartitions("bucket", f.desc("words"), "high", "low", "key")
    found = ordered.mapInArrow(
        PairMembers(leaders=leaders).__call__,
        CANDIDATES,
    )
    return found.groupBy(*_PAIR).agg(f.count("*").alias("meetings"), f.sum("not_compared").alias("not_compared"))


def _words(compared: DataFrame) -> DataFrame:
    names = {"a_shingles": "a_words", "b_shingles": "b_words", "shared": "shared_words"}
    return compared.select("a", "b", *(f.col(old).alias(new) for old, new in names.items()))


@dataclass(frozen=True, kw_only=True)
class WriteContainments:
    """One part of the containments table."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        names = ("a_shingles", "b_shingles", "shared", "a_words", "b_words", "shared_words")
        a, b, shared, a_words, b_words, words = (rows.column(n).to_numpy().astype(np.int64) for n in names)
        columns: list[Column] = [
            rows.column("a").cast(pa.binary(16)),
            rows.column("b").cast(pa.binary(16)),
            rows.column("a_shingles"),
            rows.column("b_shingles"),
            rows.column("shared"),
            pa.array(shared / a),
            pa.array(shared / b),
            pa.array(shared / (a + b - shared)),
            pa.array(words / a_words),
            pa.array(words / b_words),
        ]
        table = pa.Table.from_arrays(columns, schema=CONTAINMENTS)
        entry = write_whole(self.folder, "containments", f"part-{part:05d}", table)
        return Receipt(task=part, files={"containments": [entry]}, counts={"containments": entry.rows})
