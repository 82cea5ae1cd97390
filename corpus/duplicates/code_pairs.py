"""Fingerprints of source code to pairs of contents that share some, in one process: for as many as its memory holds.

Pairs are proposed by fingerprints, and by the key of code, which copies share that differ in comments and layout alone.
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
    """Pairs to be compared (int64[n, 7], as `corpus.duplicates.near.Proposed`; last, whether they have one key), and
    what was counted."""

    sets: Sets
    pairs: np.ndarray
    contents: int
    boilerplate: int
    not_compared: int


def propose(copies: pa.Table, code: Code) -> Met:
    """`copies`: documents in any order, with high, low, key, language, fingerprints (distinct, 63 bits), code_high and
    code_low."""
    contents = copies.take(array(_first_copies(copies))).combine_chunks()
    lists = typed(contents.column("fingerprints").combine_chunks(), pa.ListArray)
    values = lists.flatten().to_numpy()
    content = np.repeat(np.arange(len(lists)), lists.value_lengths().to_numpy())
    copy = _copies(contents)
    boilerplate = _boilerplate(contents, copy, content, values, code)
    own = ~np.isin(values, boilerplate)
    sets = _sets(contents, content[own], values[own], code.min_shared, np.bincount(copy)[copy] > 1)
    by_print, by_key = Pairing(leaders=code.leaders), Pairing(leaders=code.leaders)
    pairs = _meetings(sets, by_print)
    pairs = pairs[pairs[:, 6] >= code.min_shared] * np.array([1, 1, 1, 1, 1, 1, 0])
    return Met(
        sets=sets,
        pairs=_joined(pairs, _same(contents, copy, by_key)),
        contents=contents.num_rows,
        boilerplate=len(boilerplate),
        not_compared=by_print.not_compared + by_key.not_compared,
    )


def _copies(contents: pa.Table) -> np.ndarray:
    """Numbers (int64[contents]) of the distinct keys of code."""
    high, low = (contents.column(name).to_numpy() for name in ("code_high", "code_low"))
    order = np.lexsort((low, high))
    fresh = np.zeros(len(order), bool)
    fresh[begins([high[order], low[order]])] = True
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(fresh) - 1
    return found


def _same(contents: pa.Table, copy: np.ndarray, pairing: Pairing) -> np.ndarray:
    """Pairs of one key, with 1 in the last column; the leaders of a key are the first by content."""
    high, low, key = (contents.column(name).to_numpy() for name in ("high", "low", "key"))
    rows = np.flatnonzero(np.bincount(copy)[copy] > 1) if len(copy) else np.empty(0, np.int64)
    order = rows[np.lexsort((key[rows], low[rows], high[rows], copy[rows]))]
    pairs = np.concatenate([pairing.pairs(copy[order], high[order], low[order], key[order]), pairing.finish()])
    pairs[:, 6] = 1
    return pairs


def _joined(pairs: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Both, ascending by leader and member, each pair once: one that meets both ways leads as fingerprints say."""
    every = np.concatenate([pairs, same])
    turned = (every[:, 0] > every[:, 3]) | ((every[:, 0] == every[:, 3]) & (every[:, 1] > every[:, 4]))
    ends = np.where(turned[:, None], every[:, [3, 4, 0, 1]], every[:, [0, 1, 3, 4]])
    order = np.lexsort((every[:, 6], *ends.T[::-1]))
    starts = begins(list(ends[order].T))
    found = every[order[starts]]
    if len(starts):
        found[:, 6] = np.maximum.reduceat(every[order, 6], starts)
    placed: np.ndarray = found[np.lexsort((found[:, 4], found[:, 3], found[:, 1], found[:, 0]))]
    return placed


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


def _boilerplate(
    contents: pa.Table, copy: np.ndarray, content: np.ndarray, values: np.ndarray, code: Code
) -> np.ndarray:
    """Fingerprints in more contents of one language than `max_documents` and than `max_share` of the language; contents
    that are one code (`copy`) count as one, or a file that is copied often would be boilerplate."""
    named = contents.column("language").combine_chunks().dictionary_encode()
    language = named.indices.to_numpy(zero_copy_only=False)
    limits = np.maximum(float(code.max_documents), code.max_share * np.bincount(language))
    spoken, of = language[content], copy[content]
    order = np.lexsort((of, values, spoken))
    order = order[begins([spoken[order], values[order], of[order]])]
    starts = begins([spoken[order], values[order]])
    often = np.diff(starts, append=len(order)) > limits[spoken[order][starts]]
    found: np.ndarray = np.unique(values[order][starts[often]])
    return found


def _sets(contents: pa.Table, content: np.ndarray, values: np.ndarray, least: int, copied: np.ndarray) -> Sets:
    """Those of fewer than `least` share too few, but for those that have a copy of one key (`copied`)."""
    sizes = np.bincount(content, minlength=contents.num_rows)
    key = contents.column("key").to_numpy()
    chosen = np.flatnonzero((sizes >= least) | copied)
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
