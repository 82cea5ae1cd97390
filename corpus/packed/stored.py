"""Bytes of a file as it is stored, block by block, and what is wrong with them."""

from typing import Final

import pyarrow as pa
import pyarrow.fs as pafs

from corpus.store import storage

BLOCK: Final = 1 << 16
_FAR_BLOCK = 1 << 20  # of a file in an object store that is read out of order: each block is a request of its own


class Damaged(Exception):
    """A compressed file cannot be read on from here. Places are bytes of the file as it is stored."""

    def __init__(
        self, reason: str, detail: str, *, begun: int, at: int, after: int = -1, checked: bool = False
    ) -> None:
        super().__init__(detail)
        self.reason = reason  # a key of corpus.sources.record.REASONS
        self.detail = detail
        self.begun = begun  # where the damaged member or frame begins
        self.at = at  # up to where it was read
        self.after = after  # where the next one begins, if that is known
        self.checked = checked  # whether all was read, and its checksum says that it is not what was packed


class Stored:
    """Blocks of a file, in order from a place."""

    def __init__(self, uri: str, at: int = 0) -> None:
        self._filesystem, self._path = storage.resolve(uri)
        self._local = isinstance(self._filesystem, pafs.LocalFileSystem)
        self._far = bool(at)
        self._file: pa.NativeFile
        if at:
            self._file = self._filesystem.open_input_file(self._path)
            self._file.seek(at)
        else:  # an object store gives a stream in one request
            self._file = self._filesystem.open_input_stream(self._path, compression=None)
        self.place = at  # of the next block

    def read(self, size: int = 0) -> bytes:
        """The next block, of `size` bytes if that is given; b"" at the end. Raises OSError if it cannot be read."""
        block: bytes = self._file.read(size or (_FAR_BLOCK if self._far and not self._local else BLOCK))
        self.place += len(block)
        return block

    def seek(self, at: int) -> None:
        if not self._far:
            self._file.close()
            self._file = self._filesystem.open_input_file(self._path)
            self._far = True
        self._file.seek(at)
        self.place = at

    def close(self) -> None:
        self._file.close()


class Held:
    """Bytes in memory, as Stored gives those of a file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def read(self, size: int = 0) -> bytes:
        block = self._data[self.place : self.place + (size or BLOCK)]
        self.place += len(block)
        return block
