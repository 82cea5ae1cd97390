"""Lines that repeat."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus.texts.repeated_lines import KEY


def repeated(counted: DataFrame) -> DataFrame:
    """The lines of each part that more documents of their source have, in all parts, than the limit allows."""
    same = Window.partitionBy(*KEY)
    summed = counted.select(
        "part",
        *KEY,
        "limit",
        f.sum("count").over(same).alias("count"),
        f.min("first").over(same).alias("first"),
    )
    return summed.where("count > limit").drop("limit")
