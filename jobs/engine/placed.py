"""From rows in this process back to numbered parts: each task is given the rows of its part, in order.

Only keys, hashes and counts take this way; text never does. `jobs.engine.spark.shuffled` does the same from a
DataFrame.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.store import manifest
from corpus.store.manifest import PARTS, Receipt
from corpus.store.versions import NONE, Versions
from filters.arrow import array
from jobs.engine import in_process, scratch, tasks
from jobs.engine.session import Session
from jobs.engine.tasks import Input

PartFunction = Callable[[int, pa.Table], Receipt]


def write_parts(
    session: Session,
    label: str,
    folder: str,
    parts: int,
    rows: pa.Table,
    function: PartFunction,
    *,
    step: str = PARTS,
    reads: Sequence[Input] = (),
    versions: Versions = NONE,
) -> None:
    """Call `function(part, rows of that part)` for every part, those without rows included.

    `rows`, in the order that the function wants them, has a column `part` (int64) that it does not see.
    """
    if session.pooled:
        with laid(rows, parts) as own:
            task = Placed(folder=folder, rows=own, function=function)
            tasks.run(session, label, [folder], parts, task, reads=reads, step=step, versions=versions)
        return
    by_part = _by_part(rows, parts)

    def write(part: int) -> Iterator[None]:
        manifest.publish_receipt(folder, function(part, by_part(part)), step)
        yield

    in_process.over_parts(session, label, parts, write)


def _by_part(rows: pa.Table, parts: int) -> Callable[[int], pa.Table]:
    places = rows.column("part").to_numpy()
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(parts + 1))
    bare = rows.drop_columns(["part"])
    return lambda part: bare.take(array(order[ends[part] : ends[part + 1]]))


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of each part in a file of its own, for as long as `laid` lasts."""

    parts: scratch.Parts
    schema: pa.Schema

    def __call__(self, part: int) -> pa.Table:
        return pa.Table.from_batches(self.parts(part), self.schema)


@contextmanager
def laid(rows: pa.Table, parts: int) -> Iterator[Rows]:
    """Rows with a column `part` (int64) laid out for worker processes, in their order and without it."""
    by_part = _by_part(rows, parts)
    with scratch.folder() as folder:
        schema = rows.schema.remove(rows.schema.get_field_index("part"))
        sizes = {n: scratch.write(folder, n, schema, by_part(n).to_batches()) for n in range(parts)}
        yield Rows(parts=scratch.parts(folder, sizes), schema=schema)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The task: a part, with its rows."""

    folder: str
    rows: Rows
    function: PartFunction

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        return {self.folder: self.function(part, self.rows(part))}
