"""Batches of Arrow IPC files and streams."""

from collections.abc import Generator, Iterator

import pyarrow as pa

from corpus.readers.columns import BROKEN, BYTES, ROWS, Batch, checked, first_line, misnamed, raise_system, wanted
from corpus.sources.inventory import Slice
from corpus.sources.record import Reject, reject
from corpus.sources.source import Source

_FILE = b"ARROW1"
_END = 8  # bytes of the mark that ends a stream


def batches(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[Batch | Reject]:
    """Rows in order. Raises RecipeError for a file that is neither, or lacks the columns."""
    magic = opened.read(len(_FILE))
    opened.seek(0)
    try:
        file = pa.ipc.open_file(opened) if magic == _FILE else pa.ipc.open_stream(opened)
        names = file.schema.names
    except (*BROKEN, ValueError) as error:
        raise_system(error)
        raise misnamed(piece.file, error) from error
    columns = wanted(names, piece.file, source)
    if isinstance(file, pa.RecordBatchFileReader):
        found = _of_file(file, columns, piece.file.size)
    else:
        found = _of_streams(file, opened, columns, piece.file.size)
    first = 0
    for batch in found:
        if isinstance(batch, tuple):
            yield reject(piece.file.file, first, "corrupt", batch[0], lost=batch[1])
            continue
        rows = max(min(ROWS, BYTES * batch.num_rows // max(batch.nbytes, 1)), 1)
        for start in range(0, batch.num_rows, rows):
            yield Batch(first=first + start, columns=batch.slice(start, rows))
        first += batch.num_rows


_Found = Iterator[pa.RecordBatch | tuple[str, int]]  # a batch, or what is wrong with it and how many bytes that costs


def _of_file(file: pa.RecordBatchFileReader, columns: list[str], size: int) -> _Found:
    """Each batch, checked. One that is damaged is an even share of the file."""
    for number in range(file.num_record_batches):
        try:
            yield checked(file.get_batch(number).select(columns))
        except BROKEN as error:
            raise_system(error)
            yield f"batch {number}: {first_line(error)}", size // file.num_record_batches


def _of_streams(stream: pa.RecordBatchStreamReader, opened: pa.NativeFile, columns: list[str], size: int) -> _Found:
    """The same of streams, one behind the other as `cat` puts them. A stream cannot be read on after a batch that is no
    batch, and what follows its end is another stream or lost."""
    while True:
        if not (yield from _of_stream(stream, opened, columns, size)):
            return
        place = opened.tell()
        if size - place < _END:
            return
        try:
            stream = pa.ipc.open_stream(opened)
            if not set(columns) <= set(stream.schema.names):
                raise pa.ArrowInvalid("a stream of other columns follows")
        except (*BROKEN, ValueError) as error:
            raise_system(error)
            yield f"behind the end of the stream: {first_line(error)}", size - place
            return


def _of_stream(
    stream: pa.RecordBatchStreamReader, opened: pa.NativeFile, columns: list[str], size: int
) -> Generator[pa.RecordBatch | tuple[str, int], None, bool]:
    """Returns whether the stream ended by its mark, or by the file's end."""
    while True:
        place = opened.tell()
        try:
            batch = stream.read_next_batch()
        except StopIteration:
            return True
        except BROKEN as error:
            raise_system(error)
            yield first_line(error), size - place
            return False
        try:
            yield checked(batch.select(columns))
        except BROKEN as error:
            yield first_line(error), opened.tell() - place
