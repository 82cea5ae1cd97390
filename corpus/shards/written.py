"""What writing a shard, or a view of one, gives."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from corpus.store import tally
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.tally import Row


class Written(NamedTuple):
    """Files by table, counts, and rows of the stage's tally."""

    files: dict[str, list[FileEntry]]
    counts: dict[str, int]
    tallies: Sequence[Row]


def receipt(task: int, written: Iterable[Written]) -> Receipt:
    """Of a task that writes several."""
    files: dict[str, list[FileEntry]] = {}
    counts: Counter[str] = Counter()
    tallies: list[Row] = []
    for one in written:
        for table, entries in one.files.items():
            files.setdefault(table, []).extend(entries)
        counts.update(one.counts)
        tallies += one.tallies
    return Receipt(task=task, files=files, counts=dict(sorted(counts.items())), tallies=tally.cells(tallies))
