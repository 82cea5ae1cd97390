"""Row groups of Parquet in batches of bounded memory."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.readers.columns import BROKEN, BYTES, ROWS, Batch, checked, first_line, misnamed, raise_system, wanted
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Reject, reject
from corpus.sources.source import Source

_DICTIONARIES_BYTES = 512 << 20  # that ROWS rows may make of one dictionary; writers end theirs at 1 or 2 MB
_BUFFER = 1 << 20  # read of a column chunk at a time, instead of the whole of it


def batches(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[Batch | Reject]:
    """The rows of the slice's row groups. Raises RecipeError for a file that is none, or lacks the columns."""
    try:
        whole = pq.ParquetFile(opened)
        # Dictionaries stay what they are: a page may say "the value before, again" at the cost of a bit.
        kept = _with_dictionaries(whole.metadata, opened)
        file = pq.ParquetFile(
            opened,
            metadata=whole.metadata,
            read_dictionary=kept,
            buffer_size=_BUFFER,
            page_checksum_verification=True,
        )
        names = whole.schema_arrow.names
        counts = [whole.metadata.row_group(group).num_rows for group in range(whole.num_row_groups)]
        if min(counts, default=0) < 0 or sum(counts) != whole.metadata.num_rows:
            raise pa.ArrowInvalid("its footer counts rows that its row groups have not")
    except (*BROKEN, LookupError, ValueError) as error:
        raise_system(error)
        raise misnamed(piece.file, error) from error
    columns = wanted(names, piece.file, source)
    stop = len(counts) if piece.stop < 0 else piece.stop
    for group in range(piece.start, stop):
        yield from _row_group(file, group, sum(counts[:group]), columns, piece.file)


def _with_dictionaries(about: pq.FileMetaData, opened: pa.NativeFile) -> list[str]:
    """Paths of the columns of bytes whose dictionaries are so large that rows which point at them could fill memory;
    but for those that cannot be read as dictionaries."""
    found: dict[str, int] = {}
    refused = set()
    for group in range(about.num_row_groups):
        for i in range(about.num_columns):
            chunk = about.row_group(group).column(i)
            if chunk.physical_type == "BYTE_ARRAY":
                path = chunk.path_in_schema
                found[path] = max(found.get(path, 0), _dictionary_bytes(chunk, opened))
                if _is_no_dictionary(chunk):
                    refused.add(path)
    return [path for path, size in found.items() if size * ROWS > _DICTIONARIES_BYTES and path not in refused]


def _is_no_dictionary(chunk: pq.ColumnChunkMetaData) -> bool:
    """Whether Arrow cannot read a chunk as a dictionary: it is in a struct, or in an encoding of differences."""
    return "." in chunk.path_in_schema or any(encoding.startswith("DELTA") for encoding in chunk.encodings)


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
) -> Iterator[Batch | Reject]:
    about = file.metadata.row_group(group)
    row, end = first, first + about.num_rows
    wrong = ""
    try:
        for batch in file.iter_batches(_rows(about), row_groups=[group], columns=columns, use_threads=False):
            yield Batch(first=row, columns=checked(batch))
            row += batch.num_rows
    except BROKEN as error:
        raise_system(error)
        wrong = first_line(error)
    values = {about.column(i).num_values for i in range(about.num_columns) if "." not in about.column(i).path_in_schema}
    if not wrong and (row != end or max(values, default=about.num_rows) > about.num_rows):
        wrong = f"{row - first} of {max(about.num_rows, *values)} rows are there"
    if wrong:
        stored = sum(about.column(i).total_compressed_size for i in range(about.num_columns))
        lost = stored * (end - row) // max(about.num_rows, 1) if row < end else stored
        yield reject(of.file, row, "corrupt", f"row group {group}: {wrong}", lost=max(lost, 1))


def _rows(about: pq.RowGroupMetaData) -> int:
    """Rows to read at a time: few where they are large, or stored by what they share with others."""
    rows = ROWS
    for i in range(about.num_columns):
        chunk = about.column(i)
        size = max(chunk.total_uncompressed_size, 1)
        rows = min(rows, max(BYTES * chunk.num_values // size, 1))
        shared = "DELTA_BYTE_ARRAY" in chunk.encodings or any("DICTIONARY" in encoding for encoding in chunk.encodings)
        if chunk.physical_type == "BYTE_ARRAY" and _is_no_dictionary(chunk) and shared:
            rows = min(rows, max(_DICTIONARIES_BYTES // size, 1))
    return rows
