"""Records of a crawler's archive with their headers, as far as the file is whole.

A record is a header and a block of so many bytes as the header says. Behind what is damaged reading goes on with the
next member of the compressed file that unpacks to a record, or with the next place that a header begins at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.archives.cursor import Cursor
from corpus.sources.streams import Gap, Stream

_BETWEEN = b"\r\n\0\xef\xbb\xbf"  # ends of records, padding, and byte order marks of files that were joined
_HEAD_BYTES = 1 << 20  # of a header; those of crawlers have 1 kB, some addresses are longer
_START_BYTES = 16  # of a header are enough to tell that it is one
_CUT_HEAD = "the file ends in this record's header"
_DIGITS = 18  # that a number of bytes has at most
_HELD = 16  # records and faults that wait for the end of their member
_SCANNED = 1 << 16
_NEXT_BYTES = 1 << 10  # a header may begin in the last of what was looked at


@dataclass(frozen=True, kw_only=True)
class Framing:
    """How records of a kind of archive are told."""

    begins: tuple[bytes, ...]  # what the header of nearly every record begins with
    start: re.Pattern[bytes]  # what that of every record begins with
    end: re.Pattern[bytes]  # the end of a header
    next: re.Pattern[bytes]  # a header among other bytes; its match begins where the header does
    # The fields of a header by names in small letters, "content-length" among them; None: it is no header.
    fields: Callable[[bytes], Mapping[str, str] | None]

    def may_begin(self, data: bytes) -> bool:
        """Whether a record begins so, as far as there is data."""
        return bool(self.start.match(data)) or any(begin.startswith(data[: len(begin)]) for begin in self.begins)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A record as it stands in the file."""

    headers: Mapping[str, str]  # by names in small letters
    block: bytes  # at most one byte over what was asked for
    length: int  # bytes of the block, as the header says
    start: int  # of the record, decompressed
    begun: bool = True  # whether it begins as nearly all do: a slice may begin with it


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A piece of the file that gives no record."""

    start: int  # decompressed
    reason: str
    detail: str
    lost: int = 0  # bytes of the file, as it is stored
    reached: int = 0  # bytes of the file that had been read when it began, to a block
    begun: bool = False  # whether it begins as a record does: a slice may begin with it


def entries(stream: Stream, framing: Framing, most: int, size: int) -> Iterator[Entry | Fault]:
    """Records, with blocks of up to `most` bytes and one more, of a file of `size` bytes."""
    cursor = Cursor(stream)
    while True:
        held: list[Entry | Fault] = []  # the last record, until its member is known to be whole, and what follows it
        whole = -1  # place of the member that the last whole record was in
        for found in _stretch(cursor, stream, framing, most):
            if isinstance(found, Entry) or len(held) >= _HELD:
                whole = stream.stored(held[0].start) if held else whole
                yield from held
                held = []
            held.append(found)
        if not stream.damage:
            yield from _last(held, stream, whole, size)
            return
        gap = stream.resume(framing.begins)
        yield from _around(held, gap, stream, whole)
        if not gap.more:
            return
        cursor.renew()


def _last(held: list[Entry | Fault], stream: Stream, whole: int, size: int) -> Iterator[Entry | Fault]:
    """What the file ends in, if it is not damaged."""
    for number, one in enumerate(held, start=1):
        if isinstance(one, Entry):
            whole = stream.stored(one.start)
        yield _ended(one, stream, whole, size) if isinstance(one, Fault) and number == len(held) else one


def _ended(fault: Fault, stream: Stream, whole: int, size: int) -> Fault:
    """What the file ends in: nothing behind it is read."""
    place = stream.stored(fault.start)
    return replace(fault, lost=max(size - (fault.reached if place == whole else place), 0))


def _around(held: list[Entry | Fault], gap: Gap, stream: Stream, whole: int) -> Iterator[Entry | Fault]:
    """The last record before damage, if it is whole, and the damage, which takes in all else."""
    if held and isinstance(held[0], Entry):
        place = stream.stored(held[0].start)
        garbled = any(isinstance(one, Fault) and one.reason == "broken" for one in held)
        if place != gap.begun or not (gap.checked or garbled):
            yield held.pop(0)
            whole = place
    start = held[0].start if held else stream.position
    first = min(stream.stored(start), gap.begun) if held else gap.begun
    lost = gap.next - (gap.at if whole == first else first)
    begun = held[0].begun if held else False
    yield Fault(start=start, reason=gap.reason, detail=gap.detail, lost=max(lost, 0), begun=begun)


def _stretch(cursor: Cursor, stream: Stream, framing: Framing, most: int) -> Iterator[Entry | Fault]:
    """Records up to the end of the file or its next damage; a Fault is last for what it ends in."""
    while True:
        between = cursor.peek(64)
        while between and not (rest := between.lstrip(_BETWEEN)):
            cursor.skip(len(between))
            between = cursor.peek(64)
        if not between:
            return
        cursor.skip(len(between) - len(rest))
        start = cursor.position
        line = cursor.peek(_START_BYTES)
        if len(line) < _START_BYTES and framing.may_begin(line) and b"\n" not in line:
            cursor.skip(len(line))
            yield Fault(start=start, reason="truncated", detail=_CUT_HEAD, reached=stream.reached)
            return
        if framing.start.match(line):
            begun = line.startswith(framing.begins)
            for found in _entry(cursor, stream, framing, most):
                yield found if found.begun == begun else replace(found, begun=begun)
        else:
            yield from _garbage(cursor, stream, framing, "no record begins here")


def _entry(cursor: Cursor, stream: Stream, framing: Framing, most: int) -> Iterator[Entry | Fault]:
    start, reached = cursor.position, stream.reached
    end = cursor.find(framing.end, _HEAD_BYTES)
    if end < 0 and len(cursor.peek(_HEAD_BYTES)) < _HEAD_BYTES:
        cursor.skip(_HEAD_BYTES)
        yield Fault(start=start, reason="truncated", detail=_CUT_HEAD, reached=reached)
        return
    if end < 0:
        yield from _garbage(cursor, stream, framing, "a header without an end", _HEAD_BYTES // 2)
        return
    head = cursor.take(end)
    headers = framing.fields(head)
    said = headers.get("content-length", "") if headers else ""
    length = int(said) if said.isascii() and said.isdigit() and len(said) < _DIGITS else -1
    if length < 0 or (length > most and cursor.position + length > stream.plain_bytes):
        cursor.put_back(head)
        yield from _garbage(cursor, stream, framing, f"a header that gives its block {said[:_DIGITS] or 'no'} bytes")
        return
    block = cursor.take(min(length, most + 1), framing.begins)
    read = len(block)
    if read == most + 1 and length > read:
        read += cursor.skip(length - read, framing.begins)
    if read == length and _fits(cursor, framing):
        yield Entry(headers=headers or {}, block=block, length=length, start=start)
        return
    inner = framing.next.search(block)
    if inner and read <= most:  # the length is wrong, and takes in what follows
        cursor.put_back(block[inner.start() :])
        yield _fault(cursor, stream, start, "broken", "Content-Length goes past the next record")
    elif read == length:
        yield Entry(headers=headers or {}, block=block, length=length, start=start)
    elif cursor.peek(1):
        yield _fault(cursor, stream, start, "broken", "the block is shorter than Content-Length says")
    else:
        yield Fault(start=start, reason="truncated", detail="the file ends in this record", reached=reached)


def _fits(cursor: Cursor, framing: Framing) -> bool:
    """Whether what follows a block is the end of its record, or of the file."""
    after = cursor.peek(64)
    rest = after.lstrip(_BETWEEN)
    return not rest or after.startswith(b"\r\n\r\n") or framing.may_begin(rest)


def _garbage(cursor: Cursor, stream: Stream, framing: Framing, detail: str, least: int = 1) -> Iterator[Fault]:
    """Pass over all up to the next place that a record begins at, behind the first `least` bytes."""
    start, reached = cursor.position, stream.reached
    size = cursor.skip(least)
    while ahead := cursor.peek(_SCANNED):
        found = framing.next.search(ahead)
        size += cursor.skip(found.start() if found else max(len(ahead) - _NEXT_BYTES, 1))
        if found:
            break
    yield replace(_fault(cursor, stream, start, "broken", f"{detail}: {size} bytes"), reached=reached)


def _fault(cursor: Cursor, stream: Stream, start: int, reason: str, detail: str) -> Fault:
    lost = stream.stored(cursor.position) - stream.stored(start)
    return Fault(start=start, reason=reason, detail=detail, lost=lost)
