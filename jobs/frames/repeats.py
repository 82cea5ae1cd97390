"""Keys that come more than once."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from jobs.engine.spark import jobs, sums


def summed(keys: DataFrame) -> int:
    """The sum of the column `summed` over rows whose `key` another row has too."""
    repeated = sums.by(keys, ["key"], "summed").where("rows > 1")
    total = jobs.execute(repeated.agg(f.sum("summed")).first)
    return int(total[0] or 0) if total else 0
