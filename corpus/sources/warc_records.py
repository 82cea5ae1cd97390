"""Records of a WARC file with their headers (ISO 28500:2017, clauses 4 and 5), as far as the file is whole.

Behind what is damaged reading goes on with the next member of the compressed file that unpacks to a record, or with
the next line that begins one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.sources.cursor import Cursor
from corpus.sources.streams import Gap, Stream

MAGIC = b"WARC/"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
_NEXT = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n(?=[!-9;-~]+:)")
_FIELD = re.compile(r"^([^:\r\n]++):[ \t]*+([^\r\n]*+)", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_BETWEEN = b"\r\n\0\xef\xbb\xbf"  # ends of records, padding, and byte order marks of files that were joined
_HEAD_BYTES = 1 << 20  # of a header; those of crawlers have 1 kB, some addresses are longer
_VERSION_BYTES = 16  # that _VERSION has at most, with a space or two
_CUT_HEAD = "the file ends in this record's header"
_SCANNED = 1 << 16
_NEXT_BYTES = 128  # that _NEXT has at most: it may begin in the last of what was looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A record as it stands in the file."""

    headers: Mapping[str, str]  # by names in small letters
    block: bytes  # at most one byte over what was asked for
    length: int  # bytes of the block, as the header says
    start: int  # of the record, decompressed


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A piece of the file that gives no record."""

    start: int  # decompressed
    reason: str
    detail: str
    lost: int = 0  # bytes of the file, as it is stored
    reached: int = 0  # bytes of the file that had been read when it began, to a block


def entries(stream: Stream, most: int, size: int) -> Iterator[Entry | Fault]:
    """Records, with blocks of up to `most` bytes and one more, of a file of `size` bytes."""
    cursor = Cursor(stream)
    while True:
        held: Entry | Fault | None = None
        whole = -1  # place of the member that the last whole record was in
        for found in _stretch(cursor, stream, most):
            if held:
                whole = stream.stored(held.start)
                yield held
            held = found
        if not stream.damage:
            if held:
                yield held if isinstance(held, Entry) else _ended(held, stream, whole, size)
            return
        gap = stream.resume(MAGIC)
        yield from _around(held, gap, stream, whole)
        if not gap.more:
            return
        cursor.renew()


def _ended(fault: Fault, stream: Stream, whole: int, size: int) -> Fault:
    """What the file ends in: nothing behind it is read."""
    place = stream.stored(fault.start)
    return replace(fault, lost=max(size - (fault.reached if place == whole else place), 0))


def _around(held: Entry | Fault | None, gap: Gap, stream: Stream, whole: int) -> Iterator[Entry | Fault]:
    """The last record before damage, if it is whole, and the damage."""
    place = stream.stored(held.start) if held else gap.begun
    if isinstance(held, Entry) and not (gap.checked and place == gap.begun):
        yield held
        whole, held, place = place, None, gap.begun
    first = min(place, gap.begun)
    lost = gap.next - (gap.at if whole == first else first)
    start = held.start if held else stream.position
    yield Fault(start=start, reason=gap.reason, detail=gap.detail, lost=max(lost, 0))


def _stretch(cursor: Cursor, stream: Stream, most: int) -> Iterator[Entry | Fault]:
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
        line = cursor.peek(_VERSION_BYTES)
        if len(line) < _VERSION_BYTES and MAGIC.startswith(line[: len(MAGIC)]) and b"\n" not in line:
            cursor.skip(len(line))
            yield Fault(start=start, reason="truncated", detail=_CUT_HEAD, reached=stream.reached)
            return
        if not _VERSION.match(line):
            yield from _garbage(cursor, stream, start)
            continue
        yield from _entry(cursor, stream, start, most)


def _entry(cursor: Cursor, stream: Stream, start: int, most: int) -> Iterator[Entry | Fault]:
    reached = stream.reached
    end = cursor.find(_HEAD_END, _HEAD_BYTES)
    if end < 0 and len(cursor.peek(_HEAD_BYTES)) < _HEAD_BYTES:
        cursor.skip(_HEAD_BYTES)
        yield Fault(start=start, reason="truncated", detail=_CUT_HEAD, reached=reached)
        return
    if end < 0:
        yield from _garbage(cursor, stream, start, "a header without an end")
        return
    head = cursor.take(end)
    headers = fields(head)
    said = headers.get("content-length", "")
    if not (said.isascii() and said.isdigit()) or len(said) > 18:
        cursor.put_back(head)
        yield from _garbage(cursor, stream, start, "no Content-Length")
        return
    length = int(said)
    if length > most and cursor.position + length > stream.plain_bytes:
        yield from _garbage(cursor, stream, start, "Content-Length goes past the end of the file")
        return
    block = cursor.take(min(length, most + 1), MAGIC)
    read = len(block)
    if read == most + 1 and length > read:
        read += cursor.skip(length - read, MAGIC)
    if read == length and _fits(cursor):
        yield Entry(headers=headers, block=block, length=length, start=start)
        return
    inner = _NEXT.search(block)
    if inner and read <= most:  # the length is wrong, and takes in what follows
        cursor.put_back(block[inner.start() :])
        yield _fault(cursor, stream, start, "broken", "Content-Length goes past the next record")
    elif read == length:
        yield Entry(headers=headers, block=block, length=length, start=start)
    elif cursor.peek(1):
        yield _fault(cursor, stream, start, "broken", "the block is shorter than Content-Length says")
    else:
        yield Fault(start=start, reason="truncated", detail="the file ends in this record", reached=reached)


def _fits(cursor: Cursor) -> bool:
    """Whether what follows a block is the end of its record, or of the file."""
    after = cursor.peek(64)
    rest = after.lstrip(_BETWEEN)
    return not rest or after.startswith(b"\r\n\r\n") or MAGIC.startswith(rest[: len(MAGIC)])


def _garbage(cursor: Cursor, stream: Stream, start: int, detail: str = "no record begins here") -> Iterator[Fault]:
    """Pass over all up to the next line that begins a record."""
    reached = stream.reached
    size = cursor.skip(1)
    while ahead := cursor.peek(_SCANNED):
        found = _NEXT.search(ahead)
        size += cursor.skip(found.start() if found else max(len(ahead) - _NEXT_BYTES, 1))
        if found:
            break
    yield replace(_fault(cursor, stream, start, "broken", f"{detail}: {size} bytes"), reached=reached)


def _fault(cursor: Cursor, stream: Stream, start: int, reason: str, detail: str) -> Fault:
    lost = stream.stored(cursor.position) - stream.stored(start)
    return Fault(start=start, reason=reason, detail=detail, lost=lost)


def fields(head: bytes) -> dict[str, str]:
    """Named fields of a header by names in small letters, folded lines joined; of those that stand twice the first.

    >>> fields(b"WARC/1.0\\r\\nwarc-type: response\\r\\nX: a\\r\\n b\\r\\n\\r\\n")
    {'warc-type': 'response', 'x': 'a b'}
    """
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return {name.strip().lower(): value.strip() for name, value in reversed(_FIELD.findall(text))}
