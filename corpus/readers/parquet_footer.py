"""What a Parquet footer says of its column chunks, read here.

PyArrow's own account of a chunk ends the process where what is said of sizes contradicts itself: Arrow throws, and the
call is not made to catch it. The footer is a struct of Thrift's compact protocol (Parquet's parquet.thrift; Thrift's
doc/specs/thrift-compact-protocol.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

BYTE_ARRAY: Final = 6  # of parquet.thrift's Type
DICTIONARIES: Final = frozenset({2, 8})  # of its Encoding: PLAIN_DICTIONARY, RLE_DICTIONARY
DELTAS: Final = frozenset({5, 6, 7})
DELTA_BYTE_ARRAY: Final = 7

_END = 8  # bytes of the footer's length and the magic
_DEPTH = 16  # structs within structs; parquet.thrift has seven
_BOOLS, _BYTE, _WHOLES, _DOUBLE, _BINARY, _LISTS, _STRUCT, _UUID = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12, 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """A column of a row group. Nothing of it is sure: it is what the file says."""

    path: str  # in the schema, with dots
    kind: int
    encodings: frozenset[int]
    values: int
    unpacked: int  # bytes
    stored: int  # bytes
    dictionary_at: int  # place in the file; 0 for none


Groups = Sequence[Sequence[Chunk]]


def groups(opened: pa.NativeFile, about: pq.FileMetaData) -> Groups:
    """The chunks of each row group. Raises ArrowInvalid for a footer that cannot be read, or in which not as many row
    groups and columns are found as Arrow finds."""
    size = opened.size()
    opened.seek(size - _END)
    length = int.from_bytes(opened.read(4), "little")
    opened.seek(max(size - _END - length, 0))
    try:
        found = _Compact(opened.read(length)).struct({4: _groups}).get(4, [])
    except (IndexError, ValueError) as error:
        raise pa.ArrowInvalid("its footer cannot be read") from error
    if len(found) != about.num_row_groups or any(len(group) != about.num_columns for group in found):
        raise pa.ArrowInvalid("its footer has not the row groups or columns that it should have")
    return list(found)


def page_bytes(head: bytes) -> int | None:
    """Bytes of a page, unpacked, by the first two fields of its header: page_type and uncompressed_page_size, both i32
    (PageHeader). None where no such header begins."""
    if head[0:1] != b"\x15" or head[2:3] != b"\x15":
        return None
    try:
        return _Compact(head[3:]).varint() >> 1  # zigzag; no size is negative
    except (IndexError, ValueError):
        return None


class _Compact:
    """Bytes of Thrift's compact protocol. Raises IndexError behind their end, ValueError for what is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    def whole(self) -> int:
        found = self.varint()
        return (found >> 1) ^ -(found & 1)

    def binary(self) -> bytes:
        size = self.varint()
        self._at += size
        if self._at > len(self._data):
            raise IndexError(self._at)
        return self._data[self._at - size : self._at]

    def items(self, take: "Callable[[_Compact], Any]") -> list[Any]:
        size, _ = self._size()
        return [take(self) for _ in range(size)]

    def _size(self) -> tuple[int, int]:
        head = self._data[self._at]
        self._at += 1
        size = head >> 4
        return (self.varint() if size == 15 else size), head & 15

    def struct(self, wanted: Mapping[int, "Callable[[_Compact], Any]"], depth: int = 0) -> dict[int, Any]:
        """The fields that are wanted, by their numbers; all others are passed over."""
        if depth > _DEPTH:
            raise ValueError("structs within structs")
        found = {}
        number = 0
        while head := self._data[self._at]:
            self._at += 1
            number = number + (head >> 4) if head >> 4 else self.whole()
            if number in wanted:
                found[number] = wanted[number](self)
            else:
                self._pass(head & 15, depth, in_list=False)
        self._at += 1
        return found

    def _pass(self, kind: int, depth: int, *, in_list: bool) -> None:
        if kind in _WHOLES:
            self.varint()
        elif kind in _BOOLS or kind == _BYTE:
            self._at += in_list or kind == _BYTE  # a field that is true or false has it in its head
        elif kind == _BINARY:
            self.binary()
        elif kind == _STRUCT:
            self.struct({}, depth + 1)
        elif kind in _LISTS:
            size, inner = self._size()
            for _ in range(size):
                self._pass(inner, depth + 1, in_list=True)
        elif kind in (_DOUBLE, _UUID):
            self._at += 8 if kind == _DOUBLE else 16
        else:
            raise ValueError(f"a field of kind {kind}")  # parquet.thrift has no maps
        if self._at > len(self._data) or depth > _DEPTH:
            raise IndexError(self._at)


def _groups(data: _Compact) -> list[list[Chunk]]:
    return data.items(lambda one: one.struct({1: lambda inner: inner.items(_chunk)}).get(1, []))


_FIELDS: Mapping[int, Callable[[_Compact], Any]] = {
    1: _Compact.whole,
    2: lambda data: frozenset(data.items(_Compact.whole)),
    3: lambda data: ".".join(name.decode() for name in data.items(_Compact.binary)),
    5: _Compact.whole,
    6: _Compact.whole,
    7: _Compact.whole,
    11: _Compact.whole,
}


def _chunk(data: _Compact) -> Chunk:
    about = data.struct({3: lambda inner: inner.struct(_FIELDS)}).get(3, {})
    if not {1, 2, 3, 5, 6, 7} <= set(about):
        raise ValueError("a column chunk that says nothing of itself")
    return Chunk(
        kind=about[1],
        encodings=about[2],
        path=about[3],
        values=about[5],
        unpacked=about[6],
        stored=about[7],
        dictionary_at=about.get(11, 0),
    )
