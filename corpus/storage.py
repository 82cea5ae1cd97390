"""Files on any `pyarrow.fs` address: read, list, and publish so that a name either is whole or is not there.

Nothing is ever renamed on an object store: `publish` spools to a local temporary file and uploads it under its final
name, which such stores do atomically. On a local disk the temporary file stands in the same folder and is moved into
place after fsync. A name may carry the digest of its own bytes (`{digest}`), so that a retried or speculative task
attempt publishes the same name with the same bytes.
"""

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

import pyarrow.fs as pafs

from corpus.errors import RecipeError

DIGEST_CHARS = 12  # of the sha256 in file names: 48 bits, against accidents; the manifest has all 256


def resolve(address: str) -> tuple[pafs.FileSystem, str]:
    """The filesystem of a path or URI, and the path on it."""
    if "://" not in address:
        return pafs.LocalFileSystem(), os.path.abspath(address)
    try:
        filesystem, path = pafs.FileSystem.from_uri(address)
    except (ValueError, OSError) as error:  # pyarrow: unknown scheme, or a host it cannot reach
        raise RecipeError(
            f"cannot open {address}: {error}; use a path or a file://, s3://, gs:// or hdfs:// URI"
        ) from error
    return filesystem, path


def is_local(address: str) -> bool:
    return isinstance(resolve(address)[0], pafs.LocalFileSystem)


def join(folder: str, *names: str) -> str:
    return "/".join([folder.rstrip("/"), *names])


class Sink:
    """A file being written: counts and digests what passes. `sha256`, `bytes` and `name` are final after `publish`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0
        self.name = ""
        self.closed = False

    def write(self, data: bytes) -> int:
        view = memoryview(data).cast("B")
        if self._file.closed:  # the block failed, and an Arrow writer that is thrown away writes its footer
            return view.nbytes
        self._file.write(view)
        self._digest.update(view)
        self.bytes += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self.bytes

    def flush(self) -> None:
        if not self._file.closed:
            self._file.flush()

    def close(self) -> None:
        """Arrow's writers close what they write to; the file itself is closed by `publish`."""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def publish(folder: str, name: str) -> Iterator[Sink]:
    """Write `<folder>/<name>`; it appears whole when the block ends well, and not at all otherwise.

    `{digest}` in the name stands for the first digits of the sha256 of the bytes.
    """
    filesystem, path = resolve(folder)
    filesystem.create_dir(path, recursive=True)
    local = isinstance(filesystem, pafs.LocalFileSystem)
    scratch = os.path.join(path, f".{uuid.uuid4().hex}.tmp") if local else tempfile.mkstemp(suffix=".gristmill")[1]
    try:
        with open(scratch, "wb") as file:
            sink = Sink(file)
            yield sink
            file.flush()
            os.fsync(file.fileno())
        sink.name = name.replace("{digest}", sink.sha256[:DIGEST_CHARS])
        target = f"{path}/{sink.name}"
        if local:
            os.replace(scratch, target)
        else:
            with open(scratch, "rb") as spool, filesystem.open_output_stream(target) as upload:
                shutil.copyfileobj(spool, upload, 1 << 20)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(scratch)


def publish_bytes(folder: str, name: str, data: bytes) -> None:
    with publish(folder, name) as sink:
        sink.write(data)


def read_bytes(address: str) -> bytes | None:
    """The whole of a small file, or None if there is none."""
    filesystem, path = resolve(address)
    try:
        with filesystem.open_input_stream(path) as stream:
            return bytes(stream.read())
    except FileNotFoundError:
        return None


def list_names(folder: str) -> dict[str, int]:
    """Sizes of the files directly in a folder, by name, sorted; empty if the folder is not there."""
    filesystem, path = resolve(folder)
    found = filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True))
    return {info.base_name: info.size for info in sorted(found, key=lambda i: str(i.base_name)) if info.is_file}


def list_folders(folder: str) -> list[str]:
    """Names of the folders directly in a folder, sorted; none if it is not there."""
    filesystem, path = resolve(folder)
    found = filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True))
    return sorted(str(info.base_name) for info in found if info.type == pafs.FileType.Directory)


def holds_anything(folder: str) -> bool:
    """Whether the folder is there and has a file or a folder in it."""
    filesystem, path = resolve(folder)
    return bool(filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True)))


def remove(folder: str) -> None:
    """Delete a folder and all that is in it, if it is there."""
    filesystem, path = resolve(folder)
    if filesystem.get_file_info(path).type == pafs.FileType.Directory:
        filesystem.delete_dir(path)


def sweep(folder: str) -> None:
    """Delete what killed writers left below a local folder. Only for a folder that nobody else writes to now."""
    filesystem, path = resolve(folder)
    if isinstance(filesystem, pafs.LocalFileSystem):
        for info in filesystem.get_file_info(pafs.FileSelector(path, recursive=True, allow_not_found=True)):
            if info.is_file and info.base_name.startswith(".") and info.base_name.endswith(".tmp"):
                with suppress(FileNotFoundError):  # an orphan of the killed run may finish it meanwhile
                    os.unlink(info.path)
