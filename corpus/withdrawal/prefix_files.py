"""Megatron prefixes with their lineage, shorter by withdrawn documents: the others keep order and prefix."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards import lineage, megatron
from corpus.store import storage
from corpus.store.manifest import FileEntry
from corpus.withdrawal.folder import Patch, linked
from corpus.withdrawal.gone import Gone
from filters.arrow import array

_PIECE = 1 << 20  # bytes that are copied at a time


@dataclass(frozen=True, kw_only=True)
class Shortened:
    """What a prefix has lost, and its files in the new folder: of one that holds nothing any more none."""

    name: str
    documents: int
    tokens: int
    files: dict[str, list[FileEntry]]  # by table


def shorten(patch: Patch, name: str, entries: dict[str, FileEntry], gone: Gone) -> Shortened:
    """A prefix by its name without a folder; `entries` are those of its three files, by their names."""
    named = {"megatron": [f"{name}.bin", f"{name}.idx"], "lineage": [f"{name}.parquet"]}
    rows = lineage.read(storage.join(patch.old.folder, "lineage"), name)
    out = gone_of(gone, rows.column("part").to_numpy(), rows.column("row").to_numpy())
    if not out.any():
        files = {table: [linked(patch, table, entries[one]) for one in own] for table, own in named.items()}
        return Shortened(name=name, documents=0, tokens=0, files=files)
    folder = storage.join(patch.old.folder, "megatron")
    index = storage.read_bytes(storage.join(folder, f"{name}.idx")) or b""
    lengths, pointers, kind = megatron.read_index(index, entries[f"{name}.bin"].bytes)
    lost = int(lengths[out].sum(dtype=np.int64))
    if out.all():
        return Shortened(name=name, documents=len(out), tokens=lost, files={})
    target = storage.join(patch.folder, "megatron")
    filesystem, path = storage.resolve(storage.join(folder, f"{name}.bin"))
    with filesystem.open_input_file(path) as file, storage.publish(target, f"{name}.bin") as binary:
        for first, last in _runs(~out):
            end = int(pointers[last - 1]) + int(lengths[last - 1]) * kind.itemsize
            _copy(file, binary, int(pointers[first]), end)
    with storage.publish(target, f"{name}.idx") as index_sink:
        index_sink.write(megatron.index_bytes(lengths[~out], kind))
    with storage.publish(storage.join(patch.folder, "lineage"), f"{name}.parquet") as places:
        lineage.write(places, [rows.filter(array(~out)).cast(lineage.SCHEMA)])
    count = int((~out).sum())
    files = {
        "megatron": [entry_of(binary, count), entry_of(index_sink, count)],
        "lineage": [entry_of(places, count)],
    }
    return Shortened(name=name, documents=int(out.sum()), tokens=lost, files=files)


def gone_of(gone: Gone, parts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """bool: which places are withdrawn documents'."""
    keys = np.concatenate([np.empty(0, np.int64), *((part << 32) | own for part, own in gone.rows.items())])
    return np.isin((parts.astype(np.int64) << 32) | rows.astype(np.int64), keys)


def entry_of(sink: storage.Sink, rows: int) -> FileEntry:
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _runs(kept: np.ndarray) -> list[tuple[int, int]]:
    """Documents that stay, as first and one behind the last of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _copy(file: pa.NativeFile, sink: storage.Sink, first: int, end: int) -> None:
    file.seek(first)
    while first < end:
        data = file.read(min(_PIECE, end - first))
        sink.write(data)
        first += len(data)
