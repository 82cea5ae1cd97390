"""Files on any `pyarrow.fs` address: read, list, and publish so that a name either is whole or is not there.

Nothing is ever renamed on an object store: `publish` spools to an unnamed local temporary file and uploads it under
its final name, which such stores do atomically. On a local disk the temporary file stands in the same folder, locked as
long as its writer lives, and is moved into place after fsync. A name may carry the digest of its own bytes
(`{digest}`), so that a retried or speculative task attempt publishes the same name with the same bytes.
"""

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import IOBase
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.fs as pafs

from corpus.errors import RecipeError
from corpus.store import addresses
from corpus.store.addresses import extended, join, parted

__all__ = ["extended", "join", "parted"]

_SCRATCH = re.compile(r"\.[0-9a-f]{32}\.tmp")
_COMPLETED_BY_CLOSE = ("s3", "gcs", "abfs")
# Folders of object stores that this process has made: to make one there is a request for each name in its path, five of
# eight that a small file costs.
_made: set[str] = set()
DIGEST_CHARS = 12  # of the sha256 in file names: 48 bits, against accidents; the manifest has all 256


def resolve(address: str) -> tuple[pafs.FileSystem, str]:
    """The filesystem of a path or URI, and the path on it."""
    if "://" not in address:
        return pafs.LocalFileSystem(), os.path.abspath(address)
    try:
        return addresses.opened(address)
    except (ValueError, OSError) as error:  # pyarrow: unknown scheme, or a host it cannot reach
        why = addresses.reason(error) or "use a path or a file://, s3://, gs://, hdfs:// or hf:// URI"
        raise RecipeError(f"cannot open {addresses.shown(address)}: {why} ({_line(error)})") from error


def is_local(address: str) -> bool:
    return isinstance(resolve(address)[0], pafs.LocalFileSystem)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


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

    def name_by(self, pattern: str) -> None:
        """Take the name that the bytes give: `{digest}` stands for the first digits of their sha256."""
        self.name = pattern.replace("{digest}", self.sha256[:DIGEST_CHARS])

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def arrow_file(sink: Sink) -> pa.PythonFile:
    """A sink as Arrow's writers take it: PyArrow asks of a file what `Sink` has, its stubs for an io.IOBase."""
    return pa.PythonFile(cast(IOBase, sink), mode="w")


@contextmanager
def publish(folder: str, name: str) -> Iterator[Sink]:
    """Write `<folder>/<name>`; it appears whole when the block ends well, and not at all otherwise.

    `{digest}` in the name stands for the first digits of the sha256 of the bytes.
    """
    filesystem, path = resolve(folder)
    if folder not in _made:
        make_folder(folder)
    if not isinstance(filesystem, pafs.LocalFileSystem):
        if "://" in folder:
            _made.add(folder)
        with tempfile.TemporaryFile() as spool:
            sink = Sink(spool)
            yield sink
            sink.name_by(name)
            spool.seek(0)
            _upload(spool, sink.bytes, filesystem, f"{path}/{sink.name}")
        return
    scratch = os.path.join(path, f".{uuid.uuid4().hex}.tmp")
    try:
        with _locked(scratch, os.stat(path).st_mode & 0o666) as file:
            sink = Sink(file)
            yield sink
            file.flush()
            os.fsync(file.fileno())
        sink.name_by(name)
        os.replace(scratch, f"{path}/{sink.name}")
    finally:
        with suppress(FileNotFoundError):
            os.unlink(scratch)


@contextmanager
def _locked(path: str, rights: int) -> Iterator[BinaryIO]:
    """A new file, locked until its writer closes it or dies."""
    while True:
        with open(path, "wb", opener=lambda name, flags: os.open(name, flags, rights)) as file:
            with suppress(OSError):  # a filesystem without locks
                fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:  # else `sweep` came between the two
                yield file
                return


def _upload(spool: BinaryIO, size: int, filesystem: pafs.FileSystem, path: str) -> None:
    """All `size` bytes of a spool, or nothing."""
    with ExitStack() as undo:
        upload = filesystem.open_output_stream(path, compression=None)
        if filesystem.type_name in _COMPLETED_BY_CLOSE:
            undo.callback(_abandon, upload)
        else:
            undo.callback(_undo, upload, size, filesystem, path)
        shutil.copyfileobj(spool, upload, 1 << 20)
        upload.close()
        undo.pop_all()


