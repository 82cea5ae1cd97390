"""JSON, an object a line."""

import codecs
from collections.abc import Iterator

import orjson

from corpus.sources.fields import record_of
from corpus.sources.inventory import Slice
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Lines that begin in the slice. Blank lines are no records."""
    file = piece.file
    stream = Stream(file, max(piece.start - 1, 0))
    try:
        for offset, line in _lines(stream, piece, source.max_record_bytes):
            if line is None:
                yield reject(file.file, offset, "too_large", f"a line of more than {source.max_record_bytes} bytes")
            elif line.strip():
                yield _record(line, file.file, offset, source)
    except _Unfinished as unfinished:
        if not stream.damage and _parses(unfinished.line):
            yield _record(unfinished.line, file.file, unfinished.offset, source)
        else:
            reason = stream.damage or "truncated"
            yield reject(file.file, unfinished.offset, reason, "the file ends in this line")
    finally:
        stream.close()


def _parses(line: bytes) -> bool:
    """A last line without a line feed is whole if it is JSON, for no proper prefix of an object is."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


class _Unfinished(Exception):
    """The file ended in a line, or before its end."""

    def __init__(self, offset: int, line: bytes) -> None:
        super().__init__()
        self.offset = offset
        self.line = line


def _lines(stream: Stream, piece: Slice, most: int) -> Iterator[tuple[int, bytes | None]]:  # noqa: C901
    """(offset, line) of each line that begins in the slice; None for one over `most`, which is never held.

    Raises _Unfinished for what follows the last line feed, and at the end of a damaged file.
    """
    parts: list[bytes] = []
    size = 0
    start = 0  # of the line that is being gathered
    inside = piece.start == 0  # a slice begins after the first line feed at or after start - 1
    place = stream.position
    if not inside:
        start = -1
    while block := stream.read():
        first = 0
        while (end := block.find(b"\n", first)) >= 0:
            if start >= 0:
                size += end - first
                parts.append(block[first:end])
                yield start, _whole(parts, start) if size <= most else None
            parts, size = [], 0
            first = end + 1
            start = place + first
            if piece.stop >= 0 and start >= piece.stop:
                return
        if start >= 0:
            size += len(block) - first
            if size <= most:
                parts.append(block[first:])
            else:
                parts = []
        place += len(block)
        if start < 0 and 0 <= piece.stop <= place:
            return  # no line begins in a slice of one line's middle
    if stream.damage or (start >= 0 and size):
        if size > most:
            yield start, None
            if not stream.damage:
                return
            parts = []
        last = _whole(parts, start)
        if last.strip() or stream.damage:
            raise _Unfinished(max(start, 0), last)


def _whole(parts: list[bytes], start: int) -> bytes:
    """A line, without the byte order mark that some editors put before the first."""
    line = b"".join(parts)
    return line.removeprefix(codecs.BOM_UTF8) if start == 0 else line


def _record(line: bytes, file: str, offset: int, source: Source) -> Record | Reject:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        reason = "undecodable" if "surrogate" in str(error) or "UTF-8" in str(error) else "broken"
        return reject(file, offset, reason, error)
    if not isinstance(found, dict):
        return reject(file, offset, "broken", "the line is no JSON object")
    return record_of(found, file, offset, source)
