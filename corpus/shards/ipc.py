"""Arrow IPC files of a stage, opened where they lie, and which of their rows a shard wants."""

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.manifest import FileEntry
from filters.arrow import equal


def open_ipc(folder: str, table: str, entry: FileEntry) -> pa.ipc.RecordBatchFileReader:
    """Memory-mapped on a local disk. Raises DataError if it is not the file that the manifest names."""
    address = storage.join(folder, table, entry.name)
    filesystem, path = storage.resolve(address)
    if filesystem.get_file_info(path).size != entry.bytes:
        raise DataError(
            f"{address} is missing or has another size than its manifest says: delete {folder} and run again"
        )
    source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
    return pa.ipc.open_file(source)


def wanted(batch: pa.RecordBatch, language: str, first: int, last: int) -> np.ndarray:
    """Which rows are of a language ("" for all) and have an order key in first..last."""
    keys = batch.column("order").to_numpy()
    rows = (keys >= np.uint64(first)) & (keys <= np.uint64(last))
    if language:
        rows &= equal(batch.column("language"), language)
    return np.asarray(rows, bool)
