"""The commonest lines that were cut, and what cutting took by rule and source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report.samples import Shelf
from corpus.table import Table

_SHOWN = 20
_CHARS = 200  # of a line

Place = tuple[int, str, int, int, int, int]  # documents that have it, rule, part, row, start, end


def taken(counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Rows of rule, source, lines, bytes, from the manifest's counts; most bytes first."""
    rows = []
    for name, lines in counts.items():
        if name.startswith("cuts."):
            _, rule, source = name.split(".", 2)
            size = counts[f"bytes.{rule}.{source}"]
            rows.append({"rule": rule, "source": source, "lines": lines, "bytes": size})
    return sorted(rows, key=lambda row: (-int(str(row["bytes"])), str(row["rule"]), str(row["source"])))


@dataclass(frozen=True, kw_only=True)
class Commonest:
    """Of one part, a place of each of the 20 cut lines that most documents have."""

    cuts: Table

    def __call__(self, part: int) -> list[Place]:
        columns = self.cuts.read(part, ["count", "rule", "row", "start", "end"])
        rows = zip(*(column.to_pylist() for column in columns.columns), strict=True)
        return commonest([(count, rule, part, row, start, end) for count, rule, row, start, end in rows])


def commonest(places: Iterable[Sequence[Any]]) -> list[Place]:
    """Up to 20 cut lines that most documents have. Of lines of one rule with the same count and length the first is
    taken: the table of cuts does not say which are the same."""
    found: dict[tuple[int, str, int], Place] = {}
    for count, rule, part, row, start, end in sorted(places, key=lambda place: tuple(place[2:])):
        found.setdefault((-count, rule, end - start), (count, rule, part, row, start, end))
    return [place for _, place in sorted(found.items())[:_SHOWN]]


def samples(shelf: Shelf, places: Sequence[Place]) -> list[dict[str, object]]:
    """The lines as they stand in their places, personal data replaced."""
    shown: list[dict[str, object]] = []
    for count, rule, part, row, start, end in places:
        piece = shelf.piece(part, row, start, end)
        shown.append({"rule": rule, "source": piece.source, "count": count, "text": piece.text.strip()[:_CHARS]})
    return shown
