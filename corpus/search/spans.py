"""The longest spans of a text that stand in the corpus, letter for letter, and all places where they stand.

A span is one that stands in some document and in no longer span of the text that does; two of them may overlap. With an
index and without the same ones are found.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.charset import normalise
from corpus.errors import RecipeError
from corpus.search import indexed
from corpus.search.pattern import Phrase
from corpus.search.selection import Selection
from corpus.store.table import Table
from corpus.textindex import blocks
from filters.arrow import string_array
from filters.kernels import shared_spans, suffix_lookup
from filters.kernels.buffers import buffers
from filters.kernels.suffixes import STEP

SHORTEST, MOST = 16, 200_000  # bytes of a span, and of a text: what is looked up fits the caches
_LOAD = 4  # entries of the table a window


@dataclass(frozen=True)
class Wanted:
    """A text, in the one form that texts of a corpus have. Raises RecipeError for what is too long, or is none."""

    given: str

    def __post_init__(self) -> None:
        try:
            size = len(self.given.encode())
        except UnicodeEncodeError as error:
            raise RecipeError("the text is not UTF-8: no text of a corpus can hold it") from error
        if size > MOST:
            raise RecipeError(f"the text has {size:,} bytes: give {MOST:,} at the most, a part of it at a time")

    @cached_property
    def text(self) -> str:
        return str(normalise.normalise_array(pa.array([self.given], pa.string()))[0].as_py())

    @cached_property
    def data(self) -> np.ndarray:
        return np.frombuffer(self.text.encode(), np.uint8)

    @cached_property
    def windows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return shared_spans.windows(self.data, max(10, int(_LOAD * len(self.data)).bit_length()))

    def trimmed(self, spans: np.ndarray) -> np.ndarray:
        """int64[k, 2]: without the parts of characters at their ends."""
        begins = np.append(self.data & 0xC0 != 0x80, True)
        places = np.arange(len(begins))
        up = np.minimum.accumulate(np.where(begins, places, len(begins))[::-1])[::-1]
        down = np.maximum.accumulate(np.where(begins, places, 0))
        return np.stack([up[spans[:, 0]], down[spans[:, 1]]], axis=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Bytes first..last-1 of a text, and where they stand: int64[k, 3] of part, row of the corpus and byte."""

    first: int
    last: int
    places: np.ndarray

    @property
    def documents(self) -> int:
        return len(np.unique(self.places[:, :2], axis=0))


def longest(spans: np.ndarray) -> np.ndarray:
    """int64[k, 2]: those that lie in no other, each once, in order."""
    ordered = spans[np.lexsort((-spans[:, 1], spans[:, 0]))]
    if not len(ordered):
        return ordered
    ends = np.maximum.accumulate(ordered[:, 1])
    new = np.append(True, ordered[1:, 1] > ends[:-1])
    return np.asarray(ordered[new])


def scanned(corpus: Table, part: int, wanted: Wanted, least: int) -> np.ndarray:
    """int64[k, 4]: longest spans of one part with row and byte, a row a place, by a scan."""
    found = [np.empty((0, 4), np.int64)]
    begin = 0
    for batch in corpus.batches(part, ["text"]):
        data, offsets = buffers(string_array(batch.column("text")))
        own = shared_spans.shared(data, _words(data), offsets, wanted.data, wanted.windows, least)
        own[:, 3] -= offsets[own[:, 2]]
        own[:, 2] += begin
        found.append(own)
        begin += batch.num_rows
    pairs = np.concatenate(found)
    spans = wanted.trimmed(pairs[:, :2])
    pairs[:, 3] += spans[:, 0] - pairs[:, 0]
    pairs[:, :2] = spans
    return _of(pairs[spans[:, 1] - spans[:, 0] >= least])


def _of(pairs: np.ndarray, spans: np.ndarray | None = None) -> np.ndarray:
    """Those whose span is one of the longest, or of `spans`."""
    kept = longest(pairs[:, :2]) if spans is None else spans
    wanted = np.isin(_keys(pairs), _keys(kept))
    return np.asarray(pairs[wanted])


def _keys(spans: np.ndarray) -> np.ndarray:
    return np.asarray(spans[:, 0] << 32 | spans[:, 1])


def _words(data: np.ndarray) -> np.ndarray:
    whole = data[: len(data) // 4 * 4]
    return (whole if whole.ctypes.data % 4 == 0 else whole.copy()).view("<u4")


def looked_up(index: Table, part: int, wanted: Wanted, least: int) -> np.ndarray:
    """int64[k, 2]: longest spans of one part, by its index."""
    found = [
        suffix_lookup.longest(block.text, block.suffixes, STEP, wanted.data, least)
        for block in blocks.read(index, part)
    ]
    spans = wanted.trimmed(np.concatenate([np.empty((0, 2), np.int64), *found]))
    return longest(spans[spans[:, 1] - spans[:, 0] >= least])


Parts = Callable[[str, Callable[[int], Iterable[Any]]], Sequence[Any]]  # what a function gives for each part, in order


def find(corpus: Table, index: Table | None, wanted: Wanted, least: int, parts: Parts) -> list[Span]:
    """In order; `parts` runs over the parts of the corpus. Raises RecipeError for a `least` under SHORTEST."""
    if least < SHORTEST:
        raise RecipeError(f"spans of {least} bytes stand anywhere: give {SHORTEST} or more")
    if index is None:
        pairs = parts("trace", lambda part: [scanned(corpus, part, wanted, least)])
        spans = longest(np.concatenate([np.empty((0, 2), np.int64), *(one[:, :2] for one in pairs)]))
        placed = [_of(one, spans) for one in pairs]
        return [
            _span(span, [(n, one[_keys(one) == key, 2:]) for n, one in enumerate(placed)])
            for span, key in zip(spans, _keys(spans), strict=True)
        ]
    found = parts("trace", lambda part: [looked_up(index, part, wanted, least)])
    spans = longest(np.concatenate([np.empty((0, 2), np.int64), *found]))
    phrases = [Phrase(wanted.data[first:last].tobytes().decode()) for first, last in spans.tolist()]

    def places(part: int) -> list[list[np.ndarray]]:
        found = (indexed.part(corpus, index, part, one, Selection(), indexed.EVERY) for one in phrases)
        return [[one.first[:, :2] for one in found]]

    by_part = parts("places", places) if len(spans) else []
    return [_span(span, [(n, own[i]) for n, own in enumerate(by_part)]) for i, span in enumerate(spans)]


def _span(span: np.ndarray, by_part: Sequence[tuple[int, np.ndarray]]) -> Span:
    places = [np.column_stack([np.full(len(own), part), own]) for part, own in by_part]
    whole = np.concatenate([np.empty((0, 3), np.int64), *places])
    return Span(
        first=int(span[0]), last=int(span[1]), places=whole[np.lexsort((whole[:, 2], whole[:, 1], whole[:, 0]))]
    )
