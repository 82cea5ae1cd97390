"""Bodies of HTTP messages without their transfer and content codings (RFC 9112, section 7; RFC 9110, section 8.4)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import brotli

from corpus.packed import zstd_frames
from corpus.packed.members import Gzip, pieces
from corpus.packed.stored import Damaged, Held

_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_LOOKED_AT = 1 << 10
_STEP = 1 << 16  # bytes that one call of brotli is asked for
# What servers say of a body that is not packed, or that names its charset instead.
_NONE: Final = frozenset({"", "identity", "none", "binary", "8bit", "7bit", "utf-8", "utf8", "chunked"})
_TRAILERS: Final = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n)*\r?\n")  # fields behind the last chunk (RFC 9112, 7.1.2)
_CUT = "a body that ends before its last chunk"
_PACKED_CUT = "a packed body that is cut short"


class Undecoded(Exception):
    """The body is not what its coding says, or packed in a way that is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A body without codings, and what was done to get it."""

    data: bytes  # at most one byte over what was asked for
    repaired: tuple[str, ...] = ()


def decoded(payload: bytes, transfer: str, content: str, most: int) -> Body:
    """The body, at most one byte over `most`. Raises Undecoded."""
    repaired: list[str] = []
    codings = [part.strip().lower() for part in content.split(",")]
    transfers = [part.strip().lower() for part in transfer.split(",")]
    if "chunked" in transfers:
        payload, cut = dechunked(payload)
        repaired += [_CUT] if cut else []
    for coding in reversed([*codings, *(one for one in transfers if one != "chunked")]):
        if coding not in _NONE:
            payload = _unpacked(payload, coding, most, repaired)
    return Body(data=payload[: most + 1], repaired=tuple(dict.fromkeys(repaired)))


def dechunked(payload: bytes) -> tuple[bytes, bool]:
    """The chunks joined, and whether the last one is missing (RFC 9112, 7.1). A body that is not chunked is as it was:
    crawlers often store it so, header and all.

    >>> dechunked(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n"), dechunked(b"3\\r\\nabc\\r\\n9\\r\\nde"), dechunked(b"<p>")
    ((b'abc', False), (b'abcde', True), (b'<p>', False))
    """
    parts: list[bytes] = []
    place = 0
    while head := _CHUNK.match(payload, place):
        length = int(head[1], 16)
        if not length:
            if not parts and payload[head.end() :].strip() and not _TRAILERS.match(payload, head.end()):
                return payload, False
            return b"".join(parts), False
        parts.append(payload[head.end() : head.end() + length])
        place = head.end() + length
        if place >= len(payload):
            return b"".join(parts), True
        end = _LINE_END.match(payload, place)
        if end is None:
            cut = payload[place:] == b"\r"
            if cut or len(parts) > 1:
                return b"".join(parts) + payload[place:], True
            return payload, False
        place = end.end()
    return (b"".join(parts) + payload[place:], True) if parts else (payload, False)


def _unpacked(payload: bytes, coding: str, most: int, repaired: list[str]) -> bytes:
    unpack = _CODINGS.get(coding)
    if unpack is None:
        if not _is_text(payload):
            raise Undecoded(f"content coding {coding}")
        repaired.append("a content coding that there is not")
        return payload
    parts: list[bytes] = []
    size = 0
    try:
        for part in unpack(payload):
            parts.append(part)
            size += len(part)
            if size > most:
                break
    except Damaged as wrong:
        if not parts and _is_text(payload):
            return payload  # it was stored unpacked, header and all
        if not size or (wrong.reason != "truncated" and wrong.begun == 0):
            raise Undecoded(f"{coding}: {wrong.detail}") from wrong
        repaired.append(_PACKED_CUT)
    return b"".join(parts)[: most + 1]


def _is_text(data: bytes) -> bool:
    """Whether a body looks like text that is not packed: it holds no control characters but space."""
    start = data[:_LOOKED_AT]
    return not start.translate(None, _TEXT_BYTES)


_TEXT_BYTES: Final = bytes([9, 10, 11, 12, 13, 27, *range(32, 127), *range(128, 256)])


def _gzip(payload: bytes) -> Iterator[bytes]:
    """All members."""
    for _, piece in pieces(Held(payload), Gzip):
        yield piece


def _deflate(payload: bytes) -> Iterator[bytes]:
    """zlib (RFC 1950), as it should be, raw deflate, as some servers have it, or gzip."""
    if payload[:2] == b"\x1f\x8b":
        yield from _gzip(payload)
        return
    zlib = len(payload) > 1 and payload[0] & 15 == 8 and not int.from_bytes(payload[:2], "big") % 31
    for _, piece in pieces(Held(payload), lambda: Gzip(15 if zlib else -15)):
        yield piece


def _zstd(payload: bytes) -> Iterator[bytes]:
    for _, piece in zstd_frames.pieces(Held(payload)):
        yield piece


def _brotli(payload: bytes) -> Iterator[bytes]:
    """RFC 7932."""
    decompressor = brotli.Decompressor()
    given: bytes = payload
    try:
        while not decompressor.is_finished():
            piece = decompressor.process(given, output_buffer_limit=_STEP)
            given = b""
            if piece:
                yield piece
            elif decompressor.can_accept_more_data():
                raise Damaged("truncated", "brotli", begun=0, at=len(payload))
    except brotli.error as error:
        raise Damaged("corrupt", str(error), begun=0, at=0) from error


_CODINGS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
    "br": _brotli,
}
