"""Damage to a file: bits that flip, pieces that go, come, repeat or change places, counts that lie."""

import struct
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

Edit = tuple[str, float, float, bytes]  # what is done, where it begins and ends as shares of the file, and with what

# Counts and lengths as headers hold them, where parsers have died before: signs, one too many, more than there is.
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1)
_COUNTS = tuple(
    struct.pack(order + kind, number & ((1 << 8 * struct.calcsize(kind)) - 1))
    for kind in "HIQ"
    for order in "<>"
    for number in _NUMBERS
)
_DIGITS = (*(str(number).encode() for number in (-1, 0, 10**9, 10**18, 10**30)), b"1e999", b"NaN")
_SIGNS = (b"\0", b"\xff", b"\n", b"\r\n\r\n", b'"', b"[", b"{", b"<", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x1f\x8b\x08")


def _flip(data: bytearray, start: int, _: int, what: bytes) -> None:
    if data:
        data[min(start, len(data) - 1)] ^= 1 << (what[0] & 7 if what else 0)


def _cut(data: bytearray, start: int, _: int, __: bytes) -> None:
    del data[start:]


def _delete(data: bytearray, start: int, end: int, _: bytes) -> None:
    del data[start:end]


def _insert(data: bytearray, start: int, _: int, what: bytes) -> None:
    data[start:start] = what


def _overwrite(data: bytearray, start: int, _: int, what: bytes) -> None:
    data[start : start + len(what)] = what


def _repeat(data: bytearray, start: int, end: int, what: bytes) -> None:
    data[end:end] = data[start:end] * (1 + (what[0] & 3 if what else 0))


def _swap(data: bytearray, start: int, end: int, _: bytes) -> None:
    middle = (start + end) // 2
    data[start:end] = data[middle:end] + data[start:middle]


_WAYS: Final[dict[str, Callable[[bytearray, int, int, bytes], None]]] = {
    "flip": _flip,
    "cut": _cut,
    "delete": _delete,
    "insert": _insert,
    "overwrite": _overwrite,
    "repeat": _repeat,
    "swap": _swap,
}

_SHARES = st.floats(min_value=0, max_value=1, allow_nan=False)
_EDIT = st.tuples(
    st.sampled_from([*_WAYS, "flip", "overwrite"]),  # a bit and a count are what gets furthest into a parser
    st.one_of(_SHARES, st.floats(min_value=0.9, max_value=1), st.floats(min_value=0, max_value=0.1)),  # heads, footers
    _SHARES,
    st.one_of(st.sampled_from(_COUNTS + _DIGITS + _SIGNS), st.binary(min_size=1, max_size=16)),
)
EDITS = st.lists(_EDIT, min_size=1, max_size=4)


def damaged(data: bytes, edits: list[Edit]) -> bytes:
    """A file with the edits made one after the other."""
    found = bytearray(data)
    for way, first, second, what in edits:
        start, end = int(first * len(found)), int(second * len(found))
        _WAYS[way](found, min(start, end), max(start, end), what)
    return bytes(found)
