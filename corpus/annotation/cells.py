"""Tables as tab-separated values that spreadsheets read as they were written: cells with quotes are quoted."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.errors import RecipeError

_MOST_CHARS = 1 << 24  # of a cell
_FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001 - a spreadsheet computes what begins so (OWASP, CSV injection)
# C0 and C1 controls and the separators of Unicode: what moves a cursor or ends a line. What joins letters stays.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNNAMED = {escape: character for character, escape in _NAMED.items()} | {"\\\\": "\\"}
_ESCAPE = re.compile(r"\\(?:[\\tnr]|x[0-9a-f]{2}|u[0-9a-f]{4})")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row, and the line of the file that it begins on."""

    number: int
    cells: Sequence[str]


def to_bytes(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8. Cells stand as they are: those with tabs, quotes or line feeds are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def parse(data: bytes, name: str) -> list[Line]:
    r"""Lines that hold anything, the first with the names of columns. Tabs, or what else a spreadsheet saved.

    >>> [line.cells for line in parse(b'"a\nb"\tc\n1\t"2"\n', "x")]
    [['a\nb', 'c'], ['1', '2']]
    """
    try:
        text = data.decode("utf-8-sig")  # what spreadsheets write
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name} is not UTF-8: save it as text, UTF-8, with tabs") from error
    csv.field_size_limit(_MOST_CHARS)
    delimiter = "\t" if "\t" in text else max(",;", key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[Line] = []
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(Line(number=number, cells=cells))
            number = reader.line_num + 1
    except csv.Error as error:
        raise RecipeError(f"{name}, line {number}: {error}: save it as text with tabs") from error
    if not found:
        raise RecipeError(f"{name} is empty: give a sheet that `gristmill audit sample` wrote")
    width = len(found[0].cells)
    for line in found:
        if any(_holds_row(cell, delimiter, width) for cell in line.cells):
            raise RecipeError(
                f"{name}, line {line.number}: a quote that does not end takes the rows behind it: close it"
            )
        if len(line.cells) != width:
            raise RecipeError(
                f"{name}, line {line.number}: {len(line.cells)} cells where the first line has {width} columns"
            )
    return found


def _holds_row(cell: str, delimiter: str, width: int) -> bool:
    """Whether a line within a cell has as many columns as the table: what a quote without its other half takes in."""
    return "\n" in cell and any(line.count(delimiter) >= width - 1 > 0 for line in cell.split("\n")[1:])


def shown(text: str) -> str:
    r"""A text as one cell on one line, which no spreadsheet computes.

    >>> shown("a\tb\nc\\n"), shown("=1+1")
    ('a\\tb\\nc\\\\n', "'=1+1")
    """
    line = _CONTROL.sub(_escaped, text.replace("\\", "\\\\"))
    return f"'{line}" if line.lstrip().startswith(_FORMULA) else line


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or character.encode("unicode_escape").decode()


def read(cell: str) -> str:
    r"""What `shown` made a cell of.

    >>> read(shown("a\tb\\n\x85")) == "a\tb\\n\x85", read("'=1+1")
    (True, '=1+1')
    """
    line = cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_FORMULA) else cell
    return _ESCAPE.sub(_meant, line)


def _meant(found: re.Match[str]) -> str:
    escape = found[0]
    return _UNNAMED.get(escape) or chr(int(escape[2:], 16))
