"""Receipts of the tasks of a step: which are there, and all of them added up.

They are read many at a time, for on an object store each is a round trip, and none is kept longer than it is looked
at: a million of them are 4 GB as objects. `Merged` is what some hundred add up to; who has many of these adds them.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import xxhash

from corpus.errors import DataError
from corpus.store import entries, storage
from corpus.store.entries import FileEntry, Page, page_of
from corpus.store.manifest import BROKEN, PARTS, RECEIPTS, Receipt
from corpus.store.table import Table
from corpus.store.tally import Cells, Total

_TOGETHER = 16
_NAME = re.compile(r"(\d{6,})\.json")


def published(folder: str, step: str = PARTS) -> list[int]:
    """Tasks whose receipt is there, ascending, whatever became of their files."""
    found = map(_NAME.fullmatch, storage.list_names(storage.join(folder, RECEIPTS, step)))
    return sorted(int(match[1]) for match in found if match)


def read(folder: str, step: str, tasks: Iterable[int]) -> Iterator[Receipt | None]:
    """Receipts of these tasks, in this order; None where none is there, or it is another task's. Raises DataError for
    one that cannot be read."""
    place = storage.join(folder, RECEIPTS, step)
    for found in entries.ahead(lambda some: [_read(place, task) for task in some], _some(list(tasks))):
        yield from found


def _some(tasks: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as a thread reads one behind the other: to hand over each costs as much as to read it from a disk."""
    size = min(_TOGETHER, -(-len(tasks) // entries.READERS) or 1)
    return (tasks[first : first + size] for first in range(0, len(tasks), size))


def _read(place: str, task: int) -> Receipt | None:
    address = storage.join(place, f"{task:06d}.json")
    data = storage.read_bytes(address)
    if data is None:
        return None
    try:
        found = Receipt.from_json(data)
    except BROKEN as error:
        raise DataError(f"{address} is damaged ({error}): delete it and run again") from error
    return found if found.task == task else None


def complete(folder: str, step: str = PARTS) -> Iterator[Receipt]:
    """Receipts of the tasks of a step that are complete, in their order: every file they name is there with its size.
    Raises DataError for one that cannot be read."""
    sizes: dict[str, _Sizes] = {}
    for receipt in read(folder, step, published(folder, step)):
        if receipt is None:
            continue
        for table in receipt.files:
            if table not in sizes:
                sizes[table] = _Sizes(storage.list_names(storage.join(folder, table)))
        if all(sizes[table].has(entry) for table, files in receipt.files.items() for entry in files):
            yield receipt


def _hash(name: str) -> int:
    return xxhash.xxh3_64_intdigest(name.encode())


class _Sizes:
    """Files of a folder by the hash of their names: 16 bytes each. Two of one hash only make a task count as complete
    whose file is then found missing where it is opened."""

    def __init__(self, names: Mapping[str, int]) -> None:
        hashes = np.fromiter(map(_hash, names), np.uint64, len(names))
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._bytes = np.fromiter(names.values(), np.int64, len(names))[order]

    def has(self, entry: FileEntry) -> bool:
        mark = np.uint64(_hash(entry.name))
        at = int(np.searchsorted(self._hashes, mark))
        return at < len(self._hashes) and bool(self._hashes[at] == mark) and int(self._bytes[at]) == entry.bytes


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What is there of a step before it is run."""

    tasks: np.ndarray  # int64: those that are complete
    formats: frozenset[tuple[tuple[str, str], ...]]  # by which what is there was written


def begun(folder: str, step: str = PARTS) -> Begun:
    """Raises DataError as `complete` does."""
    tasks, formats = [], set()
    for receipt in complete(folder, step):
        tasks.append(receipt.task)
        formats.add(tuple(receipt.format.items()))
    return Begun(tasks=np.array(tasks, np.int64), formats=frozenset(formats))


@dataclass(frozen=True, kw_only=True)
class Files:
    """Entries of a table, each with its task, in order of tasks."""

    page: Page
    task: list[int]

    def packed(self) -> bytes:
        return zlib.compress(orjson.dumps({"task": self.task, "page": orjson.Fragment(self.page.packed())}), 1)


def inflated(data: bytes) -> bytes:
    """JSON of a row of `rows`."""
    return zlib.decompress(data)


def unpacked(data: bytes) -> Files:
    """What `Files.packed` gave."""
    raw = orjson.loads(inflated(data))
    return Files(page=page_of(raw["page"]), task=raw["task"])


@dataclass(kw_only=True)
class Merged:
    """Receipts added up: counts and tallies of them all, files by table."""

    counts: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Total] = field(default_factory=dict)
    formats: list[Mapping[str, str]] = field(default_factory=list)  # that they have, each once, in order
    files: dict[str, Files] = field(default_factory=dict)

    def add(self, receipt: Receipt) -> None:
        """In order of tasks."""
        for table, listed in receipt.files.items():
            own = self.files.setdefault(table, Files(page=Page(name=[], rows=[], bytes=[], sha256=[]), task=[]))
            for entry in listed:
                own.page.name.append(entry.name)
                own.page.rows.append(entry.rows)
                own.page.bytes.append(entry.bytes)
                own.page.sha256.append(entry.sha256)
                own.task.append(receipt.task)
        self.add_sums(receipt.counts, receipt.tallies, [receipt.format])

    def add_sums(
        self,
        counts: Mapping[str, int],
        tallies: Mapping[str, Sequence[Cells]],
        formats: Sequence[Mapping[str, str]],
    ) -> None:
        """Those of others."""
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        for name, rows in tallies.items():
            self.tallies.setdefault(name, Total()).add(rows)
        self.formats += [one for one in formats if one not in self.formats]

    def sums(self) -> dict[str, Any]:
        """Counts, tallies and formats as JSON, for `add_sums`."""
        tallies = {name: total.rows() for name, total in self.tallies.items()}
        return {"counts": self.counts, "tallies": tallies, "formats": self.formats}


def merged(folder: str, step: str, tasks: Sequence[int], closed: frozenset[str]) -> tuple[Merged, list[int]]:
    """Receipts of these tasks added up, and those of them that are not complete. Of the tables `closed`, which are
    Parquet, every file is opened: its rows are those that its entry says. Raises DataError."""
    found, missing = Merged(), []
    looked = entries.ahead(lambda task: _looked(folder, step, task, closed), tasks)
    for task, receipt in zip(tasks, looked, strict=True):
        if receipt is None:
            missing.append(task)
        else:
            found.add(receipt)
    return found, missing


def _looked(folder: str, step: str, task: int, closed: frozenset[str]) -> Receipt | None:
    receipt = _read(storage.join(folder, RECEIPTS, step), task)
    if receipt is None:
        return None
    filesystem, path = storage.resolve(folder)
    named = [(table, entry) for table, files in receipt.files.items() for entry in files]
    infos = filesystem.get_file_info([f"{path}/{table}/{entry.name}" for table, entry in named]) if named else []
    if any(not info.is_file or info.size != entry.bytes for info, (_, entry) in zip(infos, named, strict=True)):
        return None
    for table in closed & receipt.files.keys():
        own = Table(folder=folder, name=table, files=tuple(receipt.files[table]))
        for part in range(own.parts):
            own.open(part).close()
    return receipt


SCHEMA = "table string, packed binary"  # of `rows`, as a job emits it


def rows(found: Merged) -> pa.RecordBatch:
    """As rows, to be sent: files of each table, and under "" what was added up."""
    packed = {table: files.packed() for table, files in found.files.items()}
    packed[""] = zlib.compress(orjson.dumps(found.sums()), 1)
    return pa.RecordBatch.from_pydict({"table": pa.array(packed, pa.string()), "packed": pa.array(packed.values())})
