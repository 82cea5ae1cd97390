"""Edges between contents."""

from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from corpus.store.versions import NONE, Versions
from jobs.alike.edges import SCHEMA, Edges
from jobs.engine.spark import jobs


def frame(edges: Edges, spark: SparkSession, versions: Versions = NONE) -> DataFrame:
    """All of them."""
    schema = from_arrow_schema(SCHEMA)
    frames = [jobs.over_parts(spark, n, emit, schema, versions) for n, emit in edges.emitters]
    return reduce(DataFrame.unionByName, frames)
