"""What a finished stage wrote, and how a stage is named by what makes it.

A stage's folder is `<root>/<stage>/<fingerprint>/`. Tasks publish their files and then a receipt; when every receipt is
there the driver publishes `manifest.json`, last; before it, pages of what has very many files (`corpus.store.entries`).
None of these holds anything that depends on time, host or order, so two runs of the same recipe write the same bytes.
What does depend on them goes to `run.json` beside it, which no stage reads.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from corpus.errors import DataError
from corpus.store import entries, storage, tally, versions
from corpus.store.entries import FileEntry, Paged
from corpus.store.tally import Cells, R

__all__ = ["FileEntry"]

MANIFEST = "manifest.json"
RUN = "run.json"
RECEIPTS = "receipts"
LAYOUT = 2  # of manifests and receipts: 1 had no tallies
PARTS = "parts"  # the step of a stage that has one: its receipts stand in receipts/parts

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def canonical(value: object) -> bytes:
    """The one JSON encoding of a value. Raises TypeError for anything without a stable form (sets, objects)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def fingerprint(identity: object) -> str:
    """16 hex digits that name everything which determines a stage's output."""
    return hashlib.sha256(canonical(identity)).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What one task wrote: files by table; counts taken from the rows that it wrote, in all, and by something."""

    task: int
    files: Mapping[str, Sequence[FileEntry]]
    counts: Mapping[str, int] = field(default_factory=dict)
    tallies: Mapping[str, Sequence[Cells]] = field(default_factory=dict)  # by name; corpus.store.tally
    format: Mapping[str, str] = field(default_factory=versions.formats)  # what wrote the files

    def to_json(self) -> bytes:
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, data: bytes) -> "Receipt":
        """Raises ValueError, TypeError or KeyError for what is no receipt."""
        raw = _object(orjson.loads(data))
        return cls(
            task=_whole(raw["task"]),
            files=_entries(raw["files"]),
            counts=_counts(raw["counts"]),
            tallies=_object(raw.get("tallies", {})),
            format=_object(raw["format"]),
        )


BROKEN = (ValueError, TypeError, KeyError)  # of what is JSON or none, and not of this form


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object where one belongs")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number where one belongs")
    return value


def _counts(value: object) -> dict[str, int]:
    return {name: _whole(count) for name, count in _object(value).items()}


def _entries(value: object) -> dict[str, Sequence[FileEntry]]:
    return {table: _listed(files) for table, files in _object(value).items()}


def _listed(value: object) -> list[FileEntry]:
    if not isinstance(value, list):
        raise TypeError("not a list where one belongs")
    found = [FileEntry(**entry) for entry in value]
    for entry in found:
        if not (isinstance(entry.name, str) and isinstance(entry.sha256, str)):
            raise TypeError("a file without a name")
        _whole(entry.rows), _whole(entry.bytes)
    return found


def _paged(folder: str, table: str, value: object) -> Sequence[FileEntry]:
    if isinstance(value, list):
        return _listed(value)
    raw = _object(value)
    pages = raw["pages"]
    if not (isinstance(pages, list) and all(isinstance(page, str) for page in pages)):
        raise TypeError("not digests of pages where these belong")
    found = Paged(
        folder=folder,
        table=table,
        entries=_whole(raw["entries"]),
        rows=_whole(raw["rows"]),
        bytes=_whole(raw["bytes"]),
        pages=tuple(pages),
    )
    if len(pages) != -(-found.entries // entries.PAGE_ENTRIES):
        raise ValueError("other pages than its files fill")
    return found


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A finished stage: its identity, its files by table in part order, its counts, and its tallies by name."""

    stage: str
    fingerprint: str
    identity: Json
    tables: Mapping[str, Sequence[FileEntry]]
    counts: Mapping[str, int]
    tallies: Mapping[str, Sequence[Cells]] = field(default_factory=dict)
    format: Mapping[str, str]  # major versions of what wrote the files: other ones write other bytes for the same rows

    def rows(self, table: str) -> int:
        return entries.rows(self.tables.get(table, ()))

    def tally(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a kind, in order of their keys. Raises DataError if it has none, or such with other fields."""
        try:
            return tally.read(kind, self.tallies[kind.NAME])
        except (KeyError, TypeError) as error:
            raise DataError(
                f"{self.stage}: its manifest has no tally {kind.NAME!r} as this version of Gristmill counts: run the "
                "recipe again"
            ) from error

    def to_json(self) -> bytes:
        tables = {
            name: files.to_json() if isinstance(files, Paged) else [vars(entry) for entry in files]
            for name, files in self.tables.items()
        }
        raw = {**vars(self), "tables": tables, "tallies": {name: [*rows] for name, rows in self.tallies.items()}}
        return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def from_receipts(stage: str, identity: Json, receipts: Sequence[Receipt]) -> Manifest:
    """Files in order of tasks; counts and tallies added up. All receipts are of one format, as whoever ran the tasks
    saw to."""
    tables: dict[str, list[FileEntry]] = {}
    counts: dict[str, int] = {}
    rows: dict[str, list[Cells]] = {}
    for receipt in sorted(receipts, key=lambda one: one.task):
        for table, files in receipt.files.items():
            tables.setdefault(table, []).extend(files)
        for name, count in receipt.counts.items():
            counts[name] = counts.get(name, 0) + count
        for name, own in receipt.tallies.items():
            rows.setdefault(name, []).extend(own)
    wrote = receipts[0].format if receipts else versions.formats()
    mark = fingerprint(identity)
    return Manifest(
        stage=stage,
        fingerprint=mark,
        identity=identity,
        tables=tables,
        counts=counts,
        tallies={name: tally.merged(own) for name, own in rows.items()},
        format=wrote,
    )


def tallied(kind: type[R], receipts: Iterable[Receipt]) -> tuple[R, ...]:
    """Rows of a kind in all of them, added up."""
    return tally.read(kind, tally.merged(row for one in receipts for row in one.tallies.get(kind.NAME, ())))


def load(folder: str) -> Manifest | None:
    """The manifest of a finished stage, or None if it has none. Raises DataError if it cannot be read."""
    data = storage.read_bytes(storage.join(folder, MANIFEST))
    if data is None:
        return None
    try:
        raw = _object(orjson.loads(data))
        _object(raw.get("tallies", {})), _object(raw["format"])
        _counts(raw["counts"])
        tables = {name: _paged(folder, name, files) for name, files in _object(raw.pop("tables")).items()}
        found = Manifest(tables=tables, **raw)
        if found.fingerprint != fingerprint(found.identity):
            raise ValueError("its fingerprint is not that of its identity")
    except BROKEN as error:
        raise DataError(f"{folder}/{MANIFEST} is damaged ({error}); delete that folder and run again") from error
    return found


def publish_receipt(folder: str, receipt: Receipt, step: str = PARTS) -> None:
    storage.publish_bytes(storage.join(folder, RECEIPTS, step), f"{receipt.task:06d}.json", receipt.to_json())
