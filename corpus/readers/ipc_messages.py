"""How much memory the next batch of an Arrow IPC file takes, told from its message before any of it is unpacked.

A message is a length, metadata as a flatbuffer, and a body (Arrow's format/Message.fbs and File.fbs). A buffer that is
compressed begins with its length, unpacked: a few bytes may promise gigabytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

MOST_BYTES: Final = 768 << 20  # of a batch and the dictionaries before it; with a worker's 300 MB well below 1.5 GB
_MORE = -1  # stands before the length of metadata since Arrow 0.15
_METADATA_BYTES = 64 << 20  # of one message: of 10,000 columns 1 MB
_DICTIONARY, _BATCH = 2, 3  # kinds of messages
_BUFFER_BYTES, _BLOCK_BYTES = 16, 24  # of the structs in vectors
_FOOTER_END = 10  # bytes of a footer's length and the magic


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a message takes, and where the next one begins."""

    kind: int
    size: int  # bytes in memory: its body, and what of it is unpacked beside that
    end: int


def until_batch(opened: pa.NativeFile, place: int) -> tuple[int, int]:
    """Bytes in memory of the next batch of a stream with the dictionaries before it, and the place behind it. What is
    cut off, or no message, takes nothing: whoever reads it says so."""
    total = 0
    for message in _messages(opened, place):
        total, place = total + message.size, message.end
        if message.kind == _BATCH:
            break
    return total, place


def of_file(opened: pa.NativeFile) -> tuple[int, list[int]]:
    """Bytes in memory of all dictionaries of a file, and the place of each batch. Raises ArrowInvalid for a damaged
    footer."""
    size = opened.size()
    opened.seek(size - _FOOTER_END)
    length = int.from_bytes(opened.read(4), "little")
    opened.seek(max(size - _FOOTER_END - length, 0))
    try:
        footer = _Table.root(opened.read(length))
        dictionaries = sum(_at(opened, place).size for place in footer.blocks(2))
        return dictionaries, list(footer.blocks(3))
    except (struct.error, ValueError) as error:
        raise pa.ArrowInvalid("its footer or a message cannot be read") from error


def of_batch(opened: pa.NativeFile, place: int) -> int:
    """Bytes in memory of the batch at a place. Raises ArrowInvalid if none is there."""
    try:
        return _at(opened, place).size
    except (struct.error, ValueError) as error:
        raise pa.ArrowInvalid("its message cannot be read") from error


def _messages(opened: pa.NativeFile, place: int) -> Iterator[Message]:
    while True:
        try:
            found = _at(opened, place)
        except (struct.error, ValueError):
            return
        yield found
        place = found.end


def _at(opened: pa.NativeFile, place: int) -> Message:
    """Raises ValueError or struct.error where no message is."""
    if not 0 <= place < opened.size():
        raise ValueError("behind the end")
    opened.seek(place)
    length, *_ = struct.unpack("<i", opened.read(4))
    begun = place + 4
    if length == _MORE:
        length, *_ = struct.unpack("<i", opened.read(4))
        begun += 4
    if not 0 < length <= _METADATA_BYTES:
        raise ValueError("no message")
    message = _Table.root(opened.read(length))
    kind, body_bytes = message.number(1, "B"), message.number(3, "q")
    if body_bytes < 0:
        raise ValueError("a body of fewer bytes than none")
    body = begun + length
    size = body_bytes
    if kind in (_DICTIONARY, _BATCH):
        batch = message.table(2)
        batch = batch.table(1) if kind == _DICTIONARY else batch
        if batch.has(3):
            size += sum(_unpacked(opened, body + start, stored) for start, stored in batch.buffers(2))
    return Message(kind=kind, size=size, end=body + body_bytes)


def _unpacked(opened: pa.NativeFile, place: int, stored: int) -> int:
    """Bytes that a buffer says it has once it is unpacked; none if it is stored as it is."""
    if stored < 8 or not 0 <= place <= opened.size() - 8:
        return 0
    opened.seek(place)
    (said,) = struct.unpack("<q", opened.read(8))
    return max(int(said), 0)


@dataclass(frozen=True)
class _Table:
    """A table of a flatbuffer: a place, and fields by slots. Raises struct.error beyond its bytes."""

    data: bytes
    place: int

    @classmethod
    def root(cls, data: bytes) -> "_Table":
        return cls(data, int(struct.unpack_from("<I", data)[0]))

    def number(self, slot: int, kind: str) -> int:
        place = self._field(slot)
        return int(struct.unpack_from("<" + kind, self.data, place)[0]) if place else 0

    def has(self, slot: int) -> bool:
        return self._field(slot) > 0

    def table(self, slot: int) -> "_Table":
        return _Table(self.data, self._pointed(slot))

    def buffers(self, slot: int) -> Iterator[tuple[int, int]]:
        """Where buffers begin in the body, and how long they are there."""
        for place in self._vector(slot, _BUFFER_BYTES):
            start, stored = struct.unpack_from("<qq", self.data, place)
            yield start, stored

    def blocks(self, slot: int) -> Iterator[int]:
        """Where the messages of a file begin."""
        for place in self._vector(slot, _BLOCK_BYTES):
            yield int(struct.unpack_from("<q", self.data, place)[0])

    def _vector(self, slot: int, size: int) -> range:
        if not self.has(slot):
            return range(0)
        place = self._pointed(slot)
        (count,) = struct.unpack_from("<I", self.data, place)
        if count * size > len(self.data):
            raise ValueError("a vector beyond its message")
        return range(place + 4, place + 4 + count * size, size)

    def _pointed(self, slot: int) -> int:
        place = self._field(slot)
        if not place:
            raise ValueError("a field that is not there")
        return place + int(struct.unpack_from("<I", self.data, place)[0])

    def _field(self, slot: int) -> int:
        """Where a field lies; 0 if it is not there."""
        if self.place < 0:
            raise ValueError("before the message")
        table = self.place - struct.unpack_from("<i", self.data, self.place)[0]
        if table < 0 or 4 + 2 * slot >= struct.unpack_from("<H", self.data, table)[0]:
            return 0
        offset = int(struct.unpack_from("<H", self.data, table + 4 + 2 * slot)[0])
        return self.place + offset if offset else 0
