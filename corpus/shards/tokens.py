"""Token parts: the ids of one corpus part's documents, sorted by language and order, as an Arrow IPC file.

Uncompressed, so that on a local disk a shard's range is read where it lies, without a copy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.shards import ipc
from corpus.shards.copies import CopiesPart
from corpus.shards.copying import reordered
from corpus.shards.ipc import IpcFile, Stored, wanted
from corpus.shards.splits import SPLITS, TRAIN
from corpus.store import storage
from corpus.store.manifest import FileEntry, Manifest
from corpus.store.table import Table, one_batch
from filters.arrow import Field, array, typed

TARGETS_AT = pa.field("targets_at", pa.int32())  # number of the token that begins the targets; null for ordinary text
_OPEN = 128  # files that a task keeps open, far fewer than a system lets it: 32 GB of text in parts of the usual size
_BATCH_BYTES = 8 << 20  # of tokens in a record batch: what a reader without memory mapping holds at a time


def schema(kind: pa.DataType, *, prompted: bool = False) -> pa.Schema:
    """`kind` is the type of an id; `prompted`: a source has inputs and targets."""
    fields: list[Field] = [
        pa.field("language", pa.string(), nullable=False),
        pa.field("order", pa.uint64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int32(), nullable=False),  # in the documents part of the same number
        pa.field("tokens", pa.large_list(pa.field("item", kind, nullable=False)), nullable=False),
    ]
    return pa.schema([*fields, TARGETS_AT] if prompted else fields)


def write_token_part(folder: str, label: str, documents: pa.Table) -> FileEntry:
    """Sort and publish a part (columns of `schema`)."""
    whole = one_batch(documents)
    order = pc.sort_indices(whole, [(name, "ascending") for name in ("language", "order", "id", "row")])
    narrow = [name for name in whole.schema.names if name != "tokens"]
    found = {name: whole.column(name).take(order) for name in narrow}
    found["tokens"] = reordered(typed(whole.column("tokens"), pa.LargeListArray), order.to_numpy().astype(np.int64))
    ordered = pa.Table.from_arrays([found[name] for name in whole.schema.names], schema=whole.schema)
    average = max(1, ordered.nbytes // max(ordered.num_rows, 1))
    rows = max(1, _BATCH_BYTES // average)
    return ipc.write(folder, "tokens", label, ordered.schema, ordered.to_batches(max_chunksize=rows))


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows of a batch in any order, each with the order key and number of the copy that is wanted."""

    batch: pa.RecordBatch
    at: np.ndarray
    order: np.ndarray  # uint64
    copy: np.ndarray  # int16


@dataclass(frozen=True, kw_only=True)
class TokenPart:
    """A part that is there; `number` is that of its documents part."""

    folder: str
    entry: FileEntry
    number: int
    held: Table | None = None  # `held` of the stage `splits`, where the recipe asks for one
    copies: CopiesPart | None = None  # of what is trained on; None: every document once
    stored: tuple[Stored, ...] | None = None  # of a file that stays open

    def batches(self) -> Iterator[Stored]:
        """Memory-mapped on a local disk. Raises DataError if it is not the file that the manifest names."""
        if self.stored is not None:
            return iter(self.stored)
        return IpcFile(folder=self.folder, table="tokens", entry=self.entry).batches()

    def ranges(self, language: str, first: int, last: int, split: str = "") -> Iterator[Found]:
        """Documents of a language and a split ("" for all) whose order key is in first..last, batch by batch. What is
        held out comes once, whatever the mixture."""
        repeated = self.copies if split in ("", TRAIN) else None
        chosen = repeated.ranges(language, first, last) if repeated else None
        held = self.held.read(self.number, ["row", "split"]) if self.held and split and not repeated else None
        start = 0
        for stored in self.batches():
            end = start + stored.rows
            if chosen is None and not stored.may_hold(language, first, last):
                start = end
                continue
            if chosen is None:
                batch = stored.narrow()
                rows = wanted(batch, language, first, last)
                if held is not None:
                    rows &= _of_split(batch, held, split)
                at = np.flatnonzero(rows)
                order, copy = batch.column("order").to_numpy()[at], np.zeros(len(at), np.int16)
            else:
                low, high = np.searchsorted(chosen.at, [start, end])
                at = chosen.at[low:high] - start
                order, copy = chosen.order[low:high], chosen.copy[low:high]
            start = end
            if len(at):
                batch = stored.lists(at)
                # What is mapped is read where it lies; of what is not, no more is held than what is wanted.
                mapped = storage.is_local(self.folder)
                yield Found(
                    batch=batch if mapped else batch.take(array(at)),
                    at=at if mapped else np.arange(len(at)),
                    order=order,
                    copy=copy,
                )

    def held_rows(self) -> np.ndarray:
        """Rows of the documents part that are held out."""
        return self.held.read(self.number, ["row"]).column("row").to_numpy() if self.held else np.empty(0, np.int32)

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Tokens (int64) of the documents in these rows, ascending, of the documents part. Raises DataError if one is
        not here."""
        found = np.full(len(rows), -1, np.int64)
        for stored in self.batches() if len(rows) else ():
            batch = stored.narrow()
            mine = np.flatnonzero(np.isin(batch.column("row").to_numpy(), rows))
            places = np.searchsorted(rows, batch.column("row").to_numpy()[mine])
            found[places] = np.diff(typed(batch.column("tokens"), pa.LargeListArray).offsets.to_numpy())[mine]
        if np.any(found < 0):
            raise DataError(f"{self.folder} lacks {int((found < 0).sum())} documents: delete it and run again")
        return found


def kept_open(parts: Sequence[TokenPart]) -> Sequence[TokenPart]:
    """The parts for several shards, each file mapped once where that is possible: opening one takes as long as reading
    a small language. Raises DataError as `batches` does."""
    if len(parts) > _OPEN or not all(storage.is_local(part.folder) for part in parts):
        return parts
    return [replace(part, stored=tuple(part.batches())) for part in parts]


def _of_split(batch: pa.RecordBatch, held: pa.Table, split: str) -> np.ndarray:
    rows = batch.column("row").to_numpy()
    if split == TRAIN:
        return ~np.isin(rows, held.column("row").to_numpy())
    mine = held.column("split").to_numpy() == SPLITS.index(split)
    return np.isin(rows, held.column("row").to_numpy()[mine])


@dataclass(frozen=True, kw_only=True)
class TokenParts(Sequence[TokenPart]):
    """The parts of a finished stage encode. Picklable: tables, whatever the number of their parts."""

    folder: str
    files: Sequence[FileEntry]
    held: Table | None = None
    copies: Table | None = None

    def __len__(self) -> int:
        return len(self.files)

    @overload
    def __getitem__(self, number: int) -> TokenPart: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[TokenPart]: ...
    def __getitem__(self, number: int | slice) -> TokenPart | Sequence[TokenPart]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        chosen = CopiesPart(folder=self.copies.folder, entry=self.copies.files[number]) if self.copies else None
        return TokenPart(folder=self.folder, entry=self.files[number], number=number, held=self.held, copies=chosen)


def token_parts(folder: str, encoded: Manifest, held: Table | None = None, copies: Table | None = None) -> TokenParts:
    """The parts of a finished stage encode, with what stage splits holds out and the copies of stage mix."""
    return TokenParts(folder=folder, files=encoded.tables.get("tokens", ()), held=held, copies=copies)
