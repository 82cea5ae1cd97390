"""Labels and documents joined through Spark, as `corpus.external.joining` joins them: as many as a cluster holds."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from corpus.errors import RecipeError
from corpus.external import joining
from corpus.external.recipe_table import External
from corpus.stages.external import Joining
from jobs.engine.job import Job
from jobs.engine.keys import Keys
from jobs.engine.placed import PartFunction
from jobs.engine.spark import jobs


def write(job: Job[Joining], labels: Keys, documents: Keys, writer: PartFunction) -> Mapping[str, int]:
    """Write the parts; what was counted of labels. Raises RecipeError for what the table refuses."""
    table = job.params.table
    every = job.frame(labels).persist()
    counts = every.agg(f.count("*").alias("labels"), f.sum((~f.col("whole")).cast("long")).alias("nulls"))
    [total] = jobs.execute(counts.collect)
    nulls = total.nulls or 0
    if nulls and table.nulls == "refuse":
        [first] = jobs.execute(every.where("not whole").orderBy("file", "at").limit(1).collect)
        raise RecipeError(joining.null_line(table, nulls, first.file, first.at))
    one = _distinct(every.where("whole"), table).persist()
    own = job.frame(documents)
    columns = [f.col(name) for name in table.held]
    rows = own.join(one, ["high", "low"]).select("part", "row", *columns)
    job.write_parts(job.documents().parts, rows, ["row"], writer)
    used = own.select("high", "low").distinct().join(one, ["high", "low"], "left_semi")
    found = joining.counted(total.labels, nulls, jobs.execute(one.count), jobs.execute(used.count))
    one.unpersist()
    every.unpersist()
    return found


def _distinct(labels: DataFrame, table: External) -> DataFrame:
    """One label a key, by the table's rule."""
    ordered = Window.partitionBy("high", "low").orderBy("file", "at")
    if table.duplicates in ("refuse", "same"):
        firsts = [f.first(name).over(ordered).alias(f"first_{name}") for name in ("file", "at", *table.held)]
        again = labels.select("*", f.row_number().over(ordered).alias("place"), *firsts).where("place > 1")
        if table.duplicates == "same":
            differs = f.lit(False)
            for name in table.held:
                differs = differs | (f.col(name) != f.col(f"first_{name}"))
            again = again.where(differs)
        first = jobs.execute(again.orderBy("file", "at").limit(1).collect)
        if first:
            count = jobs.execute(again.count)
            [row] = first
            places = (row.first_file, row.first_at, row.file, row.at)
            raise RecipeError(joining.duplicate_line(table, count, *places))
    direction = [f.desc("file"), f.desc("at")] if table.duplicates == "last" else ["file", "at"]
    chosen = Window.partitionBy("high", "low").orderBy(*direction)
    return labels.withColumn("place", f.row_number().over(chosen)).where("place = 1").drop("place", "whole")
