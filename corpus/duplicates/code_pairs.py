"""Fingerprints of source code to pairs of contents that share some, in one process: for as many as its memory holds.

`jobs.frames.containments` finds the same pairs through Spark. Only fingerprints that more than one content has are
ordered: 60 bytes each, and 8 for every other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.candidates import Pairing
from corpus.duplicates.groups import begins
from corpus.duplicates.recipe_tables import Code
from filters.arrow import array, integers, large_lists, strings, typed

_SLICE = 1 << 13  # members paired at a time: at 32 leaders 15 MB of pairs
_WAITING = 1 << 20  # meetings that wait to be added to those that are known: 67 MB


@dataclass(frozen=True, kw_only=True)
class Sets:
    """Contents with their fingerprints that are not boilerplate, by key of the document that speaks for them."""

    high: np.ndarray
    low: np.ndarray
    key: np.ndarray  # ascending
    offsets: np.ndarray  # int64
    values: np.ndarray  # int64, ascending within a content

    @property
    def sizes(self) -> np.ndarray:
        found: np.ndarray = np.diff(self.offsets)
        return found

    def __call__(self, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        """Batches of key (int64) and shingles (list<int64>) for ascending keys."""
        lists = large_lists(self.offsets, array(self.values)).take(array(np.searchsorted(self.key, keys)))
        yield pa.RecordBatch.from_arrays([array(keys), lists.cast(pa.list_(pa.int64()))], names=["key", "shingles"])


@dataclass(frozen=True, kw_only=True)
class Met:
    """Pairs to be compared (int64[n, 7], as `corpus.duplicates.near.Proposed`), and what was counted."""

    sets: Sets
    pairs: np.ndarray
    contents: int
    boilerplate: int
    not_compared: int


def propose(copies: pa.Table, code: Code) -> Met:
    """`copies`: documents in any order, with high, low, key, language, fingerprints (distinct, 63 bits)."""
    contents = copies.take(array(_first_copies(copies))).combine_chunks()
    lists = typed(contents.column("fingerprints").combine_chunks(), pa.ListArray)
    values = lists.flatten().to_numpy()
    content = np.repeat(np.arange(len(lists)), lists.value_lengths().to_numpy())
    boilerplate = _boilerplate(contents, content, values, code)
    own = ~np.isin(values, boilerplate)
    sets = _sets(contents, content[own], values[own], code.min_shared)
    pairing = Pairing(leaders=code.leaders)
    pairs = _meetings(sets, pairing)
    return Met(
        sets=sets,
        pairs=pairs[pairs[:, 6] >= code.min_shared] * np.array([1, 1, 1, 1, 1, 1, 0]),
        contents=contents.num_rows,
        boilerplate=len(boilerplate),
        not_compared=pairing.not_compared,
    )


def _first_copies(copies: pa.Table) -> np.ndarray:
    """Rows, one of each content: of copies, which may differ in operators, the one with the least fingerprints, then
    language, then key; so it does not depend on the order of documents."""
    high, low, key = (copies.column(name).to_numpy() for name in ("high", "low", "key"))
    order = np.lexsort((key, low, high))
    starts = begins([high[order], low[order]])
    ends = np.append(starts[1:], len(order))
    first = order[starts]
    languages = copies.column("language")
    for place in np.flatnonzero(ends - starts > 1).tolist():
        rows = order[starts[place] : ends[place]]
        own = copies.column("fingerprints").take(array(rows))
        spoken = strings(languages.take(array(rows)))
        told = [(integers(own[i].values), spoken[i], int(key[row]), int(row)) for i, row in enumerate(rows)]
        first[place] = min(told)[3]
    found: np.ndarray = first
    return found


def _boilerplate(contents: pa.Table, content: np.ndarray, values: np.ndarray, code: Code) -> np.ndarray:
    """Fingerprints in more contents of one language than `max_documents` and than `max_share` of the language."""
    named = contents.column("language").combine_chunks().dictionary_encode()
    language = named.indices.to_numpy(zero_copy_only=False)
    limits = np.maximum(float(code.max_documents), code.max_share * np.bincount(language))
    spoken = language[content]
    order = np.lexsort((values, spoken))
    starts = begins([spoken[order], values[order]])
    often = np.diff(starts, append=len(order)) > limits[spoken[order][starts]]
    found: np.ndarray = np.unique(values[order][starts[often]])
    return found


def _sets(contents: pa.Table, content: np.ndarray, values: np.ndarray, least: int) -> Sets:
    """Those of fewer than `least` share too few."""
    sizes = np.bincount(content, minlength=contents.num_rows)
    key = contents.column("key").to_numpy()
    chosen = np.flatnonzero(sizes >= least)
    chosen = chosen[np.argsort(key[chosen])]
    place = np.full(contents.num_rows, -1)
    place[chosen] = np.arange(len(chosen))
    kept = place[content] >= 0
    values, of = values[kept], place[content[kept]]
    order = np.lexsort((values, of))
    high, low = (contents.column(name).to_numpy()[chosen] for name in ("high", "low"))
    offsets = np.concatenate([[0], np.cumsum(sizes[chosen], dtype=np.int64)])
    return Sets(high=high, low=low, key=key[chosen], offsets=offsets, values=values[order])


def _meetings(sets: Sets, pairing: Pairing) -> np.ndarray:
    """Pairs, ascending by leader and member, with how often they met in the last column."""
    of = np.repeat(np.arange(len(sets.key)), sets.sizes)
    by_value = np.argsort(sets.values, kind="stable")
    same = np.diff(sets.values[by_value]) == 0
    met = by_value[np.append(False, same) | np.append(same, False)] if len(by_value) else by_value
    content, bucket = of[met], sets.values[met]
    high, low, key = (column[content] for column in (sets.high, sets.low, sets.key))
    order = np.lexsort((key, low, high, -sets.sizes[content], bucket))
    members = [column[order] for column in (bucket, high, low, key)]
    pairs, waiting, rows = np.empty((0, 7), np.int64), [], 0
    for first in range(0, len(order), _SLICE):
        waiting.append(_once(pairing.pairs(*(column[first : first + _SLICE] for column in members))))
        rows += len(waiting[-1])
        if rows > len(pairs) + _WAITING:
            pairs, waiting, rows = _added([pairs, *waiting]), [], 0
    return _added([pairs, *waiting, _once(pairing.finish())])


def _once(pairs: np.ndarray) -> np.ndarray:
    pairs[:, 6] = 1
    return pairs


def _added(found: list[np.ndarray]) -> np.ndarray:
    every = np.concatenate(found)
    every = every[np.lexsort((every[:, 4], every[:, 3], every[:, 1], every[:, 0]))]
    starts = begins([every[:, column] for column in (0, 1, 3, 4)])
    pairs: np.ndarray = every[starts]
    if len(starts):
        pairs[:, 6] = np.add.reduceat(every[:, 6], starts)
    return pairs
