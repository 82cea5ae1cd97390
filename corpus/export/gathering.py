"""Documents gathered into files by what they have in common, in memory that does not grow with their number."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from corpus.export.layout import Key
from filters.arrow import array, equal

FILE_BYTES = 128 << 20  # of a file, in memory before it is written
ALL_BYTES = 256 << 20  # of all that wait; then the largest is written, however small it is


class Gathered:
    """Batches by the values of some columns. What is written, and when, follows from the documents and their order
    alone. `write` is given a key, the number of its file and the rows."""

    def __init__(
        self,
        by: Sequence[str],
        write: Callable[[Key, int, pa.Table], None],
        file_bytes: int = FILE_BYTES,
        all_bytes: int = ALL_BYTES,
    ) -> None:
        self._by = by
        self._write = write
        self._file_bytes, self._all_bytes = file_bytes, all_bytes
        self._waiting: dict[Key, list[pa.RecordBatch]] = {}
        self._bytes: dict[Key, int] = {}
        self._files: dict[Key, int] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        for key, own in _parted(batch, self._by):
            self._waiting.setdefault(key, []).append(own)
            self._bytes[key] = self._bytes.get(key, 0) + own.nbytes
            if self._bytes[key] >= self._file_bytes:
                self._flush(key)
        while sum(self._bytes.values()) > self._all_bytes:
            self._flush(min(self._bytes, key=lambda key: (-self._bytes[key], key)))

    def close(self) -> None:
        """Write what waits."""
        for key in sorted(self._waiting):
            self._flush(key)

    def _flush(self, key: Key) -> None:
        number = self._files.get(key, 0)
        self._files[key] = number + 1
        del self._bytes[key]
        self._write(key, number, pa.Table.from_batches(self._waiting.pop(key)))


def _parted(batch: pa.RecordBatch, by: Sequence[str]) -> Iterator[tuple[Key, pa.RecordBatch]]:
    """Rows by their values in these columns, in order of the values."""
    if not by:
        yield (), batch
        return
    values = [batch.column(name) for name in by]
    keys = sorted(set(zip(*(column.to_pylist() for column in values), strict=True)))
    for key in keys:
        rows = np.all([equal(column, value) for column, value in zip(values, key, strict=True)], axis=0)
        yield key, batch if rows.all() else batch.filter(array(rows))
