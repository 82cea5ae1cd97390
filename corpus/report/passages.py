"""What the report says of repeated passages: how much was cut where, and the passages that most documents have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report import Facts
from corpus.report.samples import Sample, Shelf
from corpus.table import Table

Place = tuple[int, str, int, int, int, int]  # documents that have it, holder's id, part, row, start, end


@dataclass(frozen=True, kw_only=True)
class Commonest:
    """Of one part, a place of each of the passages that most documents have."""

    cuts: Table
    most: int

    def __call__(self, part: int) -> list[Place]:
        columns = self.cuts.read(part, ["count", "of_id", "row", "start", "end"])
        rows = zip(*(column.to_pylist() for column in columns.columns), strict=True)
        return commonest([(count, of, part, row, start, end) for count, of, row, start, end in rows], self.most)


def commonest(places: Iterable[Sequence[Any]], most: int) -> list[Place]:
    """The `most` passages that most documents have; those of one holder, length and count are taken for one."""
    found: dict[tuple[object, ...], Place] = {}
    for count, of, part, row, start, end in sorted(places, key=lambda p: (-p[0], *p[1:])):
        found.setdefault((count, of, end - start), (count, of, part, row, start, end))
    return list(found.values())[:most]


def collect(counts: Mapping[str, int]) -> Facts:
    """Facts from the counts of the stage."""
    names = ("cuts", "bytes", "changed", "dropped", "dropped_bytes", "repeated_words", "held_words")
    return {
        **{name: counts[name] for name in names},
        **{f"{kind}s": _by(counts, f"{kind}.") for kind in ("source", "language")},
    }


def _by(counts: Mapping[str, int], prefix: str) -> list[tuple[str, int]]:
    found = [(name.removeprefix(prefix), count) for name, count in counts.items() if name.startswith(prefix)]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def samples(shelf: Shelf, places: Sequence[Place]) -> list[tuple[int, str, Sample]]:
    """Documents that have it, the id of the one that keeps it, the passage."""
    return [(count, of, shelf.head(shelf.piece(part, row, start, end))) for count, of, part, row, start, end in places]
