"""Arrow shards read where they lie: record batches of a stream, their tokens as arrays without a copy.

A row is a document, or, where there is a column `seq_lengths`, a packed sequence of several, padded at its end.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import storage
from filters.arrow import Array, any_list


def read_batches(address: str) -> Iterator[pa.RecordBatch]:
    """Record batches of a shard, mapped into memory on a local disk. Raises DataError if it is missing or damaged."""
    filesystem, path = storage.resolve(address)
    try:
        source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
        yield from pa.ipc.open_stream(source)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        why = str(error).splitlines()[0]
        raise DataError(f"{address} is missing or damaged ({why}): copy it again, or run the recipe again") from error


def tokens_of(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of all rows end to end, as a view, and int64[rows + 1] offsets of the rows in them."""
    return _flat(batch.column("input_ids"))


def lengths_of(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the documents of all rows end to end, and int64[rows + 1] offsets of the rows in them.

    A row that is a document has one length, its own.
    """
    if is_packed(batch):
        return _flat(batch.column("seq_lengths"))
    _, offsets = tokens_of(batch)
    return np.diff(offsets), np.arange(len(offsets))


def is_packed(batch: pa.RecordBatch) -> bool:
    return "seq_lengths" in batch.schema.names


def _flat(lists: Array) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(lists, pa.FixedSizeListArray):
        size = lists.type.list_size
        places = np.arange(lists.offset, lists.offset + len(lists) + 1, dtype=np.int64) * size
        return lists.values.to_numpy(), places
    whole = any_list(lists)
    return whole.values.to_numpy(), whole.offsets.to_numpy().astype(np.int64)
