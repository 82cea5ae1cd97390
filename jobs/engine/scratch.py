"""Folders for keys on their way between processes of this machine: as Arrow files, never through a pipe."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

_PREFIX = "gristmill-keys-"


@contextmanager
def folder() -> Iterator[str]:
    """A folder that is gone afterwards. Those of runs that were killed go now."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as found:
        yield found


def _sweep(below: Path) -> None:
    for path in below.glob(f"{_PREFIX}*"):
        number = path.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdecimal() and not _alive(int(number)) and path.stat().st_uid == os.getuid():
            shutil.rmtree(path, ignore_errors=True)


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def write(path: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Bytes; 0 if there are no rows, and then no file."""
    writer = None
    try:
        for batch in batches:
            if batch.num_rows:
                writer = writer or pa.ipc.new_file(path, schema)
                writer.write_batch(batch.cast(schema))
    finally:
        if writer:
            writer.close()
    return os.path.getsize(path) if writer else 0


def read(path: str) -> Iterator[pa.RecordBatch]:
    """What was written, mapped into memory; it stays when the file goes."""
    if os.path.exists(path):
        with pa.memory_map(path) as source, pa.ipc.open_file(source) as file:
            for number in range(file.num_record_batches):
                yield file.get_batch(number)
