"""Words and their counts."""

from collections.abc import Callable

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from jobs.engine.progress import Progress
from jobs.engine.spark import jobs, sums


def heaviest(counted: DataFrame, least: Callable[[pa.Table], int], watched: Progress) -> tuple[pa.Table, pa.Table]:
    """Words (word, count) of at least the count that `least` finds in the steps, and the null word; and the steps: how
    many words (words) and bytes (bytes) have each count (count), the greatest first."""
    total = sums.by(counted, ["word"], "count").select("word", "count").persist(StorageLevel.DISK_ONLY)
    try:
        with watched:
            # One row for each count that occurs: at most the square root of twice the sum of the counts.
            steps = (
                total.where(f.col("word").isNotNull())
                .groupBy("count")
                .agg(f.count("*").alias("words"), f.sum(f.length("word")).alias("bytes"))
            )
            found = jobs.execute(steps.toArrow).sort_by([("count", "descending")])
            held = (f.col("count") >= least(found)) | f.col("word").isNull()
            return jobs.execute(total.filter(held).toArrow), found
    finally:
        total.unpersist()


def most_frequent(counted: DataFrame, most: int) -> pa.Table:
    """At most so many words (word, count), those with the greatest counts and of these the first in order."""
    total = sums.by(counted, ["word"], "count").select("word", "count")
    found: pa.Table = jobs.execute(total.orderBy(f.desc("count"), "word").limit(most).toArrow)
    return found
