"""Which engine runs the tasks of a run: the one place that decides."""

import os
from dataclasses import dataclass
from typing import Literal

from corpus.errors import RecipeError

Engine = Literal["pool", "spark"]


@dataclass(frozen=True)
class Choice:
    """An engine, and why it is that one."""

    engine: Engine
    why: str


def under_spark_submit() -> bool:
    """Whether a JVM has been started for us already."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def choose(asked: Engine | None = None, master: str | None = None) -> Choice:
    """By what was `asked` for (--engine, --master) and how this process was started.

    Raises RecipeError for what cannot be both.
    """
    if under_spark_submit():
        if asked == "pool" or master:
            raise RecipeError("spark-submit has started Spark for this run: leave --engine and --master out")
        return Choice("spark", "spark-submit started it")
    if master:
        if asked == "pool":
            raise RecipeError("--master is Spark's: leave it out, or --engine pool")
        return Choice("spark", f"--master {master}")
    if asked == "spark":
        return Choice("spark", "--engine spark")
    return Choice("pool", "one machine; Spark starts where keys outgrow one process")
