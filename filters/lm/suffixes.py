"""N-grams of every order as a tree of their endings, in arrays: what a model is estimated from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from filters.kernels import ngrams_sorted


@dataclass(frozen=True)
class Level:
    """The n-grams of one length in suffix order; those of one parent (the same without the first word) are neighbours.

    first: uint32, the first word. adjusted: int64. children: uint32, n-grams one word longer; zeros in the longest.
    """

    first: np.ndarray
    adjusted: np.ndarray
    children: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def start(self) -> np.ndarray:
        """int64[n-grams + 1]: where the children of each begin in the next level."""
        found = np.zeros(len(self) + 1, np.int64)
        np.cumsum(self.children, out=found[1:], dtype=np.int64)
        return found


def levels(high: np.ndarray, low: np.ndarray, counts: np.ndarray, order: int) -> list[Level]:
    """The tree over sorted distinct keys (uint64, uint64) of full n-grams with their counts (int64).

    The first level has the words that occur, not all of the vocabulary: `spread` gives each a row.
    """
    sizes = ngrams_sorted.level_sizes(high, low, order)
    return [Level(*ngrams_sorted.one_level(high, low, counts, n, order, int(sizes[n]))) for n in range(order)]


def spread(level: Level, words: int) -> Level:
    """Unigrams with a row for every word of the vocabulary."""
    adjusted, children = np.zeros(words, np.int64), np.zeros(words, np.uint32)
    adjusted[level.first] = level.adjusted
    children[level.first] = level.children
    return Level(np.arange(words, dtype=np.uint32), adjusted, children)
