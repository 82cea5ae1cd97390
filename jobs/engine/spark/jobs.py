"""Tasks as Spark jobs, DataFrames of what tasks yield, and what Spark says when one fails."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import pyarrow as pa
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from corpus.errors import CorpusError
from corpus.store.versions import NONE, Versions
from filters.arrow import integers, schema
from jobs.engine import collector
from jobs.engine.failures import TaskError, of_spark
from jobs.engine.progress import Progress
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.spending import Spent

T = TypeVar("T")

# Of a job that is shuffled: the driver keeps sizes of what each task gives each of the next. Above, a task has several
# parts.
_MOST_TASKS = 20_000
_DONE = schema(
    [
        pa.field("task", pa.int64()),
        pa.field("seconds", pa.float64()),
        pa.field("cpu", pa.float64()),
        pa.field("memory", pa.int64()),
        pa.field("host", pa.string()),
    ]
)


def run(spark: SparkSession, label: str, numbers: Sequence[int], work: Callable[[int], Spent]) -> dict[int, Spent]:
    """`work(number)` for each, one Spark task a number, in this order as cores come free; what each took."""
    worker = _Worker(work=work, numbers=tuple(numbers))
    tasks = spark.range(0, len(numbers), 1, len(numbers)).mapInArrow(
        worker.__call__, "task long, seconds double, cpu double, memory long, host string"
    )
    with watching(spark, label, len(numbers)):
        found: pa.Table = execute(tasks.toArrow)
    return {row.pop("task"): Spent(**row) for row in found.to_pylist()}


@dataclass(frozen=True, kw_only=True)
class _Worker:
    """What a Python worker runs: the numbers at the positions that arrive."""

    work: Callable[[int], Spent]
    numbers: tuple[int, ...]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        collector.keep_between_tasks()
        for batch in batches:
            for position in integers(batch.column(0)):
                number = self.numbers[position]
                try:
                    spent = self.work(number)
                except (CorpusError, OSError) as error:
                    raise TaskError(error) from error
                yield pa.RecordBatch.from_pylist([{"task": number, **asdict(spent)}], schema=_DONE)


def over_parts(
    spark: SparkSession,
    parts: int,
    function: Callable[[int], Iterator[pa.RecordBatch]],
    columns: str,
    versions: Versions = NONE,
) -> DataFrame:
    """A DataFrame of what a function yields for each part: the one way from tables into Spark."""
    source = _PartSource(function=sealed(function), versions=versions)
    return spark.range(0, parts, 1, min(parts, _MOST_TASKS)).mapInArrow(source.__call__, columns)


@dataclass(frozen=True, kw_only=True)
class _PartSource:
    function: Sealed[Callable[[int], Iterator[pa.RecordBatch]]]
    versions: Versions

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        collector.keep_between_tasks()
        for batch in batches:
            for part in integers(batch.column(0)):
                try:
                    self.versions.check()
                    yield from self.function.open()(part)
                except (CorpusError, OSError) as error:
                    raise TaskError(error) from error


def execute(action: Callable[[], T]) -> T:
    """Run a Spark action; what a worker marked, and what Spark itself gives up for, comes out as one line."""
    try:
        return action()
    except (PySparkException, Py4JJavaError) as error:
        known = of_spark(str(error))
        if known is None:
            raise
        raise known from None


def watching(spark: SparkSession, label: str, total: int) -> Progress:
    """A progress bar over the tasks of the jobs that run now."""
    tracker = spark.sparkContext.statusTracker()

    def done() -> int:
        infos = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return sum(info.numCompletedTasks for info in infos if info)

    return Progress(label, total, done)
