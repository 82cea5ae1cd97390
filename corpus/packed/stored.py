"""Bytes of a file as it is stored, block by block, and what is wrong with them."""

from typing import Final

from corpus.store.original import Original

BLOCK: Final = 1 << 16


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

    def __init__(self, original: Original, at: int = 0) -> None:
        self._file = original.open()
        self._file.seek(at)
        self.place = at  # of the next block

    def read(self, size: int = 0) -> bytes:
        """The next block, of `size` bytes if that is given; b"" at the end. Raises OSError if it cannot be read,
        RecipeError if it is not what was digested."""
        block: bytes = self._file.read(size or BLOCK)
        self.place += len(block)
        return block

    def seek(self, at: int) -> None:
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
