"""Windows of words that several documents have."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from jobs.alike.shared_windows import (
    HELD_COLUMNS,
    PRINT,
    RUN,
    WINDOW,
    Compared,
    EmitWindows,
    join_runs,
    keep_shared,
    name_holders,
)


def windows(prints: DataFrame, source: Compared) -> DataFrame:
    """Windows (WINDOW) of fingerprints (PRINT) that several documents have."""
    met = prints.repartition("hash").sortWithinPartitions("hash").mapInArrow(keep_shared, PRINT)
    placed = met.repartition(f.shiftright("key", 32)).sortWithinPartitions("key", "hash")
    return placed.mapInArrow(EmitWindows(source=source).__call__, WINDOW)


def runs(found: DataFrame) -> DataFrame:
    """Runs (RUN, and `part`) of windows (WINDOW) that several documents have."""
    ranked = found.repartition("high").sortWithinPartitions("high", "low", "id_high", "id_low", "start")
    held = ranked.mapInArrow(name_holders, HELD_COLUMNS)
    together = held.repartition(f.shiftright("key", 32)).sortWithinPartitions("key", "start")
    return together.mapInArrow(join_runs, RUN).withColumn("part", f.shiftright("key", 32))
