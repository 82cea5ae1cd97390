"""JSON, an object a line."""

import codecs
import dataclasses
from collections.abc import Iterator
from functools import lru_cache

import orjson

from corpus.errors import RecipeError
from corpus.readers.fields import record_of
from corpus.readers.lines import Lines
from corpus.readers.skim import Tree, skim, tree_of
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

_TREE_BYTES = 4 << 20  # of a line whose tree is small whatever it holds: brackets take 60 bytes a byte at most
_TREE_VALUES = 1 << 21  # values of a line, some 100 bytes each, so 200 MB
_BAD = 1000  # characters of a text of which one may stand for bytes that are no UTF-8
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Lines that begin in the slice. Blank lines are no records. Raises RecipeError for a file in UTF-16."""
    stream = Stream(piece.file, max(piece.start - 1, 0))
    try:
        yield from _stretches(stream, piece, source)
    finally:
        stream.close()


def _stretches(stream: Stream, piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """The lines before, between and behind what is damaged."""
    file = piece.file.file
    lines = Lines(source.max_record_bytes, stream.position, skips=piece.start > 0, stop=piece.stop)
    while True:
        while not lines.ended and (block := stream.read()):
            refuse_wide(block, stream.position - len(block), piece.file)
            for offset, line in lines.feed(block):
                found = _parsed(line, file, offset, source) if line else None
                if found is None:
                    yield from _line(line, file, offset, source)
                else:
                    yield found
        offset, last = lines.rest()
        if not stream.damage:
            yield from _last(last, file, offset, source)
            return
        if last and is_object(last):
            yield from records(last, file, offset, source)
        gap = stream.resume()
        yield reject(file, offset, gap.reason, gap.detail, lost=gap.lost)
        if not gap.more:
            return
        lines = Lines(source.max_record_bytes, stream.position, skips=False, stop=-1)
        yield from _first_line(stream, lines, file, source)


def refuse_wide(block: bytes, position: int, file: SourceFile) -> None:
    """Raises RecipeError for the first block of a file that is in UTF-16."""
    if not position and block.startswith(_WIDE):
        raise RecipeError(f"{file.uri} is in UTF-16: write it as UTF-8")


def _first_line(stream: Stream, lines: Lines, file: str, source: Source) -> Iterator[Record | Reject | Note]:
    """Behind damage a line may begin before the place where reading goes on: then it is part of what was lost."""
    while block := stream.read():
        found = list(lines.feed(block))
        for number, (offset, line) in enumerate(found):
            if number or (line and is_object(line)):
                yield from _line(line, file, offset, source)
        if found:
            return


def _line(line: bytes | None, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    if line is None:
        yield reject(file, offset, "too_large", f"a line of more than {source.max_record_bytes} bytes")
    elif line.strip():
        yield from records(line, file, offset, source)


def _last(line: bytes | None, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    """What follows the last line feed. It is whole if it is JSON, for no proper prefix of an object is."""
    if line is None or not line.strip() or line.lstrip()[:1] != b"{" or is_object(line):
        yield from _line(line, file, offset, source)
    else:
        yield reject(file, offset, "truncated", "the file ends in this line", lost=len(line))


def is_object(line: bytes) -> bool:
    """Whether a line is a JSON object, with or without a byte order mark."""
    try:
        skim(line.removeprefix(codecs.BOM_UTF8), {})
    except ValueError:
        return False
    return True


def records(line: bytes, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    """The record of a JSON object, or why there is none, and what was mended."""
    found = _parsed(line, file, offset, source)
    if found is None:
        yield from _skimmed(line, file, offset, source)
    else:
        yield found


def _parsed(line: bytes, file: str, offset: int, source: Source) -> Record | Reject | None:
    """What a line gives that a strict parser takes; None for others, and for one whose tree might be too large."""
    if len(line) > _TREE_BYTES and _values(line) > _TREE_VALUES:
        return None
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return reject(file, offset, "broken", "the line is no JSON object")
    return record_of(found, file, offset, source)


def _values(line: bytes) -> int:
    """No fewer values than the line holds."""
    return line.count(b",") + line.count(b"[") + line.count(b"{") + 1


def _skimmed(line: bytes, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    line = line.removeprefix(codecs.BOM_UTF8)  # before the first line of each file of several that were joined
    if not line.strip():
        return
    try:
        skimmed = skim(line, _tree(source))
    except ValueError as error:
        yield reject(file, offset, "broken", error)
        return
    found = record_of(skimmed.found, file, offset, source)
    if isinstance(found, Record):
        chars = len(found.text) + len(found.targets or "")
        if skimmed.bad > max(1, chars // _BAD):
            yield reject(file, offset, "undecodable", f"{skimmed.bad} sequences of bytes are no UTF-8")
            return
        if skimmed.bad:
            yield Note(kind="repaired", detail="bytes that are no UTF-8 to U+FFFD", count=skimmed.bad)
        if skimmed.halves:
            yield Note(kind="repaired", detail="half a surrogate pair to U+FFFD", count=skimmed.halves)
    yield found


@lru_cache(maxsize=8)
def _tree(source: Source) -> Tree:
    """The fields that are read of a source."""
    names = (getattr(source, one.name) for one in dataclasses.fields(source) if one.name.endswith("_field"))
    return tree_of([*(name for name in names if name), *source.where])
