"""Frames of a zstd file, block by block (RFC 8878), with the dictionary that a .warc.zst file begins with.

Blocks are told by their own headers, so that damage costs no more than its block, a frame that asks for more memory
than there is can be passed over, and a call gives 128 KiB at most, whatever the input.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import zstandard

from corpus.packed.members import MEMORY, Blocks
from corpus.packed.stored import Damaged

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = (0x184D2A50).to_bytes(4, "little")[1:]  # behind the first byte, 0x50 to 0x5f
_DICTIONARY = 0x184D2A5D  # of the skippable frame that holds one (IIPC, WARC zstd 1.0)
_DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"
_DICTIONARY_BYTES = 64 << 20  # those that `zstd --train` makes have 110 kB
_BLOCK_BYTES = 128 << 10  # RFC 8878, 3.1.1.2.4
_WINDOW = 1 << 31  # largest that the library takes; memory is touched only as far as content reaches


def is_frame(head: bytes) -> bool:
    """Whether bytes begin with a frame or with a skippable one."""
    return head[:4] == MAGIC or (head[1:4] == _SKIPPABLE and head[0] >> 4 == 5)


@dataclass(frozen=True, kw_only=True)
class _Header:
    """RFC 8878, 3.1.1.1."""

    raw: bytes
    window: int
    content: int  # bytes, -1 if it does not say
    checksum: bool


def pieces(blocks: Blocks, dictionary: bytes = b"") -> Iterator[tuple[int, bytes]]:
    """(place of the frame, piece of it) in order. Raises Damaged."""
    feed = _Feed(blocks)
    decompressor = _decompressor(dictionary)
    while feed.more():
        begun = feed.place
        head = feed.take(4, begun)
        if head[1:4] == _SKIPPABLE and head[0] >> 4 == 5:
            size = int.from_bytes(feed.take(4, begun), "little")
            if int.from_bytes(head, "little") == _DICTIONARY and not begun:
                decompressor = _decompressor(_dictionary(feed, size))
            else:
                feed.skip(size, begun)
        elif head == MAGIC:
            yield from _frame(feed, begun, decompressor)
        else:
            raise Damaged("corrupt", "no zstd frame", begun=begun, at=begun)


def dictionary_of(blocks: Blocks) -> bytes:
    """The dictionary that a file begins with; b"" if it has none. Raises Damaged."""
    feed = _Feed(blocks)
    if int.from_bytes(feed.peek(4), "little") != _DICTIONARY:
        return b""
    feed.take(4, 0)
    return _dictionary(feed, int.from_bytes(feed.take(4, 0), "little"))


def _dictionary(feed: "_Feed", size: int) -> bytes:
    """As it is, or itself packed."""
    start = feed.place
    if size > _DICTIONARY_BYTES:
        raise Damaged("too_large", f"a zstd dictionary of {size} bytes", begun=0, at=start, after=start + size)
    data = feed.take(size, 0)
    if data[:4] != MAGIC:
        return data if data[:4] == _DICTIONARY_MAGIC else b""  # else a skippable frame of something else
    try:
        return zstandard.ZstdDecompressor().stream_reader(data).read(_DICTIONARY_BYTES)
    except zstandard.ZstdError as error:
        raise Damaged("corrupt", f"zstd dictionary: {error}", begun=0, at=start, after=start + size) from error


def _decompressor(dictionary: bytes) -> zstandard.ZstdDecompressor:
    if not dictionary:
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return zstandard.ZstdDecompressor(zstandard.ZstdCompressionDict(dictionary), max_window_size=_WINDOW)


def _frame(feed: "_Feed", begun: int, decompressor: zstandard.ZstdDecompressor) -> Iterator[tuple[int, bytes]]:
    header = _header(feed, begun)
    wide = header.window > MEMORY
    if wide and header.content > MEMORY:
        raise _too_wide(feed, begun, header)
    frame = decompressor.decompressobj()
    given = 0
    packed = header.raw
    last = False
    while not last:
        at = feed.place
        head = feed.take(3, begun)
        last, size = bool(head[0] & 1), _stored_bytes(head)
        if size > _BLOCK_BYTES:
            raise Damaged("corrupt", "zstd: a block of more than 128 KiB", begun=begun, at=at)
        packed += head + feed.take(size, begun)
        if last and header.checksum:
            packed += feed.take(4, begun)
        try:
            piece = frame.decompress(packed)
        except zstandard.ZstdError as error:
            checked = last and "checksum" in str(error)
            reason = "too_large" if "memory" in str(error) else "corrupt"
            raise Damaged(reason, str(error), begun=begun, at=feed.place if checked else at, checked=checked) from error
        packed = b""
        given += len(piece)
        if piece:
            yield begun, piece
        if wide and given > MEMORY and not last:
            raise _too_wide(feed, begun, header)
    if not frame.eof:
        raise Damaged("corrupt", "zstd: a frame that does not end", begun=begun, at=feed.place, checked=True)


def _stored_bytes(head: bytes) -> int:
    """Bytes of a block behind its header; one of a byte that repeats (type 1) has one."""
    bits = int.from_bytes(head, "little")
    return 1 if bits >> 1 & 3 == 1 else bits >> 3


def _too_wide(feed: "_Feed", begun: int, header: _Header) -> Damaged:
    """The rest of a frame that refers to more than may be held. Where it ends, the headers of its blocks tell."""
    at = feed.place
    last = False
    try:
        while not last:
            head = feed.take(3, begun)
            last = bool(head[0] & 1)
            feed.skip(_stored_bytes(head), begun)
        feed.skip(4 if header.checksum else 0, begun)
    except Damaged:
        pass  # it ends with the file
    detail = f"a zstd window of {header.window >> 20} MiB: pack it with --long=27 or less"
    return Damaged("too_large", detail, begun=begun, at=at, after=feed.place)


def _header(feed: "_Feed", begun: int) -> _Header:
    descriptor = feed.take(1, begun)
    flags = descriptor[0]
    if flags & 8:
        raise Damaged("corrupt", "zstd: a reserved bit is set", begun=begun, at=begun)
    single = bool(flags & 32)
    own = (1 if single else 0, 2, 4, 8)[flags >> 6]
    window = b"" if single else feed.take(1, begun)
    dictionary = feed.take((0, 1, 2, 4)[flags & 3], begun)
    size = feed.take(own, begun)
    content = int.from_bytes(size, "little") + (256 if own == 2 else 0) if own else -1
    if single:
        width = content
    else:
        base = 1 << (10 + (window[0] >> 3))
        width = base + base // 8 * (window[0] & 7)
    raw = MAGIC + descriptor + window + dictionary + size
    if width > _WINDOW:
        width = max(width, MEMORY + 1)
    return _Header(raw=raw, window=width, content=content, checksum=bool(flags & 4))


class _Feed:
    """So many bytes at a time."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._data = b""
        self._at = 0

    @property
    def place(self) -> int:
        return self._blocks.place - (len(self._data) - self._at)

    def more(self) -> bool:
        """Whether anything follows but zeros, which are padding."""
        while True:
            if self._data[self._at : self._at + 1].strip(b"\0"):
                return True
            self._data, self._at = self._data[self._at :].lstrip(b"\0"), 0
            if not self._data:
                self._data = self._blocks.read()
                if not self._data:
                    return False

    def peek(self, size: int) -> bytes:
        while len(self._data) - self._at < size and (block := self._blocks.read()):
            self._data, self._at = self._data[self._at :] + block, 0
        return self._data[self._at : self._at + size]

    def take(self, size: int, begun: int) -> bytes:
        """Raises Damaged if the file ends before."""
        end = self._at + size
        if end <= len(self._data):
            taken = self._data[self._at : end]
            self._at = end
            return taken
        at = self.place
        parts = [self._data[self._at :]]
        missing = size - len(parts[0])
        while missing > 0:
            block = self._blocks.read()
            self._data, self._at = block, min(missing, len(block))
            if not block:
                raise Damaged("truncated", "the file ends in a zstd frame", begun=begun, at=at)
            parts.append(block[:missing])
            missing -= len(parts[-1])
        return b"".join(parts)

    def skip(self, size: int, begun: int) -> None:
        while size > 0:
            size -= len(self.take(min(size, 1 << 20), begun))
