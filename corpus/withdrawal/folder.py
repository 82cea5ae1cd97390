"""The folder of a patched stage: what is not touched stands there by link, what is rewritten as new, the manifest last.

It has no receipts: it is whole, or it is made again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.built import Built
from corpus.stages.every import balance_of
from corpus.store import manifest, storage, tally
from corpus.store.entries import Page, Pager
from corpus.store.manifest import FileEntry, Json, Manifest
from corpus.store.table import write_part
from corpus.store.tally import Cells, Row, Total
from corpus.tombstones import patches


@dataclass(frozen=True, kw_only=True)
class Patch:
    """Which stage becomes which."""

    old: Built
    identity: Json
    root: str

    @property
    def fingerprint(self) -> str:
        return manifest.fingerprint(self.identity)

    @property
    def folder(self) -> str:
        return storage.join(self.root, self.old.name, self.fingerprint)


def patch_of(root: str, old: Built, marks: Mapping[str, str], head: str, without: Collection[str] = ()) -> Patch:
    """`marks`: fingerprints of the stages before it, as they are patched; `head`: of the ledger; `without`: stages that
    are no longer before it."""
    was: Any = old.manifest.identity
    parents = {name: marks.get(name, mark) for name, mark in old.parents.items() if name not in without}
    return Patch(old=old, identity=patches.identity(was, parents, old.fingerprint, head), root=root)


@dataclass
class Restated:
    """Counts and tallies of a stage, as they change."""

    counts: dict[str, int]
    _tallies: dict[str, list[Cells]]
    _changes: dict[str, Total] = field(default_factory=dict)

    def less(self, **counts: int) -> None:
        """Take these off, of counts that the stage has."""
        for name, count in counts.items():
            if name in self.counts:
                self.counts[name] -= count

    def add(self, rows: Iterable[Row], sign: int = 1) -> None:
        """Rows more of their tallies, or with -1 fewer."""
        for row in rows:
            cells = {k: v * sign if isinstance(v, int) else v for k, v in vars(row).items()}
            self._changes.setdefault(row.NAME, Total()).add([cells])

    def replace(self, kind: type[Row], rows: Iterable[Row]) -> None:
        """A tally by another."""
        self._tallies[kind.NAME] = tally.merged(vars(row) for row in rows)

    def tally(self, name: str) -> list[Cells]:
        """A tally by its name as it is now: a key of which nothing is left has no row."""
        changes = self._changes.pop(name, Total()).rows()
        if changes:
            total = Total()
            total.add([*self._tallies.get(name, ()), *changes])
            touched = {_key(row) for row in changes}
            rows = total.rows()
            self._tallies[name] = [row for row in rows if _key(row) not in touched or any(_numbers(row))]
        return self._tallies.get(name, [])

    @property
    def tallies(self) -> dict[str, list[Cells]]:
        """All of them."""
        return {name: self.tally(name) for name in [*self._tallies, *(self._changes.keys() - self._tallies.keys())]}


def _key(row: Cells) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in row.items() if isinstance(value, str)))


def _numbers(row: Cells) -> list[int]:
    return [value for value in row.values() if isinstance(value, int)]


def restated(old: Built) -> Restated:
    tallies = {name: [*rows] for name, rows in old.manifest.tallies.items()}
    return Restated(counts=dict(old.counts), _tallies=tallies)


def linked(patch: Patch, table: str, entry: FileEntry) -> FileEntry:
    """A file as it is."""
    storage.link(storage.join(patch.old.folder, table, entry.name), storage.join(patch.folder, table), entry.name)
    return entry


def rewritten(
    patch: Patch, table: str, part: int, change: Callable[[pa.RecordBatch, int], pa.RecordBatch]
) -> FileEntry:
    """A Parquet part batch by batch; `change` is given a batch and the number of its first row."""
    source = patch.old.table(table)
    with source.open(part) as file:
        schema = file.schema_arrow
    label = source.files[part].name.rpartition("-")[0]
    first = 0
    with write_part(patch.folder, table, label, schema) as (writer, written):
        for batch in source.batches(part):
            changed = change(batch, first)
            if changed.num_rows:
                writer.write(changed)
            first += batch.num_rows
    return written.result()


def publish(
    patch: Patch, tables: Mapping[str, Sequence[FileEntry]], sums: Restated, before: Mapping[str, Built]
) -> Built:
    """The manifest; in the form of the old one. After this the stage is there. Raises LedgerError where the sums that a
    run takes do not hold; `before`: the stages before it as they are patched."""
    listed: dict[str, Sequence[FileEntry]] = {}
    for name, files in tables.items():
        pager = Pager(patch.folder, name)
        for entry in files:
            pager.add(Page(name=[entry.name], rows=[entry.rows], bytes=[entry.bytes], sha256=[entry.sha256]))
        listed[name] = pager.files()
    made = Manifest(
        stage=patch.old.name,
        fingerprint=patch.fingerprint,
        identity=patch.identity,
        tables=listed,
        counts=sums.counts,
        tallies=sums.tallies,
        format=patch.old.manifest.format,
    )
    own = Built(name=patch.old.name, folder=patch.folder, manifest=made)
    balanced = balance_of(own)
    if balanced:
        balanced(Ledger(stage=own.name, own=made, before={name: one.manifest for name, one in before.items()}))
    storage.publish_bytes(patch.folder, manifest.MANIFEST, made.to_json())
    return own
