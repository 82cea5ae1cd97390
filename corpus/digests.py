"""Files read once: digested while someone looks at what passes, and counted for whoever waits."""

import hashlib
import io
import threading
from typing import Any

import pyarrow as pa

from corpus import storage

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


class Digested(io.RawIOBase):
    """A file read from its beginning; `sha256` and `bytes` are of what was read. Closed by a `with` block."""

    def __init__(self, address: str, meter: Meter) -> None:
        filesystem, path = storage.resolve(address)
        self._stream: Any = filesystem.open_input_stream(path)
        self._digest = hashlib.sha256()
        self._meter = meter
        self.bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = bytes(self._stream.read(None if size < 0 else size))
        self._digest.update(data)
        self._meter.add(len(data))
        self.bytes += len(data)
        return data

    def drain(self) -> None:
        """Read what nobody looked at, so that the digest is of the whole file."""
        while self.read(BLOCK_BYTES):
            pass

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def whole(address: str, meter: Meter) -> tuple[pa.Buffer, str]:
    """A file's bytes, mapped into memory on a local disk, and their sha256: for what is parsed only if it is right."""
    filesystem, path = storage.resolve(address)
    with pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path) as source:
        buffer = source.read_buffer()
    digest = hashlib.sha256()
    for first in range(0, buffer.size, BLOCK_BYTES):
        block = buffer.slice(first, min(BLOCK_BYTES, buffer.size - first))
        digest.update(block)
        meter.add(block.size)
    return buffer, digest.hexdigest()
