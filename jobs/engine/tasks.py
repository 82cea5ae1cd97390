"""The one way to run over parts: a task a part, a receipt for each, resumed from the receipts that are there.

A task is a pure function of its number. It publishes its files, then its receipt; publishing twice (a retry, a
speculative attempt, a second run) publishes the same names with the same bytes.

Very many tasks are run in waves, so that neither what a worker is sent nor what an engine keeps of its tasks grows with
their number. The largest come first, so those at the end of a wave are alike and few cores wait for its last.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from corpus.store import entries, manifest, receipts
from corpus.store.entries import Paged
from corpus.store.manifest import PARTS, Receipt
from corpus.store.receipts import Begun
from corpus.store.versions import NONE, Versions
from jobs.engine import console, spending
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.session import Session
from jobs.engine.spending import Spent

Task = Callable[[int], Mapping[str, Receipt]]  # task number -> receipts by stage folder

_NOTHING: Mapping[str, Begun] = {}
_WAVE, _WAVE_A_CORE = 8192, 16  # tasks of a wave, and as many a core where that is more


@runtime_checkable
class Divisible(Protocol):
    """A task that holds something of each number: a wave is sent what it needs."""

    def only(self, numbers: Sequence[int]) -> Task: ...


class Input(Protocol):
    """What a task reads: a part of a table, or of a source."""

    @property
    def name(self) -> str: ...

    @property
    def bytes(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """An input that is no file of ours."""

    name: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a worker runs for each number: the task, then its receipts."""

    task: Sealed[Task]
    step: str
    versions: Versions

    def __call__(self, number: int) -> Spent:
        return spending.measured(lambda: self._run(number)).spent

    def _run(self, number: int) -> None:
        self.versions.check()
        for folder, receipt in self.task.open()(number).items():
            manifest.publish_receipt(folder, receipt, self.step)


def run(
    session: Session,
    label: str,
    folders: Sequence[str],
    count: int,
    task: Task,
    *,
    reads: Sequence[Input] = (),
    step: str = PARTS,
    versions: Versions = NONE,
    known: Mapping[str, Begun] = _NOTHING,
) -> None:
    """Run tasks 0..count-1 of a step but those whose receipts are in every folder already.

    `reads`: what each task reads; the largest come first. `known`: by folder, what was there when someone looked.
    """
    complete = [known.get(folder) or receipts.begun(folder, step) for folder in folders]
    lacking = [np.setdiff1d(np.arange(count), found.tasks, assume_unique=True) for found in complete]
    numbers = largest_first(np.unique(np.concatenate(lacking)).tolist(), reads)
    if not numbers:
        return
    size = max(_WAVE, _WAVE_A_CORE * session.width) if len(numbers) > _WAVE else _WAVE
    waves = [numbers[first : first + size] for first in range(0, len(numbers), size)]
    for number, wave in enumerate(waves, 1):
        own = task.only(wave) if isinstance(task, Divisible) else task
        work = Run(task=sealed(own), step=step, versions=versions)
        shown = f"{label} {number}/{len(waves)}" if len(waves) > 1 else label
        account(session, label, step, _wave(session, shown, wave, work, reads), reads)


def account(session: Session, label: str, step: str, found: Mapping[int, Spent], reads: Sequence[Input]) -> None:
    """What tasks took: into the account of their stage, and to whoever reads events."""
    session.account.add(step, found, lambda number: named(number, reads))
    to = console.current()
    if to.takes_events:
        for number, one in found.items():
            to.event(
                "task",
                stage=label,
                step=step,
                task=number,
                name=named(number, reads),
                seconds=round(one.seconds, 3),
                cpu_seconds=round(one.cpu, 3),
                memory_bytes=one.memory,
                host=one.host,
            )


def _wave(
    session: Session, label: str, numbers: Sequence[int], work: Run, reads: Sequence[Input]
) -> Mapping[int, Spent]:
    if session.pooled:
        return session.pool.run(label, numbers, work, lambda number: named(number, reads))
    from jobs.engine.spark import jobs  # noqa: PLC0415  (only where a JVM is about to start)

    return jobs.run(session.spark, label, numbers, work)


def once(session: Session, label: str, work: Callable[[], None]) -> None:
    """Where tasks run, if that is a worker process here: what it loads it keeps for them. Else in this process."""
    if session.pooled:
        session.pool.run(label, [0], _Once(work=sealed(work)), lambda _: "its first task")
    else:
        work()


@dataclass(frozen=True, kw_only=True)
class _Once:
    work: Sealed[Callable[[], None]]

    def __call__(self, _: int) -> None:
        self.work.open()()


def largest_first(numbers: Iterable[int], reads: Sequence[Input]) -> list[int]:
    """By what they read, so that no worker is left with a large one at the end."""
    if not reads:
        return list(numbers)
    sizes = entries.bytes_by_part(reads) if isinstance(reads, Paged) else [one.bytes for one in reads]
    return sorted(numbers, key=lambda number: -sizes[number])


def named(number: int, reads: Sequence[Input]) -> str:
    """How a person knows a task."""
    return f"part {number}" + (f" ({reads[number].name})" if reads else "")


def names_of(schema: str) -> list[str]:
    """The columns of a schema as Spark writes it: "key long, id string"."""
    return [column.split()[0] for column in schema.split(", ")]
