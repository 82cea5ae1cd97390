"""Folders for keys on their way between processes of this machine: as Arrow files, never through a pipe."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

_PREFIX = "gristmill-keys-"
_LOCK = "lock"  # held by whoever made the folder, for as long as it lives


@contextmanager
def folder() -> Iterator[str]:
    """A folder that is gone afterwards. Those of runs that were killed go now."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as found:
        lock = os.open(os.path.join(found, "unlocked"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.rename(os.path.join(found, "unlocked"), os.path.join(found, _LOCK))  # nobody finds it unlocked
            yield found
        finally:
            os.close(lock)


def _sweep(below: Path) -> None:
    """A process number would not do: in another container it is another process's."""
    for lock in below.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            with lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent)
        except OSError:  # in use, or another user's
            continue


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Rows by part, a file each, for as long as their folder lasts."""

    folder: str
    filled: frozenset[int]  # parts that have rows

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        """Those of a part, mapped into memory; they stay when the file goes. Raises OSError if it has gone before."""
        if part in self.filled:
            with pa.memory_map(_path(self.folder, part)) as source, pa.ipc.open_file(source) as file:
                for number in range(file.num_record_batches):
                    yield file.get_batch(number)


def parts(folder: str, sizes: Mapping[int, int]) -> Parts:
    """Those that `write` wrote, by the bytes that it gave."""
    return Parts(folder=folder, filled=frozenset(part for part, size in sizes.items() if size))


def write(folder: str, part: int, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Bytes; 0 if there are no rows, and then no file."""
    path = _path(folder, part)
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


def _path(folder: str, part: int) -> str:
    return os.path.join(folder, f"part-{part:06d}.arrow")
