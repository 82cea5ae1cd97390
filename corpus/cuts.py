"""What the stages before release cut out of texts: spans of several `cuts` tables, merged, taken out of texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.table import Table

Span = tuple[int, int]  # code points, half-open


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap or touch as one.

    >>> merged([(7, 9), (0, 3), (2, 5), (5, 6)])
    [(0, 6), (7, 9)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def left(text: str, spans: Sequence[Span]) -> str:
    """The text without spans that are in order and do not overlap.

    >>> left("keep this", [(0, 1), (3, 8)])
    'ees'
    """
    ends = [0, *(end for _, end in spans)]
    return "".join(text[a:b] for a, b in zip(ends, [*(start for start, _ in spans), len(text)], strict=True))


@dataclass(frozen=True, kw_only=True)
class Cuts:
    """The spans of one part, by row."""

    spans: Mapping[int, Sequence[Span]]

    @classmethod
    def read(cls, tables: Sequence[Table], part: int) -> "Cuts":
        found: dict[int, list[Span]] = {}
        for table in tables:
            columns = table.read(part, ["row", "start", "end"])
            for row, start, end in zip(*(column.to_pylist() for column in columns.columns), strict=True):
                found.setdefault(row, []).append((start, end))
        return cls(spans={row: merged(spans) for row, spans in found.items()})

    def __call__(self, texts: pa.StringArray, rows: Sequence[int]) -> pa.StringArray:
        """Texts of these rows without their spans. Texts of which nothing is cut are not decoded."""
        places = [place for place, row in enumerate(rows) if row in self.spans]
        if not places:
            return texts
        own = texts.take(pa.array(places)).to_pylist()
        cut = [left(text, self.spans[rows[place]]) for text, place in zip(own, places, strict=True)]
        changed = set(places)
        new = iter(range(len(texts), len(texts) + len(cut)))
        order = [next(new) if place in changed else place for place in range(len(texts))]
        return pa.concat_arrays([texts, pa.array(cut, pa.string())]).take(pa.array(order))
