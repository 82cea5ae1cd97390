"""The files of a table, in part order: few are listed in the manifest itself, many in pages beside it.

A million entries are 300 MB of JSON and more as objects, for each table of each stage. So a table of more than
`PAGE_ENTRIES` files has pages of so many, which are columns of names, rows, bytes and digests; the manifest has their
digests and sums. A process holds the pages that it looks at, and a task that is sent a table is sent digests of pages.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar, overload

import numpy as np
import orjson

from corpus.errors import DataError
from corpus.store import storage

S = TypeVar("S")
T = TypeVar("T")

PAGES = "pages"  # the folder beside the manifest
PAGE_ENTRIES: Final = 1024  # 160 kB of JSON: one request of an object store
READERS: Final = 32  # requests under way: at 20 ms each 1,600 files a second
Bytes = bytes  # within a class that has a column of that name
_FIELDS = ("name", "rows", "bytes", "sha256")
_HELD_PAGES = 256  # of all tables that a process looks into: 60 MB


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """A file of a table."""

    name: str
    rows: int
    bytes: int
    sha256: str


def ahead(function: Callable[[S], T], items: Iterable[S], threads: int = READERS) -> Iterator[T]:
    """What a function gives for each item, in order: several run at once, and few results wait."""
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Entries as columns."""

    name: list[str]
    rows: list[int]
    bytes: list[int]
    sha256: list[str]

    def __len__(self) -> int:
        return len(self.name)

    def entry(self, at: int) -> FileEntry:
        return FileEntry(name=self.name[at], rows=self.rows[at], bytes=self.bytes[at], sha256=self.sha256[at])

    def entries(self) -> Iterator[FileEntry]:
        return map(self.entry, range(len(self)))

    def packed(self) -> "Bytes":
        """JSON."""
        return orjson.dumps({field: getattr(self, field) for field in _FIELDS}, option=orjson.OPT_SORT_KEYS)


def page_of(columns: object) -> Page:
    """Columns as JSON has them. Raises TypeError, KeyError or ValueError for what are none."""
    if not isinstance(columns, dict):
        raise TypeError("not an object where one belongs")
    found = Page(**{field: columns[field] for field in _FIELDS})
    if len({len(found.name), len(found.rows), len(found.bytes), len(found.sha256)}) != 1:
        raise ValueError("columns of different lengths")
    if {*map(type, found.name), *map(type, found.sha256)} - {str} or {*map(type, found.rows + found.bytes)} - {int}:
        raise TypeError("a file without a name, or without a whole number of rows and bytes")
    return found


@dataclass(frozen=True, kw_only=True)
class Paged(Sequence[FileEntry]):
    """Entries in pages of PAGE_ENTRIES, but for the last. Picklable: a folder, and digests."""

    folder: str  # of the stage
    table: str
    entries: int
    rows: int  # of all files
    bytes: int
    pages: tuple[str, ...]  # sha256 of each

    def __len__(self) -> int:
        return self.entries

    @overload
    def __getitem__(self, at: int) -> FileEntry: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[FileEntry]: ...
    def __getitem__(self, at: int | slice) -> FileEntry | Sequence[FileEntry]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self.entries))]
        place = at + self.entries if at < 0 else at
        if not 0 <= place < self.entries:
            raise IndexError(at)
        number, within = divmod(place, PAGE_ENTRIES)
        return _held(self.folder, self.table, number, self.pages[number]).entry(within)

    def __iter__(self) -> Iterator[FileEntry]:
        for page in self.read():
            yield from page.entries()

    def read(self) -> Iterator[Page]:
        """All pages in order. Raises DataError for one that is not what the manifest says."""
        return ahead(lambda number: _page(self.folder, self.table, number, self.pages[number]), range(len(self.pages)))

    def names(self) -> list[str]:
        """Of the files of the pages themselves, below the stage's folder."""
        return [f"{PAGES}/{self.table}/{_name(*page)}" for page in enumerate(self.pages)]

    def to_json(self) -> dict[str, Any]:
        """What the manifest has in place of a list."""
        return {"entries": self.entries, "rows": self.rows, "bytes": self.bytes, "pages": list(self.pages)}


def _name(number: int, digest: str) -> str:
    return f"{number:06d}-{digest[: storage.DIGEST_CHARS]}.json"


def _page(folder: str, table: str, number: int, digest: str) -> Page:
    address = storage.join(folder, PAGES, table, _name(number, digest))
    data = storage.read_bytes(address)
    if data is None or hashlib.sha256(data).hexdigest() != digest:
        what = "missing" if data is None else "damaged: it is not what the manifest beside it says"
        raise DataError(f"{address} is {what}: delete {folder} and run again")
    return page_of(orjson.loads(data))


_held = lru_cache(maxsize=_HELD_PAGES)(_page)


@lru_cache(maxsize=8)  # a stage compares few tables with documents: 16 MB each for a million parts
def _numbers(files: Paged) -> tuple[np.ndarray, np.ndarray]:
    pages = [(np.array(page.rows), np.array(page.bytes)) for page in files.read()]
    rows, sizes = (np.concatenate(columns) for columns in zip(*pages, strict=True))
    for column in (rows, sizes):
        column.flags.writeable = False
    return rows, sizes


def rows_by_part(files: Sequence[FileEntry]) -> np.ndarray:
    """Rows (int64) of each."""
    return _numbers(files)[0] if isinstance(files, Paged) else np.array([file.rows for file in files], np.int64)


def bytes_by_part(files: Sequence[FileEntry]) -> np.ndarray:
    """Bytes (int64) of each."""
    return _numbers(files)[1] if isinstance(files, Paged) else np.array([file.bytes for file in files], np.int64)


def rows(files: Sequence[FileEntry]) -> int:
    """Of all."""
    return files.rows if isinstance(files, Paged) else sum(file.rows for file in files)


def size(files: Sequence[FileEntry]) -> int:
    """Bytes of all."""
    return files.bytes if isinstance(files, Paged) else sum(file.bytes for file in files)


class Pager:
    """Takes the entries of a table in part order; publishes a page whenever one is full and more come."""

    def __init__(self, folder: str, table: str) -> None:
        self._folder, self._table = folder, table
        self._waiting = Page(name=[], rows=[], bytes=[], sha256=[])
        self._pages: list[str] = []
        self._sums = [0, 0, 0]

    def add(self, more: Page) -> None:
        taken = 0
        while taken < len(more):
            if len(self._waiting) == PAGE_ENTRIES:
                self._publish()
            here = slice(taken, taken + PAGE_ENTRIES - len(self._waiting))
            for field in _FIELDS:
                getattr(self._waiting, field).extend(getattr(more, field)[here])
            taken += len(more.name[here])

    def files(self) -> Sequence[FileEntry]:
        """All of them, when no more come."""
        if not self._pages:
            return list(self._waiting.entries())
        self._publish()
        entries, rows, size = self._sums
        pages = tuple(self._pages)
        return Paged(folder=self._folder, table=self._table, entries=entries, rows=rows, bytes=size, pages=pages)

    def _publish(self) -> None:
        page = self._waiting
        data = page.packed()
        digest = hashlib.sha256(data).hexdigest()
        storage.publish_bytes(storage.join(self._folder, PAGES, self._table), _name(len(self._pages), digest), data)
        self._pages.append(digest)
        self._sums = [a + b for a, b in zip(self._sums, (len(page), sum(page.rows), sum(page.bytes)), strict=True)]
        self._waiting = Page(name=[], rows=[], bytes=[], sha256=[])
