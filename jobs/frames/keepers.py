"""Documents that deduplication took, by their source and that of their keeper, where ids outgrow one process."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from corpus.report.copies import Copied, summed
from jobs.engine.spark import jobs


def met(keys: DataFrame) -> tuple[Copied, ...]:
    """Rows of `corpus.report.copies.KEYS` of all parts, brought together: a row for each two sources comes back."""
    keepers = keys.where("documents = 0").groupBy("key").agg(f.min("source").alias("kept_in"))
    gone = keys.where("documents > 0").join(keepers, on="key", how="left")
    sums = gone.groupBy("source", "kept_in").agg(f.sum("documents").alias("documents"))
    rows = jobs.execute(sums.collect)
    return summed((row["source"], row["kept_in"] or "", int(row["documents"])) for row in rows)
