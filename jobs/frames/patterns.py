"""Patterns of votes and their documents."""

from typing import Any

import pyarrow as pa
from pyspark.sql import functions as f

from jobs.engine.job import Job
from jobs.engine.keys import Keys
from jobs.engine.spark import jobs, sums


def most_frequent(job: Job[Any], keys: Keys, most: int) -> tuple[pa.Table, int, int]:
    """At most so many (pattern, documents), those of most documents and of these the first in order; and how many
    patterns and documents there are."""
    total = sums.by(job.frame(keys), ["pattern"], "documents").select("pattern", "documents").cache()
    try:
        found: pa.Table = jobs.execute(total.orderBy(f.desc("documents"), "pattern").limit(most).toArrow)
        whole = jobs.execute(total.agg(f.count("*").alias("patterns"), f.sum("documents").alias("documents")).toArrow)
        [row] = whole.to_pylist()
        return found, row["patterns"], row["documents"] or 0
    finally:
        total.unpersist()
