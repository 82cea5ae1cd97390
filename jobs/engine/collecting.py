"""All receipts of a stage added up: here where they are few, else by tasks that add up some hundred each.

So what the driver is sent of a million receipts are a few thousand rows of packed columns, and the files are opened,
to be counted, by all cores rather than by one process.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import orjson
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import receipts, tally, versions
from corpus.store.entries import FileEntry, Page, Pager
from corpus.store.receipts import SCHEMA, Files, Merged
from corpus.store.tally import Cells, R
from filters.arrow import binaries, equal, integers, schema, strings
from jobs.engine.keys import Keys

GROUP = 512  # receipts a task: at 32 requests under way a second of an object store
_SCHEMA = f"part long, {SCHEMA}, missing string"


class Emitting(Protocol):
    """`Job.emit`."""

    def __call__(
        self, parts: int, function: Callable[[int], Iterator[pa.RecordBatch]], schema: str
    ) -> AbstractContextManager[Keys]: ...


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What the tasks of some steps of a stage wrote."""

    tables: Mapping[str, Sequence[FileEntry]]  # in order of tasks
    counts: Mapping[str, int]
    tallies: Mapping[str, Sequence[Cells]]
    format: Mapping[str, str]

    def tally(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a kind, added up."""
        return tally.read(kind, self.tallies.get(kind.NAME, ()))


@dataclass(frozen=True, kw_only=True)
class CollectGroup:
    """The task: `size` receipts of a step from number * size on."""

    folder: str
    step: str
    count: int
    size: int
    closed: frozenset[str]  # tables whose files are opened and counted

    def __call__(self, number: int) -> Iterator[pa.RecordBatch]:
        tasks = range(number * self.size, min((number + 1) * self.size, self.count))
        found, missing = receipts.merged(self.folder, self.step, tasks, self.closed)
        rows = receipts.rows(found)
        said = orjson.dumps(missing).decode()
        columns = {
            "part": pa.array([number] * rows.num_rows, pa.int64()),
            "table": rows.column("table"),
            "packed": rows.column("packed").cast(pa.binary()),
            "missing": pa.array([said] * rows.num_rows, pa.string()),
        }
        yield pa.RecordBatch.from_pydict(columns)


def collected(folder: str, stage: str, steps: Mapping[str, int], closed: frozenset[str], emit: Emitting) -> Collected:
    """Of tasks 0..count-1 of each step. Raises DataError if one is not complete, or a file has not its rows."""
    found = {
        step: _rows(CollectGroup(folder=folder, step=step, count=count, size=GROUP, closed=closed), emit)
        for step, count in steps.items()
    }
    for step, rows in found.items():
        _no_gap(stage, step, steps[step], rows)
    sums = Merged()
    for rows in found.values():
        for data in _of(rows, ""):
            sums.add_sums(**orjson.loads(receipts.inflated(data)))
    names = dict.fromkeys(name for rows in found.values() for name in strings(rows.column("table")) if name)
    return Collected(
        tables={name: _files(folder, name, list(found.values())) for name in names},
        counts=sums.counts,
        tallies={name: total.rows() for name, total in sums.tallies.items()},
        format=sums.formats[0] if sums.formats else versions.formats(),
    )


def _rows(task: CollectGroup, emit: Emitting) -> pa.Table:
    """What the groups say, in their order."""
    groups = -(-task.count // task.size)
    if groups <= 1:
        return pa.Table.from_batches([batch for number in range(groups) for batch in task(number)], _EMPTY)
    with emit(groups, task.__call__, _SCHEMA) as keys:
        return keys.table().sort_by([("part", "ascending"), ("table", "ascending")])


_EMPTY = schema(
    [
        pa.field("part", pa.int64()),
        pa.field("table", pa.string()),
        pa.field("packed", pa.binary()),
        pa.field("missing", pa.string()),
    ]
)


def _no_gap(stage: str, step: str, count: int, rows: pa.Table) -> None:
    own = rows.filter(pa.array(equal(rows.column("table"), "")))
    missing = [task for said in strings(own.column("missing")) for task in orjson.loads(said)]
    groups = set(integers(own.column("part").combine_chunks()))
    lost = [number for number in range(-(-count // GROUP)) if number not in groups]
    if missing or lost:
        first = min([*missing, *(number * GROUP for number in lost)])
        number = len(missing) + len(lost) * GROUP
        raise DataError(f"stage {stage} lacks {number} of {count} {step}, the first is {first}: run again")


def _of(rows: pa.Table, table: str) -> Iterator[bytes]:
    own = rows.filter(pa.array(equal(rows.column("table"), table)))
    return (bytes(data) for data in binaries(own.column("packed")))


def _files(folder: str, table: str, steps: Sequence[pa.Table]) -> Sequence[FileEntry]:
    """By task, then by step."""
    pager = Pager(folder, table)
    having = [rows for rows in steps if table in set(strings(rows.column("table")))]
    if len(having) == 1:
        for data in _of(having[0], table):
            pager.add(receipts.unpacked(data).page)
    else:
        pager.add(_interleaved([receipts.unpacked(data) for rows in having for data in _of(rows, table)]))
    return pager.files()


def _interleaved(found: Sequence[Files]) -> Page:
    order = np.argsort(np.concatenate([np.array(one.task, np.int64) for one in found]), kind="stable").tolist()
    name, rows, size, sha256 = (
        [value for one in found for value in getattr(one.page, field)] for field in ("name", "rows", "bytes", "sha256")
    )
    return Page(
        name=[name[at] for at in order],
        rows=[rows[at] for at in order],
        bytes=[size[at] for at in order],
        sha256=[sha256[at] for at in order],
    )
