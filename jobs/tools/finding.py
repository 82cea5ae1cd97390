"""What was asked of the documents of a release, and the lines that answer it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import orjson

from corpus.errors import RecipeError
from corpus.query import parsing, search, shown
from corpus.query.shown import Document
from corpus.query.wanted import Conditions
from corpus.texts.terminal import plain
from jobs.engine.progress import Progress
from jobs.tools.selected import Selected

_USUAL = ("id", "outcome", "source", "language", "rules", "url")
_TABLE_ROWS = 50  # of a table that nobody asked to be longer: a screen or two
_MEASURED = 200  # rows by which the widths of a table are set, so that a long one need not be held
_WIDEST = 60  # of a cell; the id has 32


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which documents, what of them, and how many."""

    selected: Selected
    columns: Sequence[str]
    text: int  # code points of the beginning; 0 for none
    limit: int | None
    format: str


class Finding:
    """Raises RecipeError for what names nothing that is there."""

    def __init__(self, request: Request) -> None:
        if request.selected.sample and request.limit:
            raise RecipeError("--sample and --limit exclude each other: a sample is as large as it is asked to be")
        self._request = request
        self._opened = request.selected.open()
        self._conditions = Conditions(request.selected.wanted, self._opened)
        self._columns = list(request.columns) or self._usual()
        for name in self._columns:
            parsing.column(name, self._opened.columns)
        self._matched = self._unknown = self._shown = self._parts = 0

    def _usual(self) -> list[str]:
        return list(dict.fromkeys([*_USUAL, *self._conditions.columns()]))

    def lines(self) -> Iterator[str]:
        """The answer, as it is found."""
        if self._request.format == "jsonl":
            return (orjson.dumps(one).decode() for one in self._documents())
        return self._table(self._documents())

    def summary(self) -> str:
        """How many there were and how many of them were shown; once all lines are out."""
        said = f"{self._matched:,} of {self._opened.documents.rows:,} documents match"
        if self._shown < self._matched:
            more = "a sample" if self._request.selected.sample else "the first; --limit N shows more, --sample N any"
            said += f"; shown are {self._shown:,}, {more}"
        if self._unknown:
            said += f"; of {self._unknown:,} nothing can be said, for a value that they do not have"
        return said

    def _documents(self) -> Iterator[Document]:
        for one in chain.from_iterable(self._show(places) for places in self._places()):
            self._shown += 1
            yield one

    def _show(self, places: Iterable[tuple[int, int]]) -> Iterator[Document]:
        return shown.documents(self._opened, places, self._columns, self._request.text)

    def _places(self) -> Iterator[Iterable[tuple[int, int]]]:
        """A part at a time, or those that were chosen."""
        request, sample = self._request, self._request.selected.sample
        limit = request.limit or (_TABLE_ROWS if request.format == "table" and not sample else None)
        if sample or limit:
            with Progress("find", self._opened.parts, lambda: self._parts):
                found = (
                    search.sample(self._opened, self._conditions, sample, request.selected.seed, self._passed)
                    if sample
                    else search.first(self._opened, self._conditions, limit or 0, self._passed)
                )
            self._matched, self._unknown = found.matched, found.unknown
            yield found.places
            return
        for own in search.every(self._opened, self._conditions):
            self._matched += len(own.rows)
            self._unknown += own.unknown
            yield ((own.part, int(row)) for row in own.rows)

    def _passed(self, parts: int) -> None:
        self._parts = parts

    def _table(self, documents: Iterator[Document]) -> Iterator[str]:
        names = [*self._columns, *(["text"] if self._request.text else [])]
        rows = ([_cell(name, one[name], self._request.text) for name in names] for one in documents)
        head = list(islice(rows, _MEASURED))
        if not head:
            return
        widths = [max(len(name), *(len(row[i]) for row in head)) for i, name in enumerate(names)]
        for row in chain([names], head, rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(name: str, value: object, chars: int) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        text = " ".join(map(plain, value)) or "-"
    elif isinstance(value, float):
        text = f"{value:.6g}"
    else:
        text = plain(value).replace("\\n", " ")
    most = max(chars, _WIDEST) if name == "text" else _WIDEST
    return text if len(text) <= most else f"{text[: most - 3]}..."
