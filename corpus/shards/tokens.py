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
from corpus.shards.copying import reordered
from corpus.table import one_batch

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
    whole = one_batch(documents)
    keys = [(name, "ascending") for name in ("language", "order", "id", "row")]
    order = pc.sort_indices(whole, keys)
    narrow = [name for name in whole.schema.names if name != "tokens"]
    found = {name: whole.column(name).take(order) for name in narrow}
    found["tokens"] = reordered(whole.column("tokens"), order.to_numpy().astype(np.int64))
    ordered = pa.Table.from_arrays([found[name] for name in whole.schema.names], schema=whole.schema)
    average = max(1, ordered.nbytes // max(ordered.num_rows, 1))
    rows = max(1, _BATCH_BYTES // average)
    with (
        storage.publish(storage.join(folder, "tokens"), f"{label}-{{digest}}.arrow") as sink,
        pa.ipc.new_file(pa.PythonFile(sink, mode="w"), ordered.schema) as writer,
    ):
        writer.write_table(ordered, max_chunksize=rows)
    return FileEntry(name=sink.name, rows=ordered.num_rows, bytes=sink.bytes, sha256=sink.sha256)


@dataclass(frozen=True, kw_only=True)
class TokenPart:
    """A part that is there; `number` is that of its documents part."""

    folder: str
    entry: FileEntry
    number: int

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

    def ranges(self, language: str, first: int, last: int) -> Iterator[pa.RecordBatch]:
        """Documents of a language ("" for all) whose order key is in first..last, a slice of a batch at a time."""
        reader = self.open()
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            names = batch.column("language")  # sorted: most languages are in few batches
            if language and not names[0].as_py() <= language <= names[-1].as_py():
                continue
            wanted = _wanted(batch, language, first, last)
            cuts = np.flatnonzero(np.diff(np.concatenate([[0], wanted.view(np.int8), [0]])))
            for start, end in cuts.reshape(-1, 2):
                yield batch.slice(int(start), int(end - start))


def _wanted(batch: pa.RecordBatch, language: str, first: int, last: int) -> np.ndarray:
    keys = batch.column("order").to_numpy()
    rows = (keys >= np.uint64(first)) & (keys <= np.uint64(last))
    if language:
        rows &= np.asarray(pc.equal(batch.column("language"), language), bool)
    return np.asarray(rows, bool)
