"""Lines out of blocks of bytes: those over a limit are never held."""

from collections.abc import Iterator


class Lines:
    """Gathers lines. They end in LF, CR LF or CR: JSON has neither inside a line but as space between its tokens."""

    def __init__(self, most: int, start: int, *, skips: bool, stop: int) -> None:
        """From byte `start` on. `skips`: the first line belongs to whoever reads what is before; `stop`: lines that
        begin there or behind it are not read (-1: all are)."""
        self._most = most
        self._stop = stop
        self._place = start  # of the next block
        self._start = -1 if skips else start  # of the line that is being gathered; -1: it is skipped
        self._parts: list[bytes] = []
        self._size = 0
        self.ended = False  # whether no more lines begin before `stop`

    def feed(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        """(offset, line) of each line that ends in the block; None for one of more than `most` bytes."""
        if b"\r" in block:
            block = block.replace(b"\r", b"\n")  # an empty line more between CR and LF is passed over as others are
        first = 0
        while (end := block.find(b"\n", first)) >= 0:
            if self._start >= 0:
                self._gather(block[first:end])
                yield self.rest()
                self._parts, self._size = [], 0
            first = end + 1
            self._start = self._place + first
            if 0 <= self._stop <= self._start:
                self._start, self.ended = -1, True
                return
        if self._start >= 0:
            self._gather(block[first:])
        self._place += len(block)
        if self._start < 0 and 0 <= self._stop <= self._place:
            self.ended = True  # no line begins in a slice of one line's middle

    def rest(self) -> tuple[int, bytes | None]:
        """(offset, line) of what has been gathered since the last end of a line."""
        return max(self._start, 0), b"".join(self._parts) if self._size <= self._most else None

    def _gather(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._most:
            self._parts.append(part)
        else:
            self._parts = []
