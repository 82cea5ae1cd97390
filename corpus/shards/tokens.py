"""Token parts: the ids of one corpus part's documents, sorted by language and order, as an Arrow IPC file.

Uncompressed, so that on a local disk a shard's range is read where it lies, without a copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import storage
from corpus.errors import DataError
from corpus.manifest import FileEntry
from corpus.shards.splits import SPLITS, TRAIN
from corpus.table import Table

TARGETS_AT = pa.field("targets_at", pa.int32())  # number of the token that begins the targets; null for ordinary text
_BATCH_BYTES = 8 << 20  # of tokens in a record batch: what a reader without memory mapping holds at a time


def schema(kind: pa.DataType, *, prompted: bool = False) -> pa.Schema:
    """`kind` is the type of an id; `prompted`: a source has inputs and targets."""
    found = pa.schema(
        [
            pa.field("language", pa.string(), nullable=False),
            pa.field("order", pa.uint64(), nullable=False),
            pa.field("id", pa.string(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("row", pa.int32(), nullable=False),  # in the documents part of the same number
            pa.field("tokens", pa.large_list(pa.field("item", kind, nullable=False)), nullable=False),
        ]
    )
    return found.append(TARGETS_AT) if prompted else found


def write_token_part(folder: str, label: str, documents: pa.Table) -> FileEntry:
    """Sort and publish a part (columns of `schema`)."""
    ordered = documents.sort_by(
        [("language", "ascending"), ("order", "ascending"), ("id", "ascending"), ("row", "ascending")]
    )
    average = max(1, ordered.nbytes // max(ordered.num_rows, 1))
    rows = max(1, _BATCH_BYTES // average)
    with (
        storage.publish(storage.join(folder, "tokens"), f"{label}-{{digest}}.arrow") as sink,
        pa.ipc.new_file(pa.PythonFile(sink, mode="w"), ordered.schema) as writer,
    ):
        writer.write_table(ordered.combine_chunks(), max_chunksize=rows)
    return FileEntry(name=sink.name, rows=ordered.num_rows, bytes=sink.bytes, sha256=sink.sha256)


@dataclass(frozen=True, kw_only=True)
class TokenPart:
    """A part that is there; `number` is that of its documents part."""

    folder: str
    entry: FileEntry
    number: int
    held: Table | None = None  # `held` of the stage `splits`, where the recipe asks for one

    def open(self) -> pa.ipc.RecordBatchFileReader:
        """Memory-mapped on a local disk. Raises DataError if it is not the file that the manifest names."""
        address = storage.join(self.folder, "tokens", self.entry.name)
        filesystem, path = storage.resolve(address)
        if filesystem.get_file_info(path).size != self.entry.bytes:
            raise DataError(
                f"{address} is missing or has another size than its manifest says: delete {self.folder} and run again"
            )
        source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
        return pa.ipc.open_file(source)

    def ranges(self, language: str, first: int, last: int, split: str = "") -> Iterator[pa.RecordBatch]:
        """Documents of a language and a split ("" for all) with an order key in first..last, a slice of a batch at a
        time."""
        reader = self.open()
        held = self.held.read(self.number, ["row", "split"]) if self.held and split else None
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            wanted = _wanted(batch, language, first, last)
            if held is not None:
                wanted &= _of_split(batch, held, split)
            cuts = np.flatnonzero(np.diff(np.concatenate([[0], wanted.view(np.int8), [0]])))
            for start, end in cuts.reshape(-1, 2):
                yield batch.slice(int(start), int(end - start))

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Tokens (int64) of the documents in these rows, ascending, of the documents part. Raises DataError if one is
        not here."""
        reader = self.open()
        found = np.full(len(rows), -1, np.int64)
        for number in range(reader.num_record_batches if len(rows) else 0):
            batch = reader.get_batch(number)
            mine = np.flatnonzero(np.isin(batch.column("row").to_numpy(), rows))
            places = np.searchsorted(rows, batch.column("row").to_numpy()[mine])
            found[places] = np.diff(batch.column("tokens").offsets.to_numpy())[mine]
        if np.any(found < 0):
            raise DataError(f"{self.folder} lacks {int((found < 0).sum())} documents: delete it and run again")
        return found


def _of_split(batch: pa.RecordBatch, held: pa.Table, split: str) -> np.ndarray:
    rows = batch.column("row").to_numpy()
    if split == TRAIN:
        return ~np.isin(rows, held.column("row").to_numpy())
    mine = held.column("split").to_numpy() == SPLITS.index(split)
    return np.isin(rows, held.column("row").to_numpy()[mine])


def _wanted(batch: pa.RecordBatch, language: str, first: int, last: int) -> np.ndarray:
    keys = batch.column("order").to_numpy()
    rows = (keys >= np.uint64(first)) & (keys <= np.uint64(last))
    if language:
        rows &= np.asarray(pc.equal(batch.column("language"), language), bool)
    return np.asarray(rows, bool)
