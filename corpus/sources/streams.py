"""Bytes of a file, decompressed piece by piece: bounded whatever a file unpacks to, and aware of how it ended."""

import zlib
from collections.abc import Iterator

import pyarrow as pa
import zstandard

from corpus.errors import RecipeError
from corpus.sources.inventory import SourceFile
from corpus.store import storage

_BLOCK = 1 << 16
_MOST = 1 << 20  # decompressed bytes that one call of zlib may give
_ZSTD_BLOCK = 1 << 11  # zstd gives all that a block of input holds: 4 bytes may stand for 128 kB, so 64 MB here
_MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_MEMBERS_KEPT = 1 << 12


class Stream:
    """A readable file object. After the end, `damage` says whether the file was whole: "", "truncated" or "corrupt"."""

    def __init__(self, file: SourceFile, start: int = 0) -> None:
        """From byte `start` on, which may be above 0 only in a file that is not compressed."""
        filesystem, path = storage.resolve(file.uri)
        self._raw: pa.NativeFile
        if start:
            self._raw = filesystem.open_input_file(path)
            self._raw.seek(start)
        else:
            self._raw = filesystem.open_input_stream(path, compression=None)
        self.damage = ""
        self.position = start  # of the next byte, decompressed
        self.head, self.tail = b"", b""  # the first and the last few of them
        self._members: dict[int, int] = {0: 0}  # decompressed start of a gzip member to its start in the file
        self._pieces = self._pieces_of(file)
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; b"" at the end, damaged or not."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        self.position += len(taken)
        given = bytes(taken)
        self.head = self.head or given[:8]
        self.tail = (self.tail + given[-4:])[-4:]
        return given

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def member_at(self, position: int) -> int:
        """Where in the file the gzip member lies that unpacks to this position; the position itself if unknown."""
        return self._members.get(position, position)

    def close(self) -> None:
        self._raw.close()

    def _pieces_of(self, file: SourceFile) -> Iterator[bytes]:
        head = bytes(self._raw.read(_BLOCK))
        if file.compression and head[: len(_MAGIC[file.compression])] != _MAGIC[file.compression]:
            if head:
                raise RecipeError(f"{file.uri} is not {file.compression}: rename it, or take it out of the source")
            self.damage = "truncated"
            return iter(())
        return {"gzip": self._gunzip, "zstd": self._unzstd}.get(file.compression, self._plain)(head)

    def _plain(self, block: bytes) -> Iterator[bytes]:
        while block:
            yield block
            block = bytes(self._raw.read(_BLOCK))

    def _gunzip(self, block: bytes) -> Iterator[bytes]:
        """Members one after the other; what follows the last one and is no member is padding."""
        given = 0
        read = len(block)
        member = zlib.decompressobj(wbits=31)
        while block or not member.eof:
            try:
                piece = member.decompress(block, _MOST)
            except zlib.error:
                self.damage = "corrupt"
                return
            given += len(piece)
            if piece:
                yield piece
            block = member.unconsumed_tail or member.unused_data
            if not block:
                block = bytes(self._raw.read(_BLOCK))
                read += len(block)
                if not block and not member.eof:
                    more = member.flush(_MOST)
                    if more:
                        yield more
                    self.damage = "" if member.eof else "truncated"
                    return
            if member.eof:
                block = block.lstrip(b"\0")
                while not block and (padding := bytes(self._raw.read(_BLOCK))):
                    read += len(padding)
                    block = padding.lstrip(b"\0")
                if not block:
                    return
                self._remember(given, read - len(block))
                member = zlib.decompressobj(wbits=31)

    def _remember(self, given: int, start: int) -> None:
        if len(self._members) >= _MEMBERS_KEPT:
            self._members = {}
        self._members[given] = start

    def _unzstd(self, head: bytes) -> Iterator[bytes]:
        """Frames one after the other."""
        frame = zstandard.ZstdDecompressor().decompressobj()
        begun = False
        for block in self._blocks(head):
            while block:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                try:
                    piece = frame.decompress(block)
                except zstandard.ZstdError:
                    self.damage = "corrupt"
                    return
                begun = True
                if piece:
                    yield piece
                block = frame.unused_data if frame.eof else b""  # noqa: PLW2901  (what is left of it)
        self.damage = "" if frame.eof or not begun else "truncated"

    def _blocks(self, head: bytes) -> Iterator[bytes]:
        while head:
            for start in range(0, len(head), _ZSTD_BLOCK):
                yield head[start : start + _ZSTD_BLOCK]
            head = bytes(self._raw.read(_BLOCK))
