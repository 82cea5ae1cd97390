"""A place in a stream, with what lies ahead of it."""

import re

from corpus.sources.streams import Stream


class Cursor:
    """Reads a stream up to its end or its next damage; `renew` goes on behind it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0
        self._fenced = b""  # a piece that a read was not to reach into

    @property
    def position(self) -> int:
        """Decompressed place of the next byte."""
        return self._stream.position - len(self._fenced) - (len(self._data) - self._at)

    def renew(self) -> None:
        """Forget what was read ahead."""
        self._data, self._at, self._fenced = b"", 0, b""

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        if len(self._data) - self._at < size:
            self._gather(size)
        return self._data[self._at : self._at + size]

    def find(self, pattern: re.Pattern[bytes], most: int) -> int:
        """Bytes up to the end of what matches, which are `most` at most; -1 if nothing does."""
        size = 1 << 12
        while True:
            if len(self._data) - self._at < size:
                self._gather(size)
            found = pattern.search(self._data, self._at, self._at + most)
            if found:
                return found.end() - self._at
            if len(self._data) - self._at < size or size > most:
                return -1
            size *= 4

    def take(self, size: int, fence: tuple[bytes, ...] = ()) -> bytes:
        """The next bytes; fewer at the end, or where a member of the file begins with the fence."""
        if len(self._data) - self._at >= size:
            taken = self._data[self._at : self._at + size]
            self._at += size
            return taken
        parts = [self._data[self._at :]]
        missing = size - len(parts[0])
        self._data, self._at = b"", 0
        while missing > 0 and (piece := self._next(fence)):
            parts.append(piece[:missing])
            self._data, self._at = piece, min(missing, len(piece))
            missing -= len(parts[-1])
        return b"".join(parts)

    def skip(self, size: int, fence: tuple[bytes, ...] = ()) -> int:
        """As `take`, of which only the number of bytes is given."""
        here = min(size, len(self._data) - self._at)
        self._at += here
        skipped = here
        while skipped < size and (piece := self._next(fence)):
            self._data, self._at = piece, min(size - skipped, len(piece))
            skipped += self._at
        return skipped

    def put_back(self, data: bytes) -> None:
        """Bytes that were the last to be taken."""
        self._data, self._at = data + self._data[self._at :], 0

    def _gather(self, size: int) -> None:
        parts = [self._data[self._at :]]
        have = len(parts[0])
        while have < size and (piece := self._next(())):
            parts.append(piece)
            have += len(piece)
        self._data, self._at = b"".join(parts), 0

    def _next(self, fence: tuple[bytes, ...]) -> bytes:
        if self._fenced:
            if fence:
                return b""
            piece, self._fenced = self._fenced, b""
            return piece
        position = self._stream.position
        piece = self._stream.read()
        if fence and piece.startswith(fence) and self._stream.begins_member(position):
            self._fenced = piece
            return b""
        return piece
