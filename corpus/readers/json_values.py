"""JSON that is not a value a line: an array of objects, one object, or objects one after the other.

What kind of JSON a file holds is told by its first bytes, not by its name.
"""

import re
from collections.abc import Iterator
from itertools import islice

from corpus.readers import jsonl
from corpus.readers.lines import Lines
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

_LOOKED_AT = 1 << 20  # bytes of a file that show which kind of JSON it is
_LINES = 100
_BETWEEN = re.compile(rb"[\s,\]\xef\xbb\xbf]*+")  # between values: array ends, and marks of files that were joined
_BARE = re.compile(rb"[^\s,\[\]{}]++")
_NEXT = re.compile(rb"[\n,]\s*+\{(?=\s*+\")")  # where an object begins among others
_MARK = re.compile(rb'["{}\[\]]')
_QUOTE = re.compile(rb'["\\]')
_OPENING = b"{["


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Objects in order, by lines if the file has an object a line. Raises RecipeError for a file in UTF-16."""
    stream = Stream(piece.file)
    try:
        lines = _has_lines(stream, piece.file)
    finally:
        stream.close()
    if lines:
        yield from jsonl.read(piece, source)
        return
    stream = Stream(piece.file)
    try:
        yield from _stretches(stream, piece, source)
    finally:
        stream.close()


def _has_lines(stream: Stream, file: SourceFile) -> bool:
    """Whether the first line is an object, or most of those that were looked at: one among them may be broken."""
    lines = Lines(_LOOKED_AT, 0, skips=False, stop=-1)
    found: list[bool] = []
    looked_at = 0
    while looked_at < _LOOKED_AT and len(found) < _LINES and (block := stream.read()):
        jsonl.refuse_wide(block, looked_at, file)
        looked_at += len(block)
        whole = (line for _, line in lines.feed(block) if line and line.strip())
        found += [_is_object(line) for line in islice(whole, _LINES)]
    return bool(found) and (found[0] or sum(found) * 2 > len(found))


def _is_object(line: bytes) -> bool:
    return line.lstrip()[:1] == b"{" and jsonl.is_object(line)


def _stretches(stream: Stream, piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    file = piece.file.file
    values = Values(source.max_record_bytes, 0)
    while True:
        while block := stream.read():
            for offset, value in values.feed(block):
                yield from _record(value, file, offset, source)
        rest = values.rest()
        if not stream.damage:
            if rest >= 0:
                within = list(_within(values.held(), file, rest, source))
                lost = 0 if within else _lost(stream, piece, rest)
                yield reject(file, rest, "truncated", "the file ends in this value", lost=lost)
                yield from within
            return
        gap = stream.resume()
        yield reject(file, max(rest, 0), gap.reason, gap.detail, lost=gap.lost)
        if not gap.more:
            return
        values = Values(source.max_record_bytes, stream.position, within=True)


def _lost(stream: Stream, piece: Slice, start: int) -> int:
    """Bytes of the file behind a place: of a compressed one its share of them."""
    whole = stream.position or 1
    return (stream.position - start) * piece.file.size // whole if piece.file.compression else stream.position - start


def _record(value: bytes | None, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    if value is None:
        yield reject(file, offset, "too_large", f"a value of more than {source.max_record_bytes} bytes")
    elif value[:1] == b"{":
        found = list(jsonl.records(value, file, offset, source))
        yield from found
        if isinstance(found[-1], Reject) and found[-1].reason == "broken":
            yield from _within(value, file, offset, source)
    else:
        yield reject(file, offset, "broken", "the value is no JSON object")


def _within(value: bytes, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    """The objects behind a value's first, of one that is broken: a quote or bracket that is missing takes them in."""
    for begins in _NEXT.finditer(value, 1):
        start = begins.end() - 1
        following = _NEXT.search(value, begins.end())
        one = value[start : following.start() if following else len(value)].rstrip(b" \t\r\n,]")
        yield from jsonl.records(one, file, offset + start, source)


class Values:
    """Gathers values out of blocks: those over a limit are never held.

    Only brackets and quotes are looked at. The brackets of arrays at the outermost level are as commas.
    """

    def __init__(self, most: int, start: int, *, within: bool = False) -> None:
        """From byte `start` on. `within`: it may be in the middle of a value, so all up to the next line that begins
        with an object is passed over."""
        self._most = most
        self._place = start  # of the next block
        self._start = -1  # of the value that is being gathered; -1: none is
        self._within = within
        self._parts: list[bytes] = []
        self._size = 0
        self._depth = 0
        self._quoted = False
        self._escaped = False
        self._bare = False  # whether it is neither a string nor has brackets

    def feed(self, block: bytes) -> Iterator[tuple[int, bytes | None]]:
        """(offset, value) of each value that ends in the block; None for one of more than `most` bytes."""
        at = 0
        if self._within:
            begins = _NEXT.search(block)
            if begins is None:
                self._place += len(block)
                return
            at, self._within = begins.end() - 1, False
        while at < len(block):
            if self._start < 0:
                at = self._open(block, at)
                continue
            end = self._end(block, at)
            self._gather(block[at:end])
            at = end
            if not self._depth and not self._quoted and not (self._bare and at == len(block)):
                yield self._start, b"".join(self._parts) if self._size <= self._most else None
                self._start, self._parts, self._size = -1, [], 0
        self._place += len(block)

    def rest(self) -> int:
        """Where the value begins that has not ended; -1 if there is none."""
        return self._start

    def held(self) -> bytes:
        """What there is of that value, if it is not over the limit."""
        return b"".join(self._parts)

    def _open(self, block: bytes, at: int) -> int:
        """Go to the next value."""
        found = _BETWEEN.match(block, at)
        at = found.end() if found else at
        if block[at : at + 1] == b"[":
            return at + 1
        if at < len(block):
            self._start = self._place + at
            self._bare = block[at : at + 1] not in (b"{", b'"', b"}")
        return at

    def _end(self, block: bytes, at: int) -> int:
        """Where the value that is being gathered ends in the block, or the end of the block."""
        if self._bare:
            bare = _BARE.match(block, at)
            return bare.end() if bare else at
        while at < len(block):
            if self._quoted:
                at = self._string(block, at)
            else:
                found = _MARK.search(block, at)
                if found is None:
                    return len(block)
                at = found.end()
                mark = block[at - 1]
                self._quoted = mark == 0x22
                self._depth += 0 if self._quoted else 1 if mark in _OPENING else -1
            if not self._quoted and self._depth <= 0:
                self._depth = 0
                return at
        return at

    def _string(self, block: bytes, at: int) -> int:
        """Behind the string that this place is in, or the end of the block."""
        if self._escaped:
            self._escaped = False
            return at + 1
        found = _QUOTE.search(block, at)
        if found is None:
            return len(block)
        if found[0] == b'"':
            self._quoted = False
        else:
            self._escaped = True
        return found.end()

    def _gather(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._most:
            self._parts.append(part)
        else:
            self._parts = []
