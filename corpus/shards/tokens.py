"""Token parts: the ids of one corpus part's documents, sorted by language and order, as an Arrow IPC file.

Uncompressed, so that on a local disk a shard's range is read where it lies, without a copy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus import storage
from corpus.manifest import FileEntry, Manifest
from corpus.shards.copies import CopiesPart
from corpus.shards.ipc import open_ipc, wanted

_BATCH_BYTES = 8 << 20  # of tokens in a record batch: what a reader without memory mapping holds at a time


def schema(kind: pa.DataType) -> pa.Schema:
    """`kind` is the type of an id."""
    return pa.schema(
        [
            pa.field("language", pa.string(), nullable=False),
            pa.field("order", pa.uint64(), nullable=False),
            pa.field("id", pa.string(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("row", pa.int32(), nullable=False),  # in the documents part of the same number
            pa.field("tokens", pa.large_list(pa.field("item", kind, nullable=False)), nullable=False),
        ]
    )


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
    copies: CopiesPart | None = None  # None: every document once

    def open(self) -> pa.ipc.RecordBatchFileReader:
        """Memory-mapped on a local disk. Raises DataError if it is not the file that the manifest names."""
        return open_ipc(self.folder, "tokens", self.entry)

    def ranges(self, language: str, first: int, last: int) -> Iterator[Found]:
        """Documents of a language ("" for all) whose order key is in first..last, batch by batch."""
        reader = self.open()
        chosen = self.copies.ranges(language, first, last) if self.copies else None
        start = 0
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            if chosen is None:
                at = np.flatnonzero(wanted(batch, language, first, last))
                order, copy = batch.column("order").to_numpy()[at], np.zeros(len(at), np.int16)
            else:
                low, high = np.searchsorted(chosen.at, [start, start + batch.num_rows])
                at = chosen.at[low:high] - start
                order, copy = chosen.order[low:high], chosen.copy[low:high]
            start += batch.num_rows
            if len(at):
                # What is mapped is read where it lies; of what is not, no more is held than what is wanted.
                held = storage.is_local(self.folder)
                yield Found(
                    batch=batch if held else batch.take(pa.array(at)),
                    at=at if held else np.arange(len(at)),
                    order=order,
                    copy=copy,
                )


def token_parts(folder: str, encoded: Manifest, copies: Sequence[CopiesPart] = ()) -> tuple[TokenPart, ...]:
    """The parts of a finished stage encode, with the copies of stage mix where there is one."""
    return tuple(
        TokenPart(folder=folder, entry=entry, number=number, copies=copies[number] if copies else None)
        for number, entry in enumerate(encoded.tables["tokens"])
    )
