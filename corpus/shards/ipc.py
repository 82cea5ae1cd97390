"""Arrow IPC files of a stage: written with sums, opened where they lie, and checked by these whenever they are read.

Arrow IPC has no checksum, and a whole file's sha256 cannot be taken by each of the thousands of shards that read a
range of it. So each record batch carries XXH3 sums in its metadata: of these themselves, of all that is narrow, and of
each block of the long lists. Who reads a range of documents has the blocks compared that it touches. The part's label,
the batch's number, the schema and the lengths are summed too, so that no batch passes for another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.arrow_errors import DAMAGED, first_line, of_system
from corpus.store.manifest import FileEntry
from filters.arrow import Array, equal, typed

BLOCK = 1 << 18  # bytes of a long list: a range of documents reads at most two more than its own
_SUMS = b"xxh3"  # of the sums, of what is narrow, then of the blocks, hexadecimal
_BOUNDS = b"bounds"  # language and order key of the first row and the last
_DIGITS = 16


def write(folder: str, table: str, label: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> FileEntry:
    """Publish a part. Columns are `language`, `order` and more; long lists are of type large_list."""
    rows = 0
    with (
        storage.publish(storage.join(folder, table), f"{label}-{{digest}}.arrow") as sink,
        pa.ipc.new_file(storage.arrow_file(sink), schema) as writer,
    ):
        for number, batch in enumerate(batches):
            # As it will be read: slices cut out, and no map of nulls where there are none.
            plain = pa.ipc.read_record_batch(batch.serialize(), schema)
            bounds = _bounds_of(plain)
            found = [_narrow(plain), *(_hex(block) for block in _blocks(plain))]
            own = _hex(_seed(f"{label} {number} {plain.num_rows}", schema, bounds, "".join(found)))
            writer.write_batch(plain, custom_metadata={_SUMS: "".join([own, *found]).encode(), _BOUNDS: bounds})
            rows += batch.num_rows
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _bounds_of(batch: pa.RecordBatch) -> bytes:
    ends = (0, batch.num_rows - 1) if batch.num_rows else ()
    return b"\n".join(f"{batch['order'][row].as_py()} {batch['language'][row].as_py()}".encode() for row in ends)


def _hex(data: bytes | memoryview) -> str:
    return xxhash.xxh3_64_hexdigest(data)


def _seed(batch: str, schema: pa.Schema, bounds: bytes, sums: str) -> bytes:
    return b"\0".join([batch.encode(), bytes(schema.serialize()), bounds, sums.encode()])


def _narrow(batch: pa.RecordBatch) -> str:
    """Of all but the values of long lists."""
    found = xxhash.xxh3_64()
    for values, data in _values(batch):
        found.update(b"%d %d" % (len(values.values), len(data)))
    for column in batch.columns:
        found.update(b"%d %d" % (len(column), column.offset))
        buffers = column.buffers()
        for buffer in buffers[:-1] if _long(column) else buffers:
            found.update(b"-" if buffer is None else b"%d" % buffer.size)
            if buffer is not None:
                found.update(memoryview(buffer))
    return found.hexdigest()


def _long(column: Array) -> bool:
    return pa.types.is_large_list(column.type)


def _values(batch: pa.RecordBatch) -> Iterator["tuple[pa.LargeListArray[Any], memoryview]"]:
    """The long lists, and the bytes of their values."""
    for column in batch.columns:
        if _long(column):
            yield typed(column, pa.LargeListArray), memoryview(column.buffers()[-1] or b"")


def _blocks(batch: pa.RecordBatch) -> Iterator[memoryview]:
    for _, values in _values(batch):
        yield from (values[first : first + BLOCK] for first in range(0, len(values), BLOCK))


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A record batch that is there; it gives nothing that was not compared."""

    file: "IpcFile"
    batch: pa.RecordBatch
    number: int
    bounds: bytes
    sums: str  # of what is narrow, and of the blocks

    @property
    def rows(self) -> int:
        return self.batch.num_rows

    def may_hold(self, language: str, first: int, last: int) -> bool:
        """Whether rows of a language ("" for all) with an order key in first..last can be in it. For sorted parts."""
        if not self.bounds:
            return False
        ends = (end.partition(" ") for end in self.bounds.decode().split("\n"))
        low, high = ((name, int(key)) for key, _, name in ends)
        return not language or (low <= (language, last) and (language, first) <= high)

    def narrow(self) -> pa.RecordBatch:
        """With all but the values of long lists compared, which are not to be read."""
        try:
            self.batch.validate()  # lengths that are no lengths
        except pa.ArrowInvalid as error:
            raise self.file.unreadable(error) from error
        if self.sums[:_DIGITS] != _narrow(self.batch):
            raise self.file.damaged(f"batch {self.number} is not what was written")
        return self.batch

    def whole(self) -> pa.RecordBatch:
        self.narrow()
        self._compare(range(self._count()))
        return self.batch

    def lists(self, rows: np.ndarray) -> pa.RecordBatch:
        """With the long lists of some rows compared; those of the others are not to be read."""
        self.narrow()
        before = 0
        for column, values in _values(self.batch):
            offsets = column.offsets.to_numpy() * (typed(column.values, pa.Array).type.bit_width // 8)
            # A block is touched if some list begins at or before it and ends behind where it begins.
            filled = rows[offsets[rows] < offsets[rows + 1]]
            count = -(-len(values) // BLOCK)
            marks = np.zeros(count + 1, np.int64)
            np.add.at(marks, offsets[filled] // BLOCK, 1)
            np.add.at(marks, (offsets[filled + 1] - 1) // BLOCK + 1, -1)
            self._compare(before + np.flatnonzero(np.cumsum(marks)))
            before += count
        return self.batch

    def _count(self) -> int:
        return sum(1 for _ in _blocks(self.batch))

    def _compare(self, numbers: Iterable[int]) -> None:
        blocks = list(_blocks(self.batch))
        for number in numbers:
            first = (number + 1) * _DIGITS
            if self.sums[first : first + _DIGITS] != _hex(blocks[number]):
                raise self.file.damaged(f"batch {self.number}, block {number} is not what was written")


@dataclass(frozen=True, kw_only=True)
class IpcFile:
    """A file of a table, mapped into memory on a local disk."""

    folder: str
    table: str
    entry: FileEntry

    @property
    def address(self) -> str:
        return storage.join(self.folder, self.table, self.entry.name)

    def damaged(self, why: str) -> DataError:
        return DataError(f"{self.address} is damaged ({why}): delete {self.folder} and run again")

    def batches(self) -> Iterator[Stored]:
        """In order. Raises DataError if it is not the file that the manifest names, or a batch is not one of it."""
        reader = self._opened()
        rows = 0
        for number in range(reader.num_record_batches):
            try:
                batch, metadata = reader.get_batch_with_custom_metadata(number)
                sums, bounds = (dict(metadata or {}).get(key, b"") for key in (_SUMS, _BOUNDS))
                found = bytes(sums).decode("ascii")
            except DAMAGED as error:
                raise self.unreadable(error) from error
            name = f"{self.entry.name.rpartition('-')[0]} {number} {batch.num_rows}"
            if found[:_DIGITS] != _hex(_seed(name, reader.schema, bounds, found[_DIGITS:])):
                raise self.damaged(f"batch {number} is not what was written")
            yield Stored(file=self, batch=batch, number=number, bounds=bounds, sums=found[_DIGITS:])
            rows += batch.num_rows
        if rows != self.entry.rows:
            raise self.damaged(f"it has {rows} rows, its manifest says {self.entry.rows}")

    def _opened(self) -> pa.ipc.RecordBatchFileReader:
        filesystem, path = storage.resolve(self.address)
        if filesystem.get_file_info(path).size != self.entry.bytes:
            raise DataError(
                f"{self.address} is missing or has another size than its manifest says: "
                f"delete {self.folder} and run again"
            )
        try:
            source = pa.memory_map(path) if storage.is_local(self.address) else filesystem.open_input_file(path)
            return pa.ipc.open_file(source)
        except DAMAGED as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> Exception:
        """What to raise for what Arrow or the system says."""
        return error if of_system(error) else self.damaged(first_line(error))


def wanted(batch: pa.RecordBatch, language: str, first: int, last: int) -> np.ndarray:
    """Which rows are of a language ("" for all) and have an order key in first..last."""
    keys = batch.column("order").to_numpy()
    rows = (keys >= np.uint64(first)) & (keys <= np.uint64(last))
    if language:
        rows &= equal(batch.column("language"), language)
    return np.asarray(rows, bool)
