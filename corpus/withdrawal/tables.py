"""Parquet tables of a stage, patched part by part: rows of documents emptied where the table is aligned with documents,
taken out where it is not; and ids that other rows name replaced by stand-ins."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.stages.dedup import DEDUP
from corpus.stages.every import ALL
from corpus.stages.ingest import INGEST
from corpus.stages.stage import SIGNALS
from corpus.store.manifest import FileEntry
from corpus.store.table import Table
from corpus.withdrawal.blank import blanked
from corpus.withdrawal.folder import Patch, linked, rewritten
from corpus.withdrawal.gone import Gone
from filters.arrow import array, equal, strings

_NAMING = ("kept_id", "cluster", "of_id")  # columns that hold the id of another document
_CONTENTS = ("a", "b")  # of pairs, content keys
_CLUSTERS = (DEDUP.name, "clusters")
_KNOWN = {stage.name: stage for stage in ALL}


@dataclass
class Seen:
    """Rows as they were, of aligned tables emptied now and of others taken out, each with its `part`; of aligned ones
    with their `at`, the row in documents."""

    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)  # of rows that stay, by column: what names no document any more

    def add(self, table: str, part: int, rows: pa.Table) -> None:
        self.rows.setdefault(table, []).append(
            rows.append_column("part", pa.array(np.full(rows.num_rows, part, np.int32)))
        )

    def of(self, table: str) -> pa.Table | None:
        """None where nothing was touched."""
        found = self.rows.get(table)
        return pa.concat_tables(found) if found else None


def aligned(stage: str, table: str) -> bool:
    """Whether a table has a row for each document."""
    known = _KNOWN.get(stage)
    return (stage, table) == (INGEST.name, "documents") or (table == SIGNALS if known is None else known.aligned(table))


def patched(patch: Patch, gone: Gone, seen: Seen) -> dict[str, Sequence[FileEntry]]:
    """All Parquet tables of a stage; other files stand as they are."""
    return {name: [*_files(patch, name, gone, seen)] for name in patch.old.manifest.tables}


def _files(patch: Patch, name: str, gone: Gone, seen: Seen) -> Sequence[FileEntry]:
    source = patch.old.table(name)
    found = []
    for part, entry in enumerate(source.files):
        if not entry.name.endswith(".parquet") or not _touched(patch.old.name, source, part, gone):
            found.append(linked(patch, name, entry))
        elif aligned(patch.old.name, name):
            found.append(_emptied(patch, name, part, gone, seen))
        else:
            found.append(_without(patch, name, part, gone, seen))
    return found


def _touched(stage: str, source: Table, part: int, gone: Gone) -> bool:
    own = aligned(stage, source.name)
    if own and len(gone.of(part)):
        return True
    with source.open(part) as file:
        names = file.schema_arrow.names
    if (stage, source.name) == _CLUSTERS and gone.fewer and _smaller(source.read(part, ["id", "outcome"]), gone).any():
        return True
    wanted = [name for name in names if name in (*_NAMING, *(() if own else ("id", "row", *_CONTENTS)))]
    if not wanted:
        return False
    narrow = source.read(part, wanted)
    return bool(_out(narrow, part, gone).any()) or any(_names(narrow, name, gone).any() for name in _held(narrow))


def _held(table: pa.Table | pa.RecordBatch) -> list[str]:
    return [name for name in _NAMING if name in table.schema.names]


def _names(table: pa.Table | pa.RecordBatch, name: str, gone: Gone) -> np.ndarray:
    return np.asarray(pc.is_in(table.column(name), value_set=pa.array(list(gone.ids), pa.string())), bool)


def _out(rows: pa.Table | pa.RecordBatch, part: int, gone: Gone) -> np.ndarray:
    """bool[rows] of a table that is not aligned: which go."""
    names = rows.schema.names
    if "row" in names:
        return np.isin(rows.column("row").to_numpy(), gone.of(part))
    if "id" in names:
        return _names(rows, "id", gone)
    out = np.zeros(rows.num_rows, bool)
    if _CONTENTS[0] in names:
        keys = pa.array(list(gone.keys), pa.binary(16))
        for name in _CONTENTS:
            out |= np.asarray(pc.is_in(rows.column(name), value_set=keys), bool)
    return out


def _renamed(batch: pa.RecordBatch, gone: Gone) -> pa.RecordBatch:
    """With stand-ins for the ids of withdrawn documents that rows name."""
    columns = {name: batch.column(name) for name in batch.schema.names}
    for name in _held(batch):
        hit = _names(batch, name, gone)
        if hit.any():
            own = [_stand_in(one, gone.ids) for one in strings(batch.column(name).filter(array(hit)))]
            columns[name] = pc.replace_with_mask(batch.column(name), array(hit), pa.array(own, pa.string()))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def _stand_in(id_: str, known: Mapping[str, str]) -> str:
    return known.get(id_, id_)


def _smaller(rows: pa.Table | pa.RecordBatch, gone: Gone) -> np.ndarray:
    """int64[rows] of clusters: how many fewer documents each stands for, since some that had gone for it went."""
    found = np.zeros(rows.num_rows, np.int64)
    named = np.asarray(pc.is_in(rows.column("id"), value_set=pa.array(list(gone.fewer), pa.string())), bool)
    for row in np.flatnonzero(named & equal(rows.column("outcome"), "kept")).tolist():
        found[row] = gone.fewer[rows.column("id")[row].as_py()]
    return found


def _resized(batch: pa.RecordBatch, gone: Gone, seen: Seen) -> pa.RecordBatch:
    """Clusters by the sizes that are left; counts what had gone for a document that goes and stays dropped."""
    fewer = _smaller(batch, gone)
    seen.left["size"] += int(fewer.sum())
    seen.left["kept_id"] += int(_names(batch, "kept_id", gone).sum())
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["size"] = pa.array((columns["size"].to_numpy() - fewer).astype(np.int32))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema)


def _emptied(patch: Patch, name: str, part: int, gone: Gone, seen: Seen) -> FileEntry:
    rows = gone.of(part)

    def change(batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
        own = rows[(rows >= first) & (rows < first + batch.num_rows)] - first
        if len(own):
            before = pa.Table.from_batches([batch.take(array(own))]).append_column("at", pa.array(own + first))
            seen.add(name, part, before)
            batch = blanked(f"{patch.old.name}.{name}", batch, own, gone.ids)
        if (patch.old.name, name) == _CLUSTERS:
            batch = _resized(batch, gone, seen)
        return _renamed(batch, gone)

    return rewritten(patch, name, part, change)


def _without(patch: Patch, name: str, part: int, gone: Gone, seen: Seen) -> FileEntry:
    def change(batch: pa.RecordBatch, _: int) -> pa.RecordBatch:
        out = _out(batch, part, gone)
        if out.any():
            seen.add(name, part, pa.Table.from_batches([batch.filter(array(out))]))
            batch = batch.filter(array(~out))
        return _renamed(batch, gone)

    return rewritten(patch, name, part, change)
