"""Fingerprints of source code to pairs of contents."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.duplicates.recipe_tables import Code
from corpus.duplicates.shingles import MakeShingles
from jobs.engine.job import Job
from jobs.engine.placed import PartFunction
from jobs.engine.spark import jobs
from jobs.frames.candidates import CANDIDATES, PairMembers, shingles_of, verified

_PAIR = ("a_high", "a_low", "a_key", "b_high", "b_low", "b_key")


def write(job: Job[Code], copies: DataFrame, parts: int, make: MakeShingles, writer: PartFunction) -> dict[str, int]:
    """Write the parts of `containments`; what was counted. `copies`: documents with their contents and fingerprints."""
    code = job.params
    # Of the copies of a content, which may differ in operators, one that does not depend on the order of documents.
    first = f.min(f.struct("fingerprints", "language", "key")).alias("first")
    contents = copies.groupBy("high", "low").agg(first).select("high", "low", "first.*").persist(StorageLevel.DISK_ONLY)
    boilerplate = _boilerplate(contents, code).persist(StorageLevel.MEMORY_AND_DISK)
    sets = _distinctive(contents, boilerplate, code.min_shared).persist(StorageLevel.DISK_ONLY)
    met = _met(sets, code.leaders).persist(StorageLevel.MEMORY_AND_DISK)
    candidates = met.where(f.col("a_key") >= 0).where(f.col("meetings") >= code.min_shared)
    candidates = candidates.select(*_PAIR, f.lit(0).cast("long").alias("crowded"))
    alike = verified(candidates, sets.select("key", "shingles"))
    worded = verified(candidates, shingles_of(candidates, make))
    rows = alike.join(_words(worded), ["a", "b"], "inner").withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    job.write_parts(parts, rows, ["a", "b"], writer)
    counts = {
        "candidates": int(jobs.execute(candidates.count)),
        "contents": int(jobs.execute(contents.count)),
        "boilerplate": int(jobs.execute(boilerplate.count)),
        "not_compared": int(jobs.execute(lambda: met.agg(f.sum("not_compared")).collect()[0][0] or 0)),
    }
    for held in (met, sets, boilerplate, contents):
        held.unpersist()
    return counts


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