def _abandon(upload: pa.NativeFile) -> None:
    """Never close it: there is no object until it is closed, and pyarrow 26 has no way to abort. One more reference, so
    that it is not closed by being thrown away either; stores drop what is never completed, as their rules say."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(upload))


def _undo(upload: pa.NativeFile, size: int, filesystem: pafs.FileSystem, path: str) -> None:
    """Delete what came to be shorter, of a filesystem that shows files while they are written. What has the whole size
    is of another attempt at the same task, and stays."""
    with suppress(OSError):  # a store that is gone has raised already, and an object without its end is not completed
        upload.close()
    with suppress(OSError):
        found = filesystem.get_file_info(path)
        if found.is_file and found.size < size:
            filesystem.delete_file(path)


def publish_bytes(folder: str, name: str, data: bytes) -> None:
    with publish(folder, name) as sink:
        sink.write(data)


def link(address: str, folder: str, name: str) -> None:
    """Let a file that is never changed stand at `<folder>/<name>` too: by a hard link on a local disk, by a copy that
    an object store makes itself, and else by a copy. What stands there already stays."""
    filesystem, path = resolve(address)
    make_folder(folder)
    other, place = resolve(join(folder, name))
    local = isinstance(filesystem, pafs.LocalFileSystem)
    if other.get_file_info(place).is_file:
        return
    try:
        if local:
            os.link(path, place)
        else:
            filesystem.copy_file(path, place)
    except FileExistsError:  # another attempt
        pass
    except (OSError, NotImplementedError):  # no links on this disk, or none more; a filesystem that copies nothing
        with filesystem.open_input_stream(path, compression=None) as source, publish(folder, name) as sink:
            while data := source.read(1 << 20):
                sink.write(data)


def read_bytes(address: str) -> bytes | None:
    """The whole of a small file, or None if there is none."""
    filesystem, path = resolve(address)
    try:
        with filesystem.open_input_stream(path, compression=None) as stream:
            return bytes(stream.read())
    except FileNotFoundError:
        return None


def list_names(folder: str) -> dict[str, int]:
    """Sizes of the files directly in a folder, by name, sorted; empty if the folder is not there."""
    filesystem, path = resolve(folder)
    found = filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True))
    return {info.base_name: info.size for info in sorted(found, key=lambda i: str(i.base_name)) if info.is_file}


def sizes(folder: str) -> dict[str, int]:
    """Sizes of the files in a folder and below it, by their paths within it, sorted; empty if it is not there."""
    filesystem, path = resolve(folder)
    found = filesystem.get_file_info(pafs.FileSelector(path, recursive=True, allow_not_found=True))
    cut = len(path.rstrip("/")) + 1
    return {info.path[cut:]: info.size for info in sorted(found, key=lambda i: str(i.path)) if info.is_file}


def list_folders(folder: str) -> list[str]:
    """Names of the folders directly in a folder, sorted; none if it is not there."""
    filesystem, path = resolve(folder)
    found = filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True))
    return sorted(str(info.base_name) for info in found if info.type == pafs.FileType.Directory)


def holds_anything(folder: str) -> bool:
    """Whether the folder is there and has a file or a folder in it."""
    filesystem, path = resolve(folder)
    return bool(filesystem.get_file_info(pafs.FileSelector(path, allow_not_found=True)))


def make_folder(folder: str, *, private: bool = False) -> None:
    """And those above it. On a local disk folders and files have the rights of the folder that they are made in, as far
    as umask lets them; `private`: one that is not there yet is for its owner and group alone."""
    filesystem, path = resolve(folder)
    if not isinstance(filesystem, pafs.LocalFileSystem):
        filesystem.create_dir(path, recursive=True)
        return
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for number, name in enumerate(reversed(missing), 1):
        rights = 0o750 if private and number == len(missing) else os.stat(os.path.dirname(name)).st_mode & 0o777
        with suppress(FileExistsError):
            os.mkdir(name, rights | 0o700)


def remove(folder: str) -> None:
    """Delete a folder and all that is in it, if it is there."""
    filesystem, path = resolve(folder)
    _made.clear()
    if filesystem.get_file_info(path).type == pafs.FileType.Directory:
        filesystem.delete_dir(path)


def remove_file(address: str) -> None:
    """Delete a file, if it is there."""
    filesystem, path = resolve(address)
    with suppress(FileNotFoundError):
        filesystem.delete_file(path)


def is_scratch(name: str) -> bool:
    """Whether a file's name is one that `publish` gives to what is not whole yet."""
    return _SCRATCH.fullmatch(name) is not None


def sweep(folder: str, *, below: bool = True) -> None:
    """Delete what killed writers left in a local folder, and `below` it. Only for one that no other run works in: its
    writers are known by their locks, which some filesystems keep for one machine alone or not at all."""
    filesystem, path = resolve(folder)
    if isinstance(filesystem, pafs.LocalFileSystem):
        for info in filesystem.get_file_info(pafs.FileSelector(path, recursive=below, allow_not_found=True)):
            if info.is_file and is_scratch(str(info.base_name)):
                with suppress(FileNotFoundError, PermissionError, BlockingIOError):  # finished, or its writer lives
                    _delete_unlocked(info.path)


def _delete_unlocked(path: str) -> None:
    """Raises BlockingIOError for a file that is locked."""
    with open(path, "r+b") as file:  # to lock it alone NFS asks for the right to write
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a filesystem without locks
            pass
        os.unlink(path)
