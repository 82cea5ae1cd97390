"""A stage of a training: a folder of receipts, run and looked at without a recipe."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.errors import DataError
from corpus.store import receipts
from corpus.store.manifest import Receipt
from corpus.store.table import Table
from jobs.engine import tasks
from jobs.engine.session import Session


@dataclass(frozen=True)
class Stage:
    """A stage whose tasks are all complete."""

    folder: str
    receipts: Sequence[Receipt]

    @property
    def counts(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for receipt in self.receipts:
            for name, count in receipt.counts.items():
                sums[name] = sums.get(name, 0) + count
        return sums

    def table(self, name: str) -> Table:
        files = tuple(entry for receipt in self.receipts for entry in receipt.files[name])
        return Table(folder=self.folder, name=name, files=files)


def complete(session: Session, label: str, folder: str, count: int, task: tasks.Task) -> Stage:
    """Run the tasks that are not complete yet. Raises DataError if some still are not."""
    tasks.run(session, label, [folder], count, task)
    found = {receipt.task: receipt for receipt in receipts.complete(folder)}
    missing = [n for n in range(count) if n not in found]
    if missing:
        raise DataError(f"{folder} lacks {len(missing)} of {count} parts, the first is {missing[0]}: run again")
    return Stage(folder, [found[n] for n in range(count)])
