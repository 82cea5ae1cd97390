"""Batches of Arrow IPC files and streams."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

import pyarrow as pa

from corpus.readers import ipc_messages
from corpus.readers.columns import BROKEN, BYTES, ROWS, Batch, checked, first_line, misnamed, raise_system, wanted
from corpus.readers.ipc_messages import MOST_BYTES
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
        places = ipc_messages.of_file(opened) if magic == _FILE else (0, [])
        if isinstance(file, pa.RecordBatchFileReader) and len(places[1]) != file.num_record_batches:
            raise pa.ArrowInvalid("its footer has not the batches that it should have")
    except (*BROKEN, ValueError) as error:
        raise_system(error)
        raise misnamed(piece.file, error) from error
    columns = wanted(names, piece.file, source)
    if isinstance(file, pa.RecordBatchFileReader):
        found = _of_file(file, opened, places, columns, piece.file.size)
    else:
        found = _of_streams(file, opened, columns, piece.file.size)
    first = 0
    for batch in found:
        if isinstance(batch, _Wrong):
            yield reject(piece.file.file, first, batch.reason, batch.detail, lost=batch.lost)
            continue
        rows = max(min(ROWS, BYTES * batch.num_rows // max(batch.nbytes, 1)), 1)
        for start in range(0, batch.num_rows, rows):
            yield Batch(first=first + start, columns=batch.slice(start, rows))
        first += batch.num_rows


class _Wrong(NamedTuple):
    """What is wrong with a batch, and how many bytes of the file that costs."""

    detail: str
    lost: int
    reason: str = "corrupt"


_Found = Iterator[pa.RecordBatch | _Wrong]


def _too_large(what: str, size: int, lost: int) -> _Wrong:
    return _Wrong(f"{what} takes {size:,} bytes in memory, at most {MOST_BYTES:,} are read", lost, "too_large")


def _of_file(
    file: pa.RecordBatchFileReader, opened: pa.NativeFile, places: tuple[int, list[int]], columns: list[str], size: int
) -> _Found:
    """Each batch, checked. One that is damaged is an even share of the file."""
    dictionaries, batches = places
    for number, place in enumerate(batches):
        try:
            needed = dictionaries + ipc_messages.of_batch(opened, place)
            if needed > MOST_BYTES:
                yield _too_large(f"batch {number}", needed, size // len(batches))
                continue
            yield checked(file.get_batch(number).select(columns))
        except BROKEN as error:
            raise_system(error)
            yield _Wrong(f"batch {number}: {first_line(error)}", size // len(batches))


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
            yield _Wrong(f"behind the end of the stream: {first_line(error)}", size - place)
            return


def _of_stream(
    stream: pa.RecordBatchStreamReader, opened: pa.NativeFile, columns: list[str], size: int
) -> Generator[pa.RecordBatch | _Wrong, None, bool]:
    """Returns whether the stream ended by its mark, or by the file's end."""
    while True:
        place = opened.tell()
        needed, behind = ipc_messages.until_batch(opened, place)
        if needed > MOST_BYTES:
            opened.seek(min(behind, size))
            yield _too_large("a batch", needed, min(behind, size) - place)
            continue
        opened.seek(place)
        try:
            batch = stream.read_next_batch()
        except StopIteration:
            return True
        except BROKEN as error:
            raise_system(error)
            yield _Wrong(first_line(error), size - place)
            return False
        try:
            yield checked(batch.select(columns))
        except BROKEN as error:
            yield _Wrong(first_line(error), opened.tell() - place)
