"""CSV (RFC 4180) and TSV (IANA's text/tab-separated-values): a record a row, fields by the names in the first.

In TSV nothing is quoted. In CSV the rules of quotes are held to: what breaks them is a reject, never another text.
"""

import csv
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import IncrementalNewlineDecoder
from typing import Literal

from corpus.errors import RecipeError
from corpus.readers.fields import record_of
from corpus.sources import declared_encoding
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

_AGAIN = 1 << 18  # characters of a row that are held, to be read again line by line if its quotes are wrong
_OTHER_SIGNS = (";", "\t", "|")  # what stands for the comma where that is a decimal sign


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Rows in order; `offset` is the row's number. Raises RecipeError for a file whose first row lacks the text's name,
    or has it twice."""
    stream = Stream(piece.file)
    lines = _Lines(stream, source.max_record_bytes, source.encoding)
    try:
        given = iter(lines)
        first = next(given, None)
        if first is not None:
            names, rows = _opened(first, given, piece.file, source)
            yield from _records(names, rows, lines, piece.file.file, source)
        if stream.damage:
            yield reject(piece.file.file, lines.rows, stream.damage, "rows behind it are not read", lost=stream.unread)
    except _NeverClosed:
        lost = stream.unread + lines.taken
        yield reject(piece.file.file, lines.rows, "broken", "a row too large, or a quote never closed", lost=lost)
    finally:
        stream.close()


class _NeverClosed(Exception):
    """A row of several lines is too large: the end of it cannot be told."""


@dataclass
class _Lines:
    """Lines with their ends, each of at most `most` characters; bytes that mean nothing as surrogates."""

    stream: Stream
    most: int
    encoding: str = ""
    rows: int = 0  # that have been read
    taken: int = 0  # characters of lines since the row began
    too_large: bool = False  # a line that was the row
    row: list[str] = field(default_factory=list)  # lines of the row, as long as they may be read again
    again: deque[str] = field(default_factory=deque)

    def begin(self) -> None:
        self.taken, self.too_large, self.row = 0, False, []

    def read_again(self) -> bool:
        """Take all lines of the row but the first for rows of their own: a quote in it was no quote. False if they are
        too many to be held, so that they are lost."""
        if self.taken > _AGAIN:
            return False
        self.again.extendleft(reversed(self.row[1:]))
        return True

    def __post_init__(self) -> None:
        self._read = self._lines()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return self._line([], self.again.popleft(), 0, "") if self.again else next(self._read)

    def _lines(self) -> Iterator[str]:
        decoder = IncrementalNewlineDecoder(declared_encoding.decoder(self.encoding), translate=True)
        parts: list[str] = []
        size = 0
        while block := self.stream.read():
            *whole, rest = decoder.decode(block).split("\n")
            for line in whole:
                yield self._line(parts, line, size + len(line), "\n")
                parts, size = [], 0
            size += len(rest)
            parts = [*parts, rest] if size <= self.most else []
        last = decoder.decode(b"", final=True)
        if (size or last) and not self.stream.damage:
            yield self._line(parts, last, size + len(last), "")

    def _line(self, parts: list[str], last: str, size: int, end: str) -> str:
        size = size or len(last)
        if self.taken + size > self.most:
            if self.taken:
                raise _NeverClosed
            self.too_large = True
            return "\n"
        self.taken += size + 1
        line = "".join([*parts, last]) + end
        if self.taken <= _AGAIN:
            self.row.append(line)
        return line


def _opened(
    first: str, lines: Iterator[str], file: SourceFile, source: Source
) -> tuple[list[str], Iterator[list[str]]]:
    """Names of fields, and the rows. The sign between fields is the first of the format's that gives the text's name.

    Raises RecipeError if none does, or gives it twice.
    """
    wanted = source.inputs_field if source.prompted else source.text_field
    signs = ("\t",) if file.format == "tsv" else (",", *_OTHER_SIGNS)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if file.format == "tsv" else csv.QUOTE_MINIMAL
    csv.field_size_limit(sys.maxsize)  # lines are bounded, and rows of them
    for sign in signs:
        try:
            names = next(csv.reader([first], delimiter=sign, quoting=quoting, strict=True), [])
        except csv.Error:
            continue
        if names.count(wanted) > 1:
            raise RecipeError(f"{file.uri} has the column {wanted!r} {names.count(wanted)} times: write it once")
        if wanted in names:
            return names, csv.reader(lines, delimiter=sign, quoting=quoting, strict=True)
    key = "inputs_field" if source.prompted else "text_field"
    there = ", ".join(first.strip().split(signs[0]))
    raise RecipeError(f"{file.uri} has no column {wanted!r} in its first row: set {key} to one of {there}")


def _records(
    names: list[str], rows: Iterator[list[str]], lines: _Lines, file: str, source: Source
) -> Iterator[Record | Reject | Note]:
    while True:
        lines.begin()
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield reject(file, lines.rows, "broken", error, lost=0 if lines.read_again() else lines.taken)
            lines.rows += 1
            continue
        if row is None:
            return
        if lines.too_large:
            yield reject(file, lines.rows, "too_large", f"a row of more than {source.max_record_bytes} bytes")
        elif not row:
            continue
        elif len(row) != len(names):
            lost = 0 if lines.read_again() else lines.taken
            why = f"{len(row)} fields, where the first row has {len(names)}"
            yield reject(file, lines.rows, "broken", why, lost=lost)
        else:
            fields = {name: _value(value) for name, value in zip(names, row, strict=True)}
            yield record_of(fields, file, lines.rows, source)
        lines.rows += 1


def _value(text: str) -> object:
    """The text; None for an empty field; bytes where they are no UTF-8."""
    if not text:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text
