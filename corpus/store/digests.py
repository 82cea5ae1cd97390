"""Files read once: digested while someone looks at what passes, and counted for whoever waits."""

import hashlib
import threading
from collections.abc import Iterator
from types import TracebackType

import pyarrow as pa

from corpus.store import storage

BLOCK_BYTES = (
    8 << 20
)  # a read: far above what a syscall or a round trip costs, and a core's share of memory stays small


class Meter:
    """Bytes read so far, by any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.bytes = 0

    def add(self, count: int) -> None:
        with self._lock:
            self.bytes += count


class Digested:
    """A file read once from its beginning, mapped into memory on a local disk; `sha256` is of what was read.

    A context manager. The file must not be empty, nor shrink meanwhile.
    """

    def __init__(self, address: str, meter: Meter) -> None:
        filesystem, path = storage.resolve(address)
        self._source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
        self._digest = hashlib.sha256()
        self._meter = meter

    def __enter__(self) -> "Digested":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()

    def blocks(self) -> Iterator[pa.Buffer]:
        """What is left of it, in order."""
        while (block := self._source.read_buffer(BLOCK_BYTES)).size:
            yield self._passed(block)

    def drain(self) -> None:
        """Read what nobody looked at, so that the digest is of the whole file."""
        for _ in self.blocks():
            pass

    def whole(self) -> pa.Buffer:
        """All of it: for what is parsed only if the digest is right. Of an object store it is held in memory."""
        buffer = self._source.read_buffer()
        for first in range(0, buffer.size, BLOCK_BYTES):
            self._passed(buffer.slice(first, min(BLOCK_BYTES, buffer.size - first)))
        return buffer

    def _passed(self, block: pa.Buffer) -> pa.Buffer:
        self._digest.update(block)
        self._meter.add(block.size)
        return block

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
