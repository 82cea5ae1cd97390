"""Row groups of Parquet in batches of bounded memory."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.readers import parquet_footer
from corpus.readers.columns import BROKEN, BYTES, ROWS, Batch, checked, first_line, misnamed, raise_system, wanted
from corpus.readers.parquet_footer import Chunk, Groups
from corpus.sources.inventory import Slice
from corpus.sources.record import Reject, reject
from corpus.sources.source import Source
from corpus.store import footers

_DICTIONARIES_BYTES = 512 << 20  # that ROWS rows may make of one dictionary; writers end theirs at 1 or 2 MB
_BUFFER = 1 << 20  # read of a column chunk at a time, instead of the whole of it


def batches(opened: pa.NativeFile, piece: Slice, source: Source) -> Iterator[Batch | Reject]:
    """The rows of the slice's row groups. Raises RecipeError for a file that is none, or lacks the columns."""
    try:
        whole = pq.ParquetFile(opened)
        # Dictionaries stay what they are: a page may say "the value before, again" at the cost of a bit.
        chunks = parquet_footer.groups(opened, whole.metadata)
        kept = _with_dictionaries(chunks, opened)
        file = pq.ParquetFile(
            opened,
            metadata=whole.metadata,
            read_dictionary=kept,
            buffer_size=_BUFFER,
            page_checksum_verification=True,
        )
        names = whole.schema_arrow.names
        counts = footers.rows(whole.metadata)
    except (*BROKEN, LookupError, ValueError) as error:
        raise_system(error)
        raise misnamed(piece.file, error) from error
    columns = wanted(names, piece.file, source)
    stop = len(counts) if piece.stop < 0 else piece.stop
    for group in range(piece.start, stop):
        yield from _row_group(file, _Group(group, sum(counts[:group]), counts[group], chunks[group]), columns, piece)


class _Group(NamedTuple):
    """A row group: its number, that of its first row, its rows and its chunks."""

    number: int
    first: int
    rows: int
    chunks: Sequence[Chunk]


def _with_dictionaries(groups: Groups, opened: pa.NativeFile) -> list[str]:
    """Paths of the columns of bytes whose dictionaries are so large that rows which point at them could fill memory;
    but for those that cannot be read as dictionaries."""
    found: dict[str, int] = {}
    refused = set()
    for chunk in (chunk for chunks in groups for chunk in chunks):
        if chunk.kind == parquet_footer.BYTE_ARRAY:
            found[chunk.path] = max(found.get(chunk.path, 0), _dictionary_bytes(chunk, opened))
            if _is_no_dictionary(chunk):
                refused.add(chunk.path)
    return [path for path, size in found.items() if size * ROWS > _DICTIONARIES_BYTES and path not in refused]


def _is_no_dictionary(chunk: Chunk) -> bool:
    """Whether Arrow cannot read a chunk as a dictionary: it is in a struct, or in an encoding of differences."""
    return "." in chunk.path or bool(chunk.encodings & parquet_footer.DELTAS)


def _dictionary_bytes(chunk: Chunk, opened: pa.NativeFile) -> int:
    """Of a column chunk's dictionary, unpacked."""
    if not chunk.encodings & parquet_footer.DICTIONARIES:
        return 0
    if 0 < chunk.dictionary_at < opened.size():
        opened.seek(chunk.dictionary_at)
        size = parquet_footer.page_bytes(opened.read(16))
        if size is not None:
            return size
    return chunk.unpacked


def _row_group(file: pq.ParquetFile, group: _Group, columns: list[str], of: Slice) -> Iterator[Batch | Reject]:
    row, end = group.first, group.first + group.rows
    wrong = ""
    try:
        for batch in file.iter_batches(
            _rows(group.chunks), row_groups=[group.number], columns=columns, use_threads=False
        ):
            yield Batch(first=row, columns=checked(batch))
            row += batch.num_rows
    except BROKEN as error:
        raise_system(error)
        wrong = first_line(error)
    values = {chunk.values for chunk in group.chunks if "." not in chunk.path}
    if not wrong and (row != end or max(values, default=group.rows) > group.rows):
        wrong = f"{row - group.first} of {max(group.rows, *values)} rows are there"
    if wrong:
        stored = min(sum(max(chunk.stored, 0) for chunk in group.chunks), of.file.size)
        lost = stored * (end - row) // max(group.rows, 1) if row < end else stored
        yield reject(of.file.file, row, "corrupt", f"row group {group.number}: {wrong}", lost=max(lost, 1))


def _rows(chunks: Sequence[Chunk]) -> int:
    """Rows to read at a time: few where they are large, or stored by what they share with others."""
    rows = ROWS
    for chunk in chunks:
        size = max(chunk.unpacked, 1)
        rows = min(rows, max(BYTES * chunk.values // size, 1))
        shared = chunk.encodings & (parquet_footer.DICTIONARIES | {parquet_footer.DELTA_BYTE_ARRAY})
        if chunk.kind == parquet_footer.BYTE_ARRAY and _is_no_dictionary(chunk) and shared:
            rows = min(rows, max(_DICTIONARIES_BYTES // size, 1))
    return rows
