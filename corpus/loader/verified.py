"""Digests of files that are read again and again: taken once, and remembered until a file changes.

A record is an empty file below the user's cache. Its name is a digest of path, inode, size, both times of the file and
its sha256: it says that the file, as it stands there, was read and had that sha256. Ranks of one machine start at once:
whoever finds no record locks it, so that one reads a file and the others wait for it.
"""

import fcntl
import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import orjson

from corpus.errors import DataError
from corpus.store.cores import usable
from filters import own_folders

_KNOWN: set[str] = set()  # records of this process


def verify(digests: Mapping[str, str]) -> None:
    """Hold files (local paths) against their sha256. Raises DataError for the first that differs."""
    folder = _records()
    unknown = [path for path, sha256 in digests.items() if not _remembered(folder, _record(path, sha256))]
    if not unknown:
        return
    if folder is None:
        warnings.warn(
            f"{own_folders.home_folder() or 'no home'}: no folder of this user's alone that can be written, so each "
            f"process reads {len(unknown)} files for their digests; set XDG_CACHE_HOME to one",
            stacklevel=4,
        )
    with ThreadPoolExecutor(min(usable(), 8)) as pool:
        list(pool.map(lambda path: _read(folder, path, digests[path]), unknown))


def _read(folder: Path | None, path: str, sha256: str) -> None:
    record = _record(path, sha256)
    with _locked(folder, record):
        if _remembered(folder, record):
            return
        try:
            with open(path, "rb") as data:
                found = hashlib.file_digest(data, "sha256").hexdigest()
        except OSError as error:
            raise DataError(f"{path} cannot be read ({error.strerror}): copy it again") from error
        if found != sha256:
            raise DataError(f"{path} has sha256 {found}, its manifest says {sha256}: copy it again")
        if _record(path, sha256) != record:
            raise DataError(f"{path} was changed while it was read: let nothing write to it, and start again")
        _KNOWN.add(record)
        if folder is not None:
            with suppress(OSError):  # a full disk costs the next process the time to read it again
                (folder / record).touch(mode=0o600)


def _remembered(folder: Path | None, record: str) -> bool:
    return record in _KNOWN or (folder is not None and (folder / record).exists())


def _record(path: str, sha256: str) -> str:
    found = os.stat(path)
    known = [os.path.realpath(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, sha256]
    return hashlib.blake2b(orjson.dumps(known), digest_size=20).hexdigest()


def _records() -> Path | None:
    """The folder of records; None where it cannot be made, or where others could write what is believed here."""
    home = own_folders.home_folder()
    folder = home / "digests" if home else None
    return folder if folder and own_folders.is_ours(folder) else None


@contextmanager
def _locked(folder: Path | None, record: str) -> Iterator[None]:
    """Without a lock where none can be had: then several processes read the file."""
    with ExitStack() as stack:
        if folder is not None:
            with suppress(OSError):
                lock = folder / f"{record}.lock"
                held = stack.enter_context(lock.open("w"))
                fcntl.flock(held, fcntl.LOCK_EX)
                stack.callback(lock.unlink, missing_ok=True)  # whoever waits finds the record, or reads the file too
        yield
