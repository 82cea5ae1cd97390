"""The commonest of the spans that a stage cut: lines, passages.

A table of cuts has a row for every place where a span was cut, with the number of documents that have it. It does not
say which places hold the same span: those of one label (rule or holder), count and length are taken for one.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from corpus.report.opened import Part
from corpus.stages.ref import Ref


class Span(NamedTuple):
    """A place of a span that was cut."""

    documents: int  # that have it
    label: str
    part: int
    row: int
    start: int  # code points, half-open
    end: int


def of_part(part: Part, cuts: Ref, label: str, most: int) -> list[list[Any]]:
    """A place of each of the `most` spans of one part that most documents have; `label` is a column of strings."""
    if not part.has(cuts):
        return []
    rows = part.read(cuts, ["count", label, "row", "start", "end"])
    columns = (column.to_pylist() for column in rows.columns)
    places = (
        (count, name, part.number, row, start, end)
        for count, name, row, start, end in zip(*columns, strict=True)
        if name is not None
    )
    return commonest(places, most)


def commonest(places: Iterable[Sequence[Any]], most: int) -> list[list[Any]]:
    """Of each span the first place; those that most documents have come first, then by label and length."""
    found: dict[tuple[int, str, int], list[Any]] = {}
    for place in sorted(map(tuple, places), key=lambda place: place[2:]):
        documents, label, _, _, start, end = place
        found.setdefault((-documents, label, end - start), list(place))
    return [place for _, place in sorted(found.items())[:most]]


def merged(values: Iterable[Iterable[Sequence[Any]]], most: int) -> list[list[Any]]:
    """What the parts say, together."""
    return commonest((place for value in values for place in value), most)


def spans(value: Iterable[Sequence[Any]]) -> list[Span]:
    return [Span(*place) for place in value]
