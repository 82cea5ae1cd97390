"""Keys that tasks yield for each part: where they are few they meet in this process, else in Spark.

Worker processes write them as Arrow files, so how many there are is known before it is decided, and Spark reads what is
there already.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.store.versions import NONE, Versions
from jobs.engine import scratch, spending, tasks
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.session import Session
from jobs.engine.spending import Measured
from jobs.engine.tasks import Input

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Emit = Callable[[int], Iterator[pa.RecordBatch]]

# Bytes of keys that one process orders: with their order and what is taken by it about three times that, so the driver
# stays below 2 GB.
FEW_BYTES = 1 << 29

_STEP = "keys"  # of tasks that yield them, where a stage's time is told
_TYPES: dict[str, pa.DataType] = {
    "long": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "boolean": pa.bool_(),
    "array<long>": pa.list_(pa.int64()),
}


def arrow_schema(schema: str) -> pa.Schema:
    """A schema as Spark writes it ("key long, id string") as Arrow's."""
    return pa.schema([pa.field(name, _TYPES[kind]) for name, kind in map(str.split, schema.split(", "))])


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Rows of keys by part."""

    session: Session
    label: str
    parts: int
    emit: Emit  # what yields them, or reads those that are written
    schema: str
    rows: int  # of what they are made for, to size a shuffle
    versions: Versions
    bytes: int | None  # None where they are in Spark

    @property
    def few(self) -> bool:
        """Whether they meet in this process."""
        return self.fit(1)

    def fit(self, times: int) -> bool:
        """The same of work that needs so many times the memory."""
        return self.bytes is not None and self.bytes * times <= FEW_BYTES

    def batches(self) -> Iterator[pa.RecordBatch]:
        """In order of parts, where they are written."""
        for part in range(self.parts):
            yield from self.emit(part)

    def table(self) -> pa.Table:
        """All of them, in no particular order, whatever their number."""
        if self.bytes is not None:
            return pa.Table.from_batches(self.batches(), arrow_schema(self.schema))
        from jobs.engine.spark import jobs  # noqa: PLC0415  (there already)

        frame = self.frame()
        with jobs.watching(self.session.spark, self.label, self.parts):
            found: pa.Table = jobs.execute(frame.toArrow)
        return found

    def frame(self) -> "DataFrame":
        """All of them in Spark."""
        spark = self.session.shuffle_for(self.rows)
        from jobs.engine.spark import jobs  # noqa: PLC0415  (there already)

        return jobs.over_parts(spark, self.parts, self.emit, self.schema, self.versions)


@contextmanager
def emitted(
    session: Session,
    label: str,
    parts: int,
    emit: Emit,
    schema: str,
    *,
    rows: int = 0,
    reads: Sequence[Input] = (),
    versions: Versions = NONE,
) -> Iterator[Keys]:
    """What `emit` yields for each part, for as long as the block lasts."""

    def found(emit: Emit, size: int | None) -> Keys:
        return Keys(
            session=session,
            label=label,
            parts=parts,
            emit=emit,
            schema=schema,
            rows=rows,
            versions=versions,
            bytes=size,
        )

    if not session.pooled:
        yield found(emit, None)
        return
    with scratch.folder() as folder:
        work = _Write(emit=sealed(emit), folder=folder, schema=schema, versions=versions)
        numbers = tasks.largest_first(range(parts), reads)
        given = session.pool.run(label, numbers, work, lambda number: tasks.named(number, reads))
        sizes = spending.values(given)
        tasks.account(session, label, _STEP, spending.spent(given), reads)
        session.account.keys += sum(sizes.values())
        yield found(scratch.parts(folder, sizes), sum(sizes.values()))


@dataclass(frozen=True, kw_only=True)
class _Write:
    """What a worker runs for each part: bytes that it wrote."""

    emit: Sealed[Emit]
    folder: str
    schema: str
    versions: Versions

    def __call__(self, part: int) -> Measured[int]:
        return spending.measured(lambda: self._write(part))

    def _write(self, part: int) -> int:
        self.versions.check()
        return scratch.write(self.folder, part, arrow_schema(self.schema), self.emit.open()(part))
