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
    first = f.min(f.struct("fingerprints", "language", "key", "code_high", "code_low")).alias("first")
    contents = copies.groupBy("high", "low").agg(first).select("high", "low", "first.*").persist(StorageLevel.DISK_ONLY)
    boilerplate = _boilerplate(contents, code).persist(StorageLevel.MEMORY_AND_DISK)
    copied = _copied(contents).persist(StorageLevel.MEMORY_AND_DISK)
    sets = _distinctive(contents, boilerplate, code.min_shared, copied).persist(StorageLevel.DISK_ONLY)
    met = _met(sets, code.leaders).persist(StorageLevel.MEMORY_AND_DISK)
    same = _same(copied, code.leaders).persist(StorageLevel.MEMORY_AND_DISK)
    candidates = met.where(f.col("a_key") >= 0).where(f.col("meetings") >= code.min_shared)
    candidates = _joined(candidates, same.where(f.col("a_key") >= 0)).persist(StorageLevel.MEMORY_AND_DISK)
    alike = verified(candidates, sets.select("key", "shingles"))
    worded = verified(candidates, shingles_of(candidates, make))
    alike = alike.withColumn("same", f.col("crowded"))
    rows = alike.join(_words(worded), ["a", "b"], "inner").withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    job.write_parts(parts, rows, ["a", "b"], writer)
    counts = {
        "candidates": int(jobs.execute(candidates.count)),
        "contents": int(jobs.execute(contents.count)),
        "boilerplate": int(jobs.execute(boilerplate.count)),
        "same": int(jobs.execute(candidates.where(f.col("crowded") > 0).count)),
        "not_compared": sum(_given_up(found) for found in (met, same)),
    }
    for held in (candidates, same, met, sets, copied, boilerplate, contents):
        held.unpersist()
    return counts


def _given_up(found: DataFrame) -> int:
    return int(jobs.execute(lambda: found.agg(f.sum("not_compared")).collect()[0][0] or 0))


def _boilerplate(contents: DataFrame, code: Code) -> DataFrame:
    """Fingerprints in more contents of one language than `max_documents` and than `max_share` of the language; contents
    that are one code count as one."""
    limit = f.greatest(f.lit(float(code.max_documents)), f.lit(code.max_share) * f.count("*")).alias("limit")
    limits = contents.groupBy("language").agg(limit)
    each = contents.groupBy("language", "code_high", "code_low").agg(f.first("fingerprints").alias("fingerprints"))
    spread = each.select("language", f.explode("fingerprints").alias("fingerprint"))
    often = spread.groupBy("fingerprint", "language").count().join(f.broadcast(limits), "language")
    return often.where(f.col("count") > f.col("limit")).select("fingerprint").distinct()


def _copied(contents: DataFrame) -> DataFrame:
    """Contents (high, low, key, code_high, code_low) that are one code with another."""
    often = contents.groupBy("code_high", "code_low").count().where("count > 1").drop("count")
    return contents.select("high", "low", "key", "code_high", "code_low").join(often, ["code_high", "code_low"])


def _same(copied: DataFrame, leaders: int) -> DataFrame:
    """Pairs of one key, with 1 as `crowded`, the first by content leading; and what was not compared. Half of the key
    brings them together, the other half is compared."""
    members = copied.select(f.col("code_high").alias("bucket"), f.lit(0).alias("words"), "high", "low", "key")
    ordered = members.repartition("bucket").sortWithinPartitions("bucket", "high", "low", "key")
    found = ordered.mapInArrow(PairMembers(leaders=leaders).__call__, CANDIDATES)
    for side in ("a", "b"):
        own = copied.select(f.col("key").alias(f"{side}_key"), f.col("code_low").alias(f"{side}_code"))
        found = found.join(own, f"{side}_key", "left")
    found = found.where("a_key < 0 OR a_code = b_code")
    return found.select(*_PAIR, f.lit(1).cast("long").alias("crowded"), "not_compared")


def _joined(candidates: DataFrame, same: DataFrame) -> DataFrame:
    """Both, each pair once: one that meets both ways leads as fingerprints say."""
    both = candidates.select(*_PAIR, f.lit(0).cast("long").alias("crowded")).union(same.select(*_PAIR, "crowded"))
    a, b = (f.struct(f.col(f"{x}_high").alias("high"), f.col(f"{x}_low").alias("low")) for x in "ab")
    ends = both.withColumn("one", f.least(a, b)).withColumn("other", f.greatest(a, b))
    first = f.min(f.struct("crowded", *_PAIR)).alias("first")
    found = ends.groupBy("one", "other").agg(first, f.max("crowded").alias("same"))
    return found.select(*(f.col(f"first.{name}").alias(name) for name in _PAIR), f.col("same").alias("crowded"))


def _distinctive(contents: DataFrame, boilerplate: DataFrame, least: int, copied: DataFrame) -> DataFrame:
    """Contents with their fingerprints that are not boilerplate, sorted; those of fewer than `least` share too few, but
    for those that have a copy of one key."""
    spread = contents.select("high", "low", "key", f.explode("fingerprints").alias("fingerprint"))
    own = spread.join(boilerplate, "fingerprint", "left_anti")
    sets = own.groupBy("high", "low", "key").agg(f.sort_array(f.collect_list("fingerprint")).alias("shingles"))
    every = sets.join(copied.select("key", f.lit(True).alias("copied")), "key", "full_outer")
    own = copied.select("key", f.col("high").alias("own_high"), f.col("low").alias("own_low"))
    filled = every.join(own, "key", "left").select(
        f.coalesce("high", "own_high").alias("high"),
        f.coalesce("low", "own_low").alias("low"),
        "key",
        f.coalesce("shingles", f.array().cast("array<long>")).alias("shingles"),
        "copied",
    )
    return filled.where((f.size("shingles") >= least) | f.col("copied")).drop("copied")


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
