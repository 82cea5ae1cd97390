"""The one way to run over parts: one Spark task a part, a receipt for each, resumed from the receipts that are there.

A task is a pure function of its number. It publishes its files, then its receipt; publishing twice (a retry, a
speculative attempt, a second run) publishes the same names with the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from corpus.errors import CorpusError
from corpus.store import manifest
from corpus.store.manifest import PARTS, Receipt
from corpus.store.versions import NONE, Versions
from filters.arrow import integers
from jobs.engine.failures import TaskError, marked
from jobs.engine.progress import Progress
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.session import Session

T = TypeVar("T")
Task = Callable[[int], Mapping[str, Receipt]]  # task number -> receipts by stage folder

_DONE = pa.schema([pa.field("task", pa.int64(), nullable=False)])


@dataclass(frozen=True, kw_only=True)
class _Worker:
    """What a Python worker runs: the tasks whose numbers arrive."""

    task: Sealed[Task]
    numbers: tuple[int, ...]
    step: str
    versions: Versions

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for position in integers(batch.column(0)):
                number = self.numbers[position]
                try:
                    self.versions.check()
                    self._one(number)
                except (CorpusError, OSError) as error:
                    raise TaskError(error) from error
                yield pa.RecordBatch.from_arrays([pa.array([number], pa.int64())], schema=_DONE)

    def _one(self, number: int) -> None:
        for folder, receipt in self.task.open()(number).items():
            manifest.publish_receipt(folder, receipt, self.step)


def run(
    session: Session,
    label: str,
    folders: Sequence[str],
    count: int,
    task: Task,
    *,
    step: str = PARTS,
    versions: Versions = NONE,
) -> None:
    """Run tasks 0..count-1 of a step but those whose receipts are in every folder already."""
    complete = [manifest.load_receipts(folder, step) for folder in folders]
    numbers = tuple(n for n in range(count) if any(n not in receipts for receipts in complete))
    if not numbers:
        return
    worker = _Worker(task=sealed(task), numbers=numbers, step=step, versions=versions)
    spark = session.spark
    tasks = spark.range(0, len(numbers), 1, len(numbers)).mapInArrow(worker.__call__, "task long")
    with watching(spark, label, len(numbers)):
        execute(tasks.count)


def names_of(schema: str) -> list[str]:
    """The columns of a schema as Spark writes it: "key long, id string"."""
    return [column.split()[0] for column in schema.split(", ")]


def over_parts(
    spark: SparkSession,
    parts: int,
    function: Callable[[int], Iterator[pa.RecordBatch]],
    schema: str,
    versions: Versions = NONE,
) -> DataFrame:
    """A DataFrame of what a function yields for each part: the one way from tables into Spark."""
    source = _PartSource(function=sealed(function), versions=versions)
    return spark.range(0, parts, 1, parts).mapInArrow(source.__call__, schema)


@dataclass(frozen=True, kw_only=True)
class _PartSource:
    function: Sealed[Callable[[int], Iterator[pa.RecordBatch]]]
    versions: Versions

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for part in integers(batch.column(0)):
                try:
                    self.versions.check()
                    yield from self.function.open()(part)
                except (CorpusError, OSError) as error:
                    raise TaskError(error) from error


def execute(action: Callable[[], T]) -> T:
    """Run a Spark action; an error that a worker marked comes out as itself, on one line."""
    try:
        return action()
    except (PySparkException, Py4JJavaError) as error:
        known = marked(str(error))
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
