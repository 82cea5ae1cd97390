"""All kinds over a batch: one compiled pass finds where something may stand, validators look there alone."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.kernels import anchors
from filters.kernels.buffers import buffers
from filters.pii import regions
from filters.pii.automaton import compiled
from filters.pii.spans import DEFAULT, Span, resolve
from filters.pii.validators import SHAPES, WORDS, Find, Shape, Validator, Words
from filters.pii.window import Window

_SLICE = 1 << 13  # candidates looked at together: their windows take 4 MB, that of a private key 130


def detect(
    texts: pa.StringArray,
    languages: Sequence[str | None],
    kinds: Sequence[str] = DEFAULT,
    urls: Sequence[str | None] | None = None,
) -> dict[int, list[Span]]:
    """Spans of the wanted kinds by row, in order, none overlapping; rows without any are left out.

    `languages` (ids, one a text) and `urls` tell which countries' numbers to expect.
    """
    if not len(texts):
        return {}
    wanted = frozenset(kinds)
    data, offsets = buffers(texts)
    views = _Views(texts=texts, data=data.tobytes(), offsets=offsets.tolist(), languages=languages, urls=urls)
    found: dict[int, list[Span]] = {}
    table = anchors.anchors(data, offsets)
    for shape, of_shape in SHAPES.items():
        validators = [v for v in of_shape.validators if not wanted.isdisjoint(v.kinds)]
        if validators:
            candidates = _Candidates.of(table[table[:, 1] == shape], data, offsets, of_shape)
            _by_shape(candidates, views, validators, found, wanted)
    for words in WORDS:
        if words.kind in wanted:
            _by_words(views, words, found, wanted)
    return {row: resolve(spans) for row, spans in sorted(found.items()) if spans}


@dataclass(frozen=True, kw_only=True)
class _Candidates:
    """int64[candidates, 7]: row, first byte of the window, of the candidate, end of it, of the window, code points,
    digits."""

    table: np.ndarray

    @classmethod
    def of(cls, found: np.ndarray, data: np.ndarray, offsets: np.ndarray, shape: Shape) -> "_Candidates":
        row, start, end = found[:, 0], found[:, 2], found[:, 3]
        first = np.maximum(start - shape.before, offsets[row])
        last = np.minimum(end + shape.after, offsets[row + 1])
        for _ in range(3):  # not in the middle of a code point, which has at most three bytes after its first
            first += (first < start) & (data[np.minimum(first, len(data) - 1)] & 0xC0 == 0x80)
            inside = last < offsets[row + 1]
            last += inside & (data[np.minimum(last, len(data) - 1)] & 0xC0 == 0x80)
        return cls(table=np.stack([row, first, start, end, last, found[:, 4], found[:, 5]], axis=1))


def _by_shape(
    candidates: _Candidates,
    views: "_Views",
    validators: Sequence[Validator],
    found: dict[int, list[Span]],
    wanted: frozenset[str],
) -> None:
    table = candidates.table
    sizes = table[:, 3] - table[:, 2]
    smallest, largest = min(v.sizes.start for v in validators), max(v.sizes.stop for v in validators)
    table = table[(sizes >= smallest) & (sizes < largest)]
    for first in range(0, len(table), _SLICE):
        _look(table[first : first + _SLICE], views, validators, found, wanted)


def _look(
    table: np.ndarray,
    views: "_Views",
    validators: Sequence[Validator],
    found: dict[int, list[Span]],
    wanted: frozenset[str],
) -> None:
    data = views.data
    sizes = table[:, 3] - table[:, 2]
    places = table.tolist()
    marked = pa.array(
        [b"%b\x01%b\x02%b" % (data[a:b], data[b:c], data[c:d]) for _, a, b, c, d, *_ in places], pa.binary()
    ).cast(pa.string())
    windows: dict[int, Window] = {}
    for one in validators:
        worth = (sizes >= one.sizes.start) & (sizes < one.sizes.stop)
        worth &= (table[:, 6] >= one.digits.start) & (table[:, 6] < one.digits.stop)
        if one.worth is not None:
            worth &= pc.match_substring_regex(marked, one.worth).to_numpy(zero_copy_only=False)
        for i in np.flatnonzero(worth).tolist():
            seen = windows.get(i) or views.window(*places[i][:6])
            windows[i] = seen
            _keep(found, places[i][0], seen, one.find, wanted)


def _keep(found: dict[int, list[Span]], row: int, seen: Window, find: Find, wanted: frozenset[str]) -> None:
    for span in find(seen):
        if span.kind in wanted:
            moved = replace(span, start=span.start + seen.at, end=span.end + seen.at)
            found.setdefault(row, []).append(moved)


@cache
def _compiled(pattern: str) -> Any:
    return compiled(pattern.encode())


def _by_words(views: "_Views", words: Words, found: dict[int, list[Span]], wanted: frozenset[str]) -> None:
    pattern = _compiled(words.match)
    for row in views.rows(_compiled(words.row)):
        first = views.offsets[row]
        body = views.data[first : views.offsets[row + 1]]
        place = points = 0
        for match in pattern.finditer(body):
            start, end = match.span()
            if words.near is not None and not words.near.search(body, max(start - words.before, 0), end + words.after):
                continue
            points += len(body[place:start].decode())
            place = start
            left, right = max(start - words.before, 0), min(end + words.after, len(body))
            while left < start and body[left] & 0xC0 == 0x80:
                left += 1
            while right < len(body) and body[right] & 0xC0 == 0x80:
                right += 1
            seen = views.window(row, first + left, first + start, first + end, first + right, points)
            _keep(found, row, seen, words.find, wanted)


@dataclass(frozen=True, kw_only=True)
class _Views:
    """Windows onto the column's bytes."""

    texts: pa.StringArray
    data: bytes
    offsets: list[int]
    languages: Sequence[str | None]
    urls: Sequence[str | None] | None

    def rows(self, pattern: Any) -> Iterator[int]:
        """Rows that match, in order. Of all texts at once, with line feeds between: a pattern of Arrow's is compiled,
        and its automaton built anew, for each batch."""
        joined = self.joined
        place = 0
        while match := pattern.search(joined, max(place - 1, 0)):
            # Behind each of the rows before stands one line feed; a match may begin with that.
            row = bisect_right(self.starts, max(match.end() - 1, place)) - 1
            yield row
            place = self.starts[row + 1] if row + 1 < len(self.starts) else len(joined)
            if place >= len(joined):
                return

    @cached_property
    def joined(self) -> bytes:
        """The texts with line feeds between."""
        pieces = pa.ListArray.from_arrays(pa.array([0, len(self.texts)], pa.int32()), self.texts)
        text: Any = pc.binary_join(pieces, "\n")
        return bytes(text[0].as_buffer())

    @cached_property
    def starts(self) -> list[int]:
        """Of each text, where texts stand with line feeds between."""
        return [offset - self.offsets[0] + row for row, offset in enumerate(self.offsets[:-1])]

    def window(self, row: int, first: int, start: int, end: int, last: int, points: int) -> Window:
        """Bytes start..end of `data`, before which `points` code points of the document stand, within first..last."""
        data = self.data
        lead, core, tail = data[first:start].decode(), data[start:end].decode(), data[end:last].decode()
        url = self.urls[row] if self.urls is not None else None
        return Window(
            text=lead + core + tail,
            start=len(lead),
            end=len(lead) + len(core),
            at=points - len(lead),
            language=self.languages[row] or "",
            country=regions.country(url) if url else "",
        )
