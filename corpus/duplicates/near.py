"""Signatures to pairs with their exact similarity, in one process: for as many documents as its memory holds.

`jobs.frames.candidates` finds the same pairs through Spark. Here only members of buckets that hold more than one are
ordered, and shingle sets are made for a block of pairs at a time, so memory is 16 bytes a member and 8 a word of a
block.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.candidates import Pairing
from corpus.duplicates.contents import join
from corpus.duplicates.groups import begins
from corpus.duplicates.members import Signed
from filters.kernels.minhash import intersections

_SLICE = 1 << 13  # members paired at a time: at 32 leaders 15 MB of pairs
_BLOCK_WORDS = 1 << 25  # words whose shingles are held at a time: 270 MB
_WAITING = 1 << 20  # pairs that wait to be joined with those that are known: 59 MB

# `map`, on as many cores as there are.
Each = Callable[[Callable[[np.ndarray], list[pa.RecordBatch]], Iterable[np.ndarray]], Iterable[list[pa.RecordBatch]]]


_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("a", pa.binary(16)),
    ("b", pa.binary(16)),
    ("a_high", pa.int64()),
    ("a_shingles", pa.int32()),
    ("b_shingles", pa.int32()),
    ("shared", pa.int32()),
    ("crowded", pa.int64()),
]
COMPARED = pa.schema(_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """Candidate pairs (int64[n, 7]: leader's high, low, key, member's high, low, key, crowded), ascending by leader and
    member, and how many pairs of crowded buckets were given up."""

    pairs: np.ndarray
    not_compared: int


def propose(signed: Sequence[Signed], pairing: Pairing) -> Proposed:
    """Pair the members of each bucket; a pair that meets in one crowd is crowded whatever other buckets say."""
    columns = _met(signed, pairing.known)
    pairs, waiting, rows = np.empty((0, 7), np.int64), [], 0
    for first in range(0, len(columns[0]), _SLICE):
        waiting.append(pairing.pairs(*(column[first : first + _SLICE] for column in columns)))
        rows += len(waiting[-1])
        if rows > len(pairs) + _WAITING:
            pairs, waiting, rows = _distinct([pairs, *waiting]), [], 0
    return Proposed(pairs=_distinct([pairs, *waiting, pairing.finish()]), not_compared=pairing.not_compared)


def _distinct(found: Sequence[np.ndarray]) -> np.ndarray:
    """Each pair once, ascending: of copies the least keys speak for a content."""
    every = np.concatenate(found)
    every = every[np.lexsort((every[:, 4], every[:, 3], every[:, 1], every[:, 0]))]
    starts = begins([every[:, column] for column in (0, 1, 3, 4)])
    pairs: np.ndarray = every[starts]
    if len(starts):
        for column in (2, 5):
            pairs[:, column] = np.minimum.reduceat(every[:, column], starts)
        pairs[:, 6] = np.maximum.reduceat(every[:, 6], starts)
    return pairs


def _met(signed: Sequence[Signed], known: int) -> list[np.ndarray]:
    """Bucket, high, low and key of the members of buckets that hold more than one content, in the order of the
    election; of copies, which share all buckets, the least key of this release and that of earlier ones."""
    if not signed:
        return [np.empty(0, np.int64)] * 4
    words, high, low, key = (
        np.concatenate([getattr(one, name) for one in signed]) for name in ("words", "high", "low", "key")
    )
    order = np.lexsort((key, low, high, key < known))
    own = order[begins([key[order] < known, high[order], low[order]])]
    buckets = np.concatenate([one.buckets for one in signed])[own].reshape(-1)
    by_bucket = np.argsort(buckets)
    same = np.diff(buckets[by_bucket]) == 0
    met = by_bucket[np.append(False, same) | np.append(same, False)]
    bucket, document = buckets[met], own[met // signed[0].buckets.shape[1]]
    words, high, low, key = (column[document] for column in (words, high, low, key))
    placed = np.lexsort((key, low, high, -words, key < known, bucket))
    return [column[placed] for column in (bucket, high, low, key)]


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Proposed pairs to pairs compared."""

    shingles: Callable[[np.ndarray], Iterator[pa.RecordBatch]]  # of ascending keys: key, shingles
    words: np.ndarray  # int32: of the documents of `keys`
    keys: np.ndarray  # int64, ascending

    def __call__(self, pairs: np.ndarray, each: Each) -> Iterator[pa.Table]:
        """Sizes of the shingle sets of each pair and of what they share (COMPARED), a table a block, in the order of
        the pairs."""
        for block in self._blocks(pairs):
            keys = np.unique(block[:, [2, 5]])
            parts = np.split(keys, np.flatnonzero(np.diff(keys >> 32)) + 1)
            made = [batch for found in each(lambda part: list(self.shingles(part)), parts) for batch in found]
            lists = pa.chunked_array([batch.column("shingles") for batch in made])
            sizes = np.asarray(pc.list_value_length(lists), np.int32)
            values = pc.list_flatten(lists).to_numpy().view(np.uint64)
            offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
            one, other = (np.searchsorted(keys, block[:, column]) for column in (2, 5))
            yield pa.Table.from_arrays(
                [
                    join(block[:, 0], block[:, 1]),
                    join(block[:, 3], block[:, 4]),
                    pa.array(np.ascontiguousarray(block[:, 0])),
                    pa.array(sizes[one]),
                    pa.array(sizes[other]),
                    pa.array(intersections(values, offsets, one, other)),
                    pa.array(np.ascontiguousarray(block[:, 6])),
                ],
                schema=COMPARED,
            )

    def _blocks(self, pairs: np.ndarray) -> Iterator[np.ndarray]:
        """The pairs in order, as many at a time as have _BLOCK_WORDS words, or one."""
        if len(pairs) > 1 and self._size(pairs) > _BLOCK_WORDS:
            half = len(pairs) // 2
            yield from self._blocks(pairs[:half])
            yield from self._blocks(pairs[half:])
        elif len(pairs):
            yield pairs

    def _size(self, pairs: np.ndarray) -> int:
        places = np.searchsorted(self.keys, np.unique(pairs[:, [2, 5]]))
        return int(self.words[places].sum(dtype=np.int64))
