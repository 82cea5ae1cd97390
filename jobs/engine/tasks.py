"""The one way to run over parts: a task a part, a receipt for each, resumed from the receipts that are there.

A task is a pure function of its number. It publishes its files, then its receipt; publishing twice (a retry, a
speculative attempt, a second run) publishes the same names with the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.store import manifest
from corpus.store.manifest import PARTS, Receipt
from corpus.store.versions import NONE, Versions
from jobs.engine.sealed import Sealed, sealed
from jobs.engine.session import Session

Task = Callable[[int], Mapping[str, Receipt]]  # task number -> receipts by stage folder


class Input(Protocol):
    """What a task reads: a part of a table, or of a source."""

    @property
    def name(self) -> str: ...

    @property
    def bytes(self) -> int: ...


@dataclass(frozen=True)
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

    def __call__(self, number: int) -> None:
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
) -> None:
    """Run tasks 0..count-1 of a step but those whose receipts are in every folder already.

    `reads`: what each task reads; the largest come first.
    """
    complete = [manifest.load_receipts(folder, step) for folder in folders]
    numbers = [n for n in range(count) if any(n not in receipts for receipts in complete)]
    if not numbers:
        return
    numbers = largest_first(numbers, reads)
    work = Run(task=sealed(task), step=step, versions=versions)
    if session.pooled:
        session.pool.run(label, numbers, work, lambda number: named(number, reads))
    else:
        from jobs.engine.spark import jobs  # noqa: PLC0415  (only where a JVM is about to start)

        jobs.run(session.spark, label, numbers, work)


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
    return sorted(numbers, key=lambda number: -reads[number].bytes) if reads else list(numbers)


def named(number: int, reads: Sequence[Input]) -> str:
    """How a person knows a task."""
    return f"part {number}" + (f" ({reads[number].name})" if reads else "")


def names_of(schema: str) -> list[str]:
    """The columns of a schema as Spark writes it: "key long, id string"."""
    return [column.split()[0] for column in schema.split(", ")]
