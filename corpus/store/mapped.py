"""Tables of blocks: a part is an Arrow file of record batches of one row each, not compressed, so that on a local disk
its columns are views of the mapped file and nothing is loaded that is not looked at.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.arrow_errors import DAMAGED, first_line, of_system
from corpus.store.entries import FileEntry
from corpus.store.table import Table
from filters.arrow import Array, Field, any_list, array, buffer, large_lists
from filters.kernels.buffers import buffers

Values = Mapping[str, int | np.ndarray]  # by column: int64, large_binary (uint8), large_list


def write(folder: str, table: str, part: int, kind: pa.Schema, blocks: Iterable[tuple[int, Values]]) -> FileEntry:
    """One part, a block at a time; each with the rows that the manifest is to count for it."""
    rows = 0
    with (
        storage.publish(storage.join(folder, table), f"part-{part:05d}-{{digest}}.arrow") as sink,
        pa.ipc.new_file(storage.arrow_file(sink), kind) as writer,
    ):
        for own, values in blocks:
            writer.write_batch(
                pa.RecordBatch.from_arrays([_column(one, values[one.name]) for one in kind], schema=kind)
            )
            rows += own
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _column(field: Field, value: int | np.ndarray) -> Array:
    if isinstance(value, int):
        one: Array = pa.array([value], field.type)
        return one
    bounds = np.array([0, len(value)], np.int64)
    if not pa.types.is_large_binary(field.type):
        listed: Array = large_lists(bounds, array(value), field.type)
        return listed
    column: Array = pa.Array.from_buffers(field.type, 1, [None, buffer(bounds), buffer(value)])
    return column


def read(table: Table, part: int) -> Iterator[dict[str, int | np.ndarray]]:
    """The blocks of a part, in order, by column. Raises DataError for a file that is not the one of the manifest."""
    entry = table.files[part]
    address = storage.join(table.folder, table.name, entry.name)
    filesystem, path = storage.resolve(address)
    try:
        source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
        with source:
            if source.size() != entry.bytes:
                raise DataError(f"{address} has another size than its manifest says: delete {table.folder}, run again")
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                yield {name: _value(batch.column(name)) for name in batch.schema.names}
    except DAMAGED as error:
        if isinstance(error, FileNotFoundError) or not of_system(error):
            raise damaged(table, part, first_line(error)) from error
        raise


def damaged(table: Table, part: int, why: str) -> DataError:
    """What to raise for a block that is not what it should be."""
    address = storage.join(table.folder, table.name, table.files[part].name)
    return DataError(f"{address} is damaged ({why}): delete {table.folder} and run again")


def _value(column: Array) -> int | np.ndarray:
    if pa.types.is_integer(column.type):
        return int(column[0].as_py())
    if pa.types.is_large_binary(column.type):
        data, offsets = buffers(column)
        return data[offsets[0] : offsets[1]]
    return any_list(column).flatten().to_numpy()
