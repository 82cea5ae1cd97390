"""Input files read as they were digested: what passes is held, block by block, against sums that were taken then.

A fingerprint speaks of the bytes that were digested. A file that is replaced afterwards would give other documents
under it, and whoever has the true file later would reuse them. So with the sha256 of a file goes the XXH3 of each of
its blocks, and every read of it, random access included, is of whole blocks that are compared before anyone sees them.
A file of one block has its sha256 for that.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import IOBase
from typing import Final, cast

import pyarrow as pa
import pyarrow.fs as pafs
import xxhash

from corpus.errors import DataError, RecipeError
from corpus.store import addresses, storage

BLOCK: Final = 1 << 20  # bytes; 8 bytes of sums for each: 13 MB for 1.6 TB
_SUM: Final = 8
_KEPT_BYTES: Final = 4 << 20  # what was read last is kept for small reads, unless it is larger
_SUFFIX: Final = ".xxh3"


@dataclass(frozen=True, kw_only=True)
class Digest:
    """Of a file: sha256 in hex, and sums of its blocks; none for a file of one block."""

    sha256: str
    sums: bytes


@dataclass(frozen=True, kw_only=True)
class Original:
    """A file as it was when it was digested. `sums`: those of its blocks, or the folder where they lie; without sha256
    nothing is compared."""

    address: str
    size: int
    sha256: str = ""
    sums: bytes | str = b""

    def open(self) -> pa.NativeFile:
        """For reading anywhere in it. What is read raises RecipeError where it is not what was digested."""
        return pa.PythonFile(cast(IOBase, _Reader(self)), mode="r")


def digest(address: str, size: int) -> Digest:
    """Read a file once. Raises OSError if it cannot be read, RecipeError if it has not `size` bytes."""
    filesystem, path = storage.resolve(address)
    whole = hashlib.sha256()
    sums = []
    passed = 0
    with filesystem.open_input_stream(path, compression=None) as stream:  # by default Arrow unpacks .gz and .zst
        for block in _blocks(stream):
            whole.update(block)
            sums.append(xxhash.xxh3_64_digest(block))
            passed += len(block)
    if passed != size:
        raise RecipeError(
            f"{address} had {size:,} bytes when it was listed and {passed:,} when it was read: let it rest, run again"
        )
    return Digest(sha256=whole.hexdigest(), sums=b"".join(sums) if size > BLOCK else b"")


def _blocks(stream: pa.NativeFile) -> Iterator[bytes]:
    """Of BLOCK bytes each but the last: a store may return any number of bytes."""
    rest = b""
    while more := stream.read(BLOCK - len(rest)):
        rest += more
        if len(rest) == BLOCK:
            yield rest
            rest = b""
    if rest:
        yield rest


def keep(folder: str, found: Digest) -> None:
    """Publish the sums of a file of several blocks, by its sha256."""
    if found.sums:
        storage.publish_bytes(folder, found.sha256 + _SUFFIX, found.sums + xxhash.xxh3_64_digest(found.sums))


def kept(folder: str) -> set[str]:
    """Digests of the files whose sums are in a folder."""
    return {name.removesuffix(_SUFFIX) for name in storage.list_names(folder) if name.endswith(_SUFFIX)}


@lru_cache(maxsize=16)  # a task reads few files, and each of them in several ways
def _sums(folder: str, sha256: str, size: int) -> bytes:
    address = storage.join(folder, sha256 + _SUFFIX)
    found = storage.read_bytes(address)
    if found is None:
        raise DataError(f"{address} is missing, by which an input is checked: run the same command again")
    sums, own = found[:-_SUM], found[-_SUM:]
    if xxhash.xxh3_64_digest(sums) != own or len(sums) != _SUM * -(-size // BLOCK):
        raise DataError(f"{address} is damaged, by which an input is checked: delete it and run again")
    return sums


class _Reader:
    """What Arrow asks of a file object, over whole blocks that are compared."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._sums = original.sums
        if isinstance(self._sums, str):
            several = original.size > BLOCK
            self._sums = _sums(self._sums, original.sha256, original.size) if several else b""
        self._filesystem, self._path = storage.resolve(original.address)
        self._random = isinstance(self._filesystem, pafs.LocalFileSystem)
        self._file = self._opened()
        self._at = 0  # of the file below
        self._place = 0
        self._first, self._held = 0, memoryview(b"")  # what was read last, and where it begins
        self.closed = False

    def read(self, size: int = -1) -> bytes | memoryview:
        """Up to `size` bytes, fewer only at the end."""
        last = self._original.size if size < 0 else min(self._place + size, self._original.size)
        pieces = []
        while self._place < last:
            begun = self._place - self._first
            if not 0 <= begun < len(self._held):
                self._fetch(last)
                continue
            piece = self._held[begun : begun + last - self._place]
            pieces.append(piece)
            self._place += len(piece)
        if len(self._held) > _KEPT_BYTES:
            self._held = memoryview(b"")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _fetch(self, last: int) -> None:
        """The whole blocks from the place on up to `last`."""
        first = self._place // BLOCK * BLOCK
        end = min(-(-last // BLOCK) * BLOCK, self._original.size)
        if first != self._at:
            if not self._random:  # an object store gives a stream in one request
                self._file.close()
                self._random = True
                self._file = self._opened()
            self._file.seek(first)
        blocks = []
        missing = end - first
        while missing and (block := self._file.read_buffer(missing)).size:
            blocks.append(block)
            missing -= block.size
        self._at = end - missing
        found = memoryview(blocks[0]) if len(blocks) == 1 else memoryview(b"".join(map(memoryview, blocks)))
        if missing:
            raise self._changed(end - missing, end)
        if self._original.sha256:
            self._compare(first, found)
        self._first, self._held = first, found

    def _opened(self) -> pa.NativeFile:
        if self._random:
            return self._filesystem.open_input_file(self._path)
        return self._filesystem.open_input_stream(self._path, compression=None)

    def _compare(self, first: int, found: memoryview) -> None:
        if not self._sums:
            if hashlib.sha256(found).hexdigest() != self._original.sha256:
                raise self._changed(0, self._original.size)
            return
        for start in range(0, len(found), BLOCK):
            number = (first + start) // BLOCK * _SUM
            block = found[start : start + BLOCK]
            if xxhash.xxh3_64_digest(block) != self._sums[number : number + _SUM]:
                raise self._changed(first + start, first + start + len(block))

    def _changed(self, first: int, last: int) -> RecipeError:
        return RecipeError(
            f"{addresses.shown(self._original.address)} is not what was digested: its bytes {first:,} to {last:,} are "
            "others; it changed under this run: let it rest and run again"
        )

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset + (0, self._place, self._original.size)[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        self.closed = True

    def flush(self) -> None:
        """Nothing is written."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False
