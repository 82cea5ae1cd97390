"""Members of gzip, bzip2, xz and LZ4 files, one after the other, each unpacked piece by piece.

RFC 1952 (gzip); the xz format 1.2.1; the LZ4 frame format 1.6.4. bzip2 has no document but its program.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Final, Protocol

import lz4.frame

from corpus.packed.stored import Damaged

PIECE: Final = 1 << 20  # bytes that one call of a decompressor may give
MEMORY: Final = 128 << 20
"""Bytes of memory that unpacking one file may take: the dictionary of xz, the window of zstd. Those of `xz -9` and of
`zstd --long=27` fit; beside lines of 60 MB of four-byte characters, a worker stays below 1.5 GB."""

_CHECKS = ("incorrect data check", "incorrect length check")  # as zlib words them
_STEP = 1 << 10  # bytes of input that are given at a time where a block is known to be damaged
_FED = 1 << 14  # bytes that bzip2, xz and LZ4 are given at a time: what an error throws away with its call


class Blocks(Protocol):
    """Where packed bytes come from: Stored or Held."""

    @property
    def place(self) -> int:
        """Of the next block."""
        ...

    def read(self, size: int = 0) -> bytes:
        """The next block, of `size` bytes if that is given; b"" at the end."""
        ...


class Member(Protocol):
    """A decompressor of one member."""

    eof: bool
    rest: bytes  # of the input, behind the member

    def feed(self, block: bytes) -> Iterator[bytes]:
        """What the block unpacks to. Raises Wrong."""
        ...


class Wrong(Exception):
    """The input is no such member; `fed` bytes of the block were."""

    def __init__(self, detail: str, fed: int, *, checked: bool = False, reason: str = "corrupt") -> None:
        super().__init__(detail)
        self.detail, self.fed, self.checked, self.reason = detail, fed, checked, reason


def pieces(blocks: Blocks, new: Callable[[], Member]) -> Iterator[tuple[int, bytes]]:
    """(place of the member, piece of it) in order; zeros between members are padding. Raises Damaged."""
    block = b""
    while True:
        block = block.lstrip(b"\0")
        while not block:
            block = blocks.read()
            if not block:
                return
            block = block.lstrip(b"\0")
        block = yield from _member(blocks, block, new())


def _member(blocks: Blocks, block: bytes, member: Member) -> Generator[tuple[int, bytes], None, bytes]:
    """The pieces of a member; returns what was read behind it."""
    begun = blocks.place - len(block)
    given = False
    while True:
        start = blocks.place - len(block)
        try:
            for piece in member.feed(block):
                given = given or bool(piece)
                yield begun, piece
        except Wrong as wrong:
            at = start + wrong.fed if given or wrong.checked else begun
            raise Damaged(wrong.reason, wrong.detail, begun=begun, at=at, checked=wrong.checked) from wrong
        if member.eof:
            return member.rest
        block = blocks.read()
        if not block:
            raise Damaged("truncated", "the file ends in a packed member", begun=begun, at=blocks.place)


class Gzip:
    """gzip (wbits 31), zlib (15) or raw deflate (-15), as zlib numbers them."""

    def __init__(self, wbits: int = 31) -> None:
        self._wbits = wbits
        self._zlib = zlib.decompressobj(wbits)
        self._begun = False
        self.eof = False
        self.rest = b""

    def feed(self, block: bytes) -> Iterator[bytes]:
        before = self._zlib.copy() if self._begun else None  # a copy costs as much as a small member
        self._begun = True
        given = 0
        try:
            for piece in _inflate(self._zlib, block):
                given += len(piece)
                yield piece
        except zlib.error:
            yield from self._salvage(before or zlib.decompressobj(self._wbits), block, given)
        self.eof, self.rest = self._zlib.eof, self._zlib.unused_data

    def _salvage(self, zlib_before: "zlib._Decompress", block: bytes, given: int) -> Iterator[bytes]:
        """All that stands before the damage, behind the first `given` bytes: a call that fails gives nothing. Raises
        Wrong at the byte that is damaged."""
        fed, step = 0, _STEP
        while fed < len(block):
            trial = zlib_before.copy()
            try:
                found = b"".join(_inflate(trial, block[fed : fed + step]))
            except zlib.error as error:
                if step == 1:
                    raise Wrong(str(error), fed, checked=str(error).endswith(_CHECKS)) from error
                step = 1
                continue
            zlib_before = trial
            fed += step
            new = found[max(given, 0) :]
            given -= len(found)
            if new:
                yield new


def _inflate(inflater: "zlib._Decompress", block: bytes) -> Iterator[bytes]:
    piece = b""
    while (block or len(piece) == PIECE) and not inflater.eof:
        piece = inflater.decompress(block, PIECE)
        block = inflater.unconsumed_tail
        if piece:
            yield piece


class _Python(Protocol):
    """A decompressor as the standard library has them."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Other:
    """bzip2, xz or LZ4."""

    def __init__(self, one: _Python, *errors: type[Exception]) -> None:
        self._one = one
        self._errors = errors
        self.eof = False
        self.rest = b""

    def feed(self, block: bytes) -> Iterator[bytes]:
        for start in range(0, len(block), _FED):
            fed = block[start : start + _FED]
            try:
                yield from self._pieces(fed)
            except self._errors as error:
                memory = "memory" in str(error).lower()
                raise Wrong(str(error), start, reason="too_large" if memory else "corrupt") from error
            if self._one.eof:
                self.eof = True
                self.rest = (self._one.unused_data or b"") + block[start + _FED :]
                return

    def _pieces(self, fed: bytes) -> Iterator[bytes]:
        yield self._one.decompress(fed, PIECE)
        while not (self._one.eof or self._one.needs_input):
            yield self._one.decompress(b"", PIECE)


def bzip2() -> Member:
    return Other(bz2.BZ2Decompressor(), OSError, ValueError)


def xz() -> Member:
    return Other(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY), lzma.LZMAError)


def lz4_frame() -> Member:
    return Other(lz4.frame.LZ4FrameDecompressor(), RuntimeError)
