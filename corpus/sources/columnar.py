"""Parquet and Arrow IPC (file and stream): a record a row."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import RecipeError
from corpus.sources.fields import record_of
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.store import storage

_ROWS = 256  # read at a time: rows of 64 kB would make 16 MB
_ARROW_FILE = b"ARROW1"


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Rows in order. Raises RecipeError for a file that is neither, or that lacks the text column."""
    row = 0
    try:
        for first, batch in _batches(piece, source):
            row = first
            for found in batch.to_pylist():
                yield record_of(found, piece.file.file, row, source)
                row += 1
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        if not row and not piece.start:
            kind = piece.file.format
            raise RecipeError(
                f"{piece.file.uri} is not {kind} ({_first_line(error)}): mend it or take it out"
            ) from error
        yield reject(piece.file.file, row, "corrupt", _first_line(error))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120]


def _wanted(names: list[str], file: SourceFile, source: Source) -> list[str]:
    s = source
    texts = (
        {"inputs_field": s.inputs_field, "targets_field": s.targets_field}
        if s.prompted
        else {"text_field": s.text_field}
    )
    for key, name in texts.items():
        if name not in names:
            raise RecipeError(f"{file.uri} has no column {name!r}: set {key} to one of {', '.join(names)}")
    fields = (*texts.values(), s.id_field, s.url_field, s.licence_field, s.date_field, s.language_field)
    return [name for name in names if name in fields]


def _batches(piece: Slice, source: Source) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(number of the first row in the file, rows)."""
    filesystem, path = storage.resolve(piece.file.uri)
    with filesystem.open_input_file(path) as opened:
        if piece.file.format == "parquet":
            yield from _parquet(opened, piece, source)
        else:
            yield from _arrow(opened, piece, source)


def _parquet(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[tuple[int, pa.RecordBatch]]:
    with pq.ParquetFile(opened) as file:
        columns = _wanted(file.schema_arrow.names, piece.file, source)
        stop = file.num_row_groups if piece.stop < 0 else piece.stop
        first = sum(file.metadata.row_group(group).num_rows for group in range(piece.start))
        for batch in file.iter_batches(
            _ROWS, row_groups=list(range(piece.start, stop)), columns=columns, use_threads=False
        ):
            yield first, batch
            first += batch.num_rows


def _arrow(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[tuple[int, pa.RecordBatch]]:
    magic = opened.read(len(_ARROW_FILE))
    opened.seek(0)
    batches: Iterable[pa.RecordBatch]
    if magic == _ARROW_FILE:
        file = pa.ipc.open_file(opened)
        names, batches = file.schema.names, (file.get_batch(i) for i in range(file.num_record_batches))
    else:
        stream = pa.ipc.open_stream(opened)
        names, batches = stream.schema.names, stream
    columns = _wanted(names, piece.file, source)
    first = 0
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS):
            yield first + start, batch.slice(start, _ROWS).select(columns)
        first += batch.num_rows
