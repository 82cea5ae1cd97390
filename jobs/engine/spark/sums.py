"""Numbers added up by key."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as f


def by(rows: DataFrame, names: Sequence[str], summed: str) -> DataFrame:
    """Distinct keys (the columns `names`), their rows (`rows`) and the sum of the column `summed`."""
    return rows.groupBy(*names).agg(f.count("*").alias("rows"), f.sum(summed).alias(summed))
