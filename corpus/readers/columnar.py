"""Parquet and Arrow IPC (file and stream): a record a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import RecipeError
from corpus.readers import cells
from corpus.readers.fields import record_of
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.store import storage

_ROWS = 256  # read at a time: rows of 64 kB would make 16 MB
_BATCH_BYTES = 64 << 20  # that rows read at a time may take where a value can be larger than what stands for it
_DICTIONARIES_BYTES = 512 << 20  # that _ROWS rows may make of one dictionary; writers end theirs at 1 or 2 MB
_BUFFER = 1 << 20  # read of a column chunk at a time, instead of the whole of it
_ARROW_FILE = b"ARROW1"
# Damage may ask for more memory than there is.
_BROKEN = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, pa.ArrowMemoryError, OSError)


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Rows in order. A row group or batch that is damaged costs its own rows, and a value that is none itself alone.

    Raises RecipeError for a file that is neither, that lacks the text column, or that has a column of it twice.
    """
    filesystem, path = storage.resolve(piece.file.uri)
    with filesystem.open_input_file(path) as opened:
        rows = _parquet(opened, piece, source) if piece.file.format == "parquet" else _arrow(opened, piece, source)
        for found in rows:
            if isinstance(found, Reject):
                yield found
                continue
            for row, fields in enumerate(found.rows(), found.first):
                yield record_of(fields, piece.file.file, row, source)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Rows of the columns that are asked for; `first` is the number of the first in the file."""

    first: int
    columns: pa.RecordBatch

    def rows(self) -> Iterator[Mapping[str, object]]:
        names = self.columns.schema.names
        for row in zip(*map(cells.values, self.columns.columns), strict=True):
            yield dict(zip(names, row, strict=True))


def _misnamed(file: SourceFile, error: Exception) -> RecipeError:
    return RecipeError(f"{file.uri} is not {file.format} ({_first_line(error)}): mend it or take it out")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120]


def _wanted(names: Sequence[str], file: SourceFile, source: Source) -> list[str]:
    """The columns that hold the fields that the recipe names, by themselves or in the parts of a struct."""
    s = source
    texts = (
        {"inputs_field": s.inputs_field, "targets_field": s.targets_field}
        if s.prompted
        else {"text_field": s.text_field}
    )
    fields = (*texts.values(), s.id_field, s.url_field, s.licence_field, s.date_field, s.language_field)
    columns = {name if name in names else name.split(".")[0] for name in fields}
    for key, name in texts.items():
        if name not in names and name.split(".")[0] not in names:
            raise RecipeError(f"{file.uri} has no column {name!r}: set {key} to one of {', '.join(names)}")
    for name in columns:
        if names.count(name) > 1:
            raise RecipeError(f"{file.uri} has the column {name!r} {names.count(name)} times: write it once")
    return [name for name in names if name in columns]


def _parquet(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[_Batch | Reject]:
    try:
        whole = pq.ParquetFile(opened)
        # Dictionaries stay what they are: a page may say "the value before, again" at the cost of a bit.
        kept = _with_dictionaries(whole.metadata, opened)
        file = pq.ParquetFile(opened, metadata=whole.metadata, read_dictionary=kept, buffer_size=_BUFFER)
        names = whole.schema_arrow.names
    except (*_BROKEN, LookupError, ValueError) as error:
        _raise_system(error)
        raise _misnamed(piece.file, error) from error
    columns = _wanted(names, piece.file, source)
    stop = file.num_row_groups if piece.stop < 0 else piece.stop
    first = sum(file.metadata.row_group(group).num_rows for group in range(piece.start))
    for group in range(piece.start, stop):
        yield from _row_group(file, group, first, columns, piece.file)
        first += file.metadata.row_group(group).num_rows


def _with_dictionaries(about: pq.FileMetaData, opened: pa.NativeFile) -> list[str]:
    """Paths of the columns of bytes whose dictionaries are so large that rows which point at them could fill memory;
    but for those in encodings that cannot be read as dictionaries."""
    found: dict[str, int] = {}
    refused = set()
    for group in range(about.num_row_groups):
        for i in range(about.num_columns):
            chunk = about.row_group(group).column(i)
            if chunk.physical_type == "BYTE_ARRAY":
                path = chunk.path_in_schema
                found[path] = max(found.get(path, 0), _dictionary_bytes(chunk, opened))
                if "." in path or any(encoding.startswith("DELTA") for encoding in chunk.encodings):
                    refused.add(path)
    return [path for path, size in found.items() if size * _ROWS > _DICTIONARIES_BYTES and path not in refused]


def _dictionary_bytes(chunk: pq.ColumnChunkMetaData, opened: pa.NativeFile) -> int:
    """Of a column chunk's dictionary, unpacked: the second field of its page's header, in Thrift's compact protocol
    (Parquet's parquet.thrift, PageHeader)."""
    if not any("DICTIONARY" in encoding for encoding in chunk.encodings):
        return 0
    if chunk.dictionary_page_offset:
        opened.seek(chunk.dictionary_page_offset)
        head = opened.read(16)
        if head[0:1] == b"\x15" and head[2:3] == b"\x15":  # page_type and uncompressed_page_size, both i32
            size = shift = 0
            for byte in head[3:]:
                size |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return size >> 1  # zigzag
    return int(chunk.total_uncompressed_size)


def _row_group(
    file: pq.ParquetFile, group: int, first: int, columns: list[str], of: SourceFile
) -> Iterator[_Batch | Reject]:
    about = file.metadata.row_group(group)
    row = first
    try:
        for batch in file.iter_batches(_rows(about), row_groups=[group], columns=columns, use_threads=False):
            yield _Batch(first=row, columns=_checked(batch))
            row += batch.num_rows
    except _BROKEN as error:
        _raise_system(error)
        stored = sum(about.column(i).total_compressed_size for i in range(about.num_columns))
        lost = stored * (first + about.num_rows - row) // max(about.num_rows, 1)
        yield reject(of.file, row, "corrupt", f"row group {group}: {_first_line(error)}", lost=lost)


def _rows(about: pq.RowGroupMetaData) -> int:
    """Rows to read at a time: few where values are stored by what they share with the one before."""
    rows = _ROWS
    for i in range(about.num_columns):
        chunk = about.column(i)
        if "DELTA_BYTE_ARRAY" in chunk.encodings:
            rows = min(rows, _BATCH_BYTES // max(chunk.total_uncompressed_size, 1))
    return max(rows, 1)


def _arrow(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[_Batch | Reject]:
    magic = opened.read(len(_ARROW_FILE))
    opened.seek(0)
    try:
        file = pa.ipc.open_file(opened) if magic == _ARROW_FILE else pa.ipc.open_stream(opened)
        names = file.schema.names
    except (*_BROKEN, ValueError) as error:
        _raise_system(error)
        raise _misnamed(piece.file, error) from error
    columns = _wanted(names, piece.file, source)
    first = 0
    # Of a file a batch that cannot be read is an even share, of a stream all that follows.
    if isinstance(file, pa.RecordBatchFileReader):
        found, share = _of_file(file, columns), piece.file.size // max(file.num_record_batches, 1)
    else:
        found, share = _of_stream(file, columns), 0
    for batch in found:
        if isinstance(batch, str):
            lost = share or piece.file.size - opened.tell()
            yield reject(piece.file.file, first, "corrupt", batch, lost=lost)
            continue
        for start in range(0, batch.num_rows, _ROWS):
            yield _Batch(first=first + start, columns=batch.slice(start, _ROWS))
        first += batch.num_rows


def _of_file(file: pa.RecordBatchFileReader, columns: list[str]) -> Iterator[pa.RecordBatch | str]:
    """Each batch, checked; in place of one that is damaged what is wrong with it."""
    for number in range(file.num_record_batches):
        try:
            yield _checked(file.get_batch(number).select(columns))
        except _BROKEN as error:
            _raise_system(error)
            yield f"batch {number}: {_first_line(error)}"


def _of_stream(stream: pa.RecordBatchStreamReader, columns: list[str]) -> Iterator[pa.RecordBatch | str]:
    """As `_of_file`, but a stream cannot be read on after a batch that is no batch."""
    while True:
        try:
            batch = stream.read_next_batch()
        except StopIteration:
            return
        except _BROKEN as error:
            _raise_system(error)
            yield _first_line(error)
            return
        try:
            yield _checked(batch.select(columns))
        except _BROKEN as error:
            yield _first_line(error)


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, if its offsets and indices lie within its buffers. Raises ArrowInvalid.

    Strings are looked at as bytes: one that is not UTF-8 costs its row alone.
    """
    for column in batch.columns:
        column.validate()
        if isinstance(column, pa.DictionaryArray):
            column.indices.validate(full=True)
            column.dictionary.validate()
            cells.as_binary(column.dictionary).validate(full=True)
            most = pc.max(column.indices).as_py()
            least = pc.min(column.indices).as_py()
            if most is not None and (least < 0 or most >= len(column.dictionary)):
                raise pa.ArrowInvalid("an index is beyond its dictionary")
        else:
            cells.as_binary(column).validate(full=True)
    return batch


def _raise_system(error: Exception) -> None:
    """What the system says (no such file, no access) is no damage of the file."""
    if isinstance(error, OSError) and error.errno:
        raise error
