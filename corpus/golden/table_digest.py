"""What the tables of a finished stage hold, as digests: rows of Parquet and Arrow, bytes of other files."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa

from corpus.errors import DataError
from corpus.golden.row_digest import Content, digest_of
from corpus.store import storage
from corpus.store.manifest import FileEntry, Manifest
from corpus.store.table import Table

_FILE_MAGIC = b"ARROW1"  # how an IPC file begins; a stream does not


def of_stage(folder: str, manifest: Manifest, marks: Mapping[str, str]) -> dict[str, str]:
    """A digest for each table of a finished stage, of all its parts in order.

    Of Parquet and Arrow parts their rows count, wherever parts begin and whatever they are called; of other files their
    bytes, but for fingerprints of stages that stand in what people read: `marks` has them by name. Raises DataError for
    a part that is missing or damaged.
    """
    return {name: _of_table(folder, name, entries, marks) for name, entries in sorted(manifest.tables.items())}


def _of_table(folder: str, name: str, entries: Sequence[FileEntry], marks: Mapping[str, str]) -> str:
    """Parts of the same columns in a row are digested as one run of rows."""
    runs: list[Content | list[str]] = []
    for entry in entries:
        if not entry.name.endswith((".parquet", ".arrow")):
            sha256 = _unmarked(storage.join(folder, name, entry.name), marks) if _is_said(entry) else entry.sha256
            runs.append([entry.name, sha256])
            continue
        with _opened(folder, name, entry) as (schema, batches):
            last = runs[-1] if runs else None
            if not isinstance(last, Content) or not last.takes(schema):
                last = Content(schema)
                runs.append(last)
            for batch in batches:
                last.add(batch)
    return digest_of([run.hexdigest() if isinstance(run, Content) else run for run in runs])


def _is_said(entry: FileEntry) -> bool:
    return entry.name.endswith((".json", ".html", ".csv"))


def _unmarked(address: str, marks: Mapping[str, str]) -> str:
    """sha256 of a file in which each fingerprint is the name of its stage."""
    data = storage.read_bytes(address)
    if data is None:
        raise DataError(f"{address} is missing: delete the folder of its stage and run again")
    for stage, mark in marks.items():
        data = data.replace(mark.encode(), stage.encode())
    return hashlib.sha256(data).hexdigest()


@contextmanager
def _opened(folder: str, name: str, entry: FileEntry) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    if entry.name.endswith(".parquet"):
        table = Table(folder=folder, name=name, files=(entry,))
        with table.open(0) as file:
            schema = file.schema_arrow
        yield schema, table.batches(0)
        return
    address = storage.join(folder, name, entry.name)
    filesystem, path = storage.resolve(address)
    try:
        with filesystem.open_input_file(path) as source:
            magic = source.read(len(_FILE_MAGIC))
            source.seek(0)
            reader = pa.ipc.open_file(source) if magic == _FILE_MAGIC else pa.ipc.open_stream(source)
            yield reader.schema, _read(reader)
    except (FileNotFoundError, pa.ArrowInvalid) as error:
        why = str(error).splitlines()[0]
        raise DataError(f"{address} is missing or damaged ({why}): delete {folder} and run again") from error


def _read(reader: pa.RecordBatchReader | pa.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchFileReader):
        return (reader.get_batch(i) for i in range(reader.num_record_batches))
    return iter(reader)
