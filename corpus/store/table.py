"""Tables of numbered Parquet parts: written part by part, read batch by batch, never held whole.

A part's row groups are bounded by bytes of text, and a row group is a batch, so the memory of whoever reads is bounded
whatever the length of a part.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.store import cores, entries, footers, manifest, storage
from corpus.store.arrow_errors import DAMAGED, first_line, of_system
from corpus.store.manifest import FileEntry, Manifest

BATCH_BYTES = 16 << 20  # of text in a row group: every kernel's scratch stays far below the 1.5 GB of a worker
BATCH_ROWS = 1 << 16  # so that narrow tables have row groups too
ZSTD_LEVEL = 3  # zstd's own default: 109 MB/s on this kind of text; level 9 saves 6 % at a quarter of that


class PartWriter:
    """Batches into one Parquet file, a row group a batch."""

    def __init__(self, sink: storage.Sink, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows = 0
        self._writer = pq.ParquetWriter(
            storage.arrow_file(sink),
            schema,
            compression="zstd",
            compression_level=ZSTD_LEVEL,
            write_statistics=False,
            write_page_checksum=True,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises DataError if a column that may not be null holds one: a gap must not pass for a value."""
        for field in self.schema:
            if not field.nullable and batch.column(field.name).null_count:
                raise DataError(
                    f"column {field.name!r} would be written with nulls; this is a defect, please report it"
                )
        if batch.num_rows:
            self._writer.write_batch(batch.cast(self.schema), row_group_size=max(batch.num_rows, 1))
            self.rows += batch.num_rows

    def close(self) -> None:
        self._writer.close()


@dataclass
class Written:
    """Filled in when the part is published."""

    entry: FileEntry | None = None

    def result(self) -> FileEntry:
        if self.entry is None:
            raise DataError("the part was not published; this is a defect, please report it")
        return self.entry


@contextmanager
def write_part(folder: str, table: str, label: str, schema: pa.Schema) -> Iterator[tuple[PartWriter, Written]]:
    """Write `<folder>/<table>/<label>-<digest>.parquet`; the second value has its entry after the block."""
    written = Written()
    with storage.publish(storage.join(folder, table), f"{label}-{{digest}}.parquet") as sink:
        writer = PartWriter(sink, schema)
        yield writer, written
        writer.close()
    written.entry = FileEntry(name=sink.name, rows=writer.rows, bytes=sink.bytes, sha256=sink.sha256)


def write_whole(folder: str, table: str, label: str, batches: pa.Table | pa.RecordBatch) -> FileEntry:
    """A part that is at hand already, in row groups of BATCH_ROWS."""
    with write_part(folder, table, label, batches.schema) as (writer, written):
        for batch in pa.table(batches).to_batches(max_chunksize=BATCH_ROWS):
            writer.write(batch)
    return written.result()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a finished stage. Picklable: it is a folder, and names of files or digests of pages of these."""

    folder: str
    name: str
    files: Sequence[FileEntry]

    @property
    def parts(self) -> int:
        return len(self.files)

    @property
    def rows(self) -> int:
        return entries.rows(self.files)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return entries.size(self.files)

    def rows_by_part(self) -> np.ndarray:
        """int64."""
        return entries.rows_by_part(self.files)

    def open(self, part: int) -> pq.ParquetFile:
        """Raises DataError if the file is missing, or is not the one that the manifest names."""
        entry = self.files[part]
        address = storage.join(self.folder, self.name, entry.name)
        filesystem, path = storage.resolve(address)
        try:
            opened = filesystem.open_input_file(path)
        except FileNotFoundError:
            opened = None
        if opened is None or opened.size() != entry.bytes:
            raise DataError(
                f"{address} is missing or has another size than its manifest says: delete {self.folder} and run again"
            )
        try:
            file = pq.ParquetFile(opened, page_checksum_verification=True)
            footers.check(file)
        except DAMAGED as error:
            raise self._damaged(part, error) from error
        if file.metadata.num_rows != entry.rows:
            raise DataError(
                f"{address} has {file.metadata.num_rows} rows, its manifest says {entry.rows}: "
                f"delete {self.folder} and run again"
            )
        return file

    def batches(self, part: int, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Row groups in order, each one batch."""
        for group in self.groups(part):
            yield group.read(columns)

    def groups(self, part: int, share: int = 0, of: int = 1) -> Iterator["Group"]:
        """Row groups in order, not read yet; those of one of `of` shares, which are about as large."""
        with self.open(part) as file:
            count, first = file.num_row_groups, 0
            for number in range(count):
                rows = file.metadata.row_group(number).num_rows
                if count * share // of <= number < count * (share + 1) // of:
                    yield Group(table=self, part=part, file=file, number=number, first=first, rows=rows)
                first += rows

    def read(self, part: int, columns: Sequence[str] | None = None) -> pa.Table:
        """A whole part: for narrow columns."""
        with self.open(part) as file:
            groups = [self.group(part, file, group, columns) for group in range(file.num_row_groups)]
            return pa.concat_tables(groups) if groups else file.read(columns=_listed(columns))

    def each(self, columns: Sequence[str]) -> Generator[pa.Table, None, None]:
        """Narrow columns of every part, in order; several are read at once."""
        threads = cores.usable() if storage.is_local(self.folder) else entries.READERS
        yield from entries.ahead(lambda part: self.read(part, columns), range(self.parts), threads)

    def take(self, part: int, rows: Sequence[int], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Some rows (ascending) of a part, a batch for each row group that holds any; the other groups are not read."""
        with self.open(part) as file:
            first = 0
            for group in range(file.num_row_groups):
                count = file.metadata.row_group(group).num_rows
                wanted = [row - first for row in rows if first <= row < first + count]
                if wanted:
                    yield one_batch(self.group(part, file, group, columns).take(wanted))
                first += count

    def group(self, part: int, file: pq.ParquetFile, group: int, columns: Sequence[str] | None) -> pa.Table:
        """One row group of an opened part. Raises DataError for bytes that are not those that were written."""
        try:
            return file.read_row_group(group, columns=_listed(columns), use_threads=False)
        except DAMAGED as error:
            raise self._damaged(part, error) from error

    def _damaged(self, part: int, error: Exception) -> Exception:
        if of_system(error):
            return error
        address = storage.join(self.folder, self.name, self.files[part].name)
        why = first_line(error)
        return DataError(f"{address} is damaged ({why}): delete {self.folder} and run again")


@dataclass(frozen=True, kw_only=True)
class Group:
    """A row group of a part that is open."""

    table: Table
    part: int
    file: pq.ParquetFile
    number: int
    first: int  # row of the part
    rows: int

    def read(self, columns: Sequence[str] | None = None) -> pa.RecordBatch:
        """Raises DataError for bytes that are not those that were written."""
        return one_batch(self.table.group(self.part, self.file, self.number, columns))


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table's rows as one record batch. Raises ArrowInvalid over 2 GiB of text, which BATCH_BYTES rules out."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def of(folder: str, name: str, known: Manifest | None = None) -> Table:
    """The table of a finished stage. Raises DataError if the stage is not finished."""
    found = known or manifest.load(folder)
    if found is None:
        raise DataError(f"{folder} has no {manifest.MANIFEST}: run the recipe first")
    return Table(folder=folder, name=name, files=found.tables.get(name, ()))


def _listed(columns: Sequence[str] | None) -> list[str] | None:
    return None if columns is None else list(columns)
