"""An estimated model as one flat file that workers map into memory: nothing is parsed, and they share its pages.

The file, little-endian: float32[words, 2] of the unigrams, padded to 16 bytes, then 16-byte slots of all longer
n-grams (`filters.kernels.ngram_table`). How many words and slots there are stands in the model's description.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from filters.kernels import ngram_table
from filters.lm.kneser_ney import Weights
from filters.lm.suffixes import Level

_LOAD = 0.67  # n-grams to slots, as KenLM's probing multiplier of 1.5: 24 bytes an n-gram
_BLOCK = 1 << 20  # keys written at a time
LIMIT = 1 << 32  # slots: half of a hash chooses one


@dataclass(frozen=True)
class Table:
    """unigrams: float32[2 * words]. keys (uint64[2 * slots]) and values (float32[4 * slots]) are the same memory."""

    unigrams: np.ndarray
    keys: np.ndarray
    values: np.ndarray

    @property
    def words(self) -> int:
        return len(self.unigrams) // 2

    @property
    def slots(self) -> int:
        return len(self.keys) // 2

    def blocks(self) -> Iterator[bytes]:
        """The file, piece by piece."""
        yield np.concatenate([self.unigrams, np.zeros(-len(self.unigrams) % 4, np.float32)]).tobytes()
        for first in range(0, len(self.keys), _BLOCK):
            yield self.keys[first : first + _BLOCK].tobytes()

    def score(self, tokens: np.ndarray, rows: np.ndarray, order: int) -> np.ndarray:
        """float64[rows]: log10 of the probability of each text, ends of lines included."""
        found: np.ndarray = ngram_table.score(tokens, rows, self.unigrams, self.keys, self.values, order)
        return found


class Builder:
    """Takes the weights of each length as they come."""

    def __init__(self, tree: Sequence[Level]) -> None:
        self._tree = tree
        longer = sum(len(level) for level in tree[1:])
        slots = int(longer / _LOAD) + 1
        if slots >= LIMIT:
            raise ValueError(f"{longer:,} n-grams are more than a table holds: lower the order or take less text")
        self._keys = np.zeros(2 * slots, np.uint64)
        self._values = self._keys.view(np.float32)
        self._unigrams = np.empty(0, np.float32)
        self._state = ngram_table.unigram_states(len(tree[0]))

    def through(self, weighted: Iterable[Weights]) -> Iterator[Weights]:
        """The same weights, each put into the table on its way. Raises ValueError if two n-grams have one hash."""
        for n, found in enumerate(weighted):
            if n == 0:
                self._unigrams = np.stack([found.probability, found.backoff], axis=1).reshape(-1)
            else:
                self._state = ngram_table.states(self._tree[n].first, self._tree[n - 1].start, self._state)
                if not ngram_table.insert(self._keys, self._values, self._state, found.probability, found.backoff):
                    raise ValueError("two n-grams have the same hash: report this as a defect")
            yield found

    def table(self) -> Table:
        return Table(self._unigrams, self._keys, self._values)


def load(path: str, words: int, slots: int) -> Table:
    """The table of a file, mapped. Raises ValueError if the file is of another size, OSError if it cannot be read."""
    if sys.byteorder != "little":
        raise ValueError(f"{path} is little-endian and this machine is not: score where it is")
    whole = np.memmap(path, np.uint8, mode="r")
    head = 4 * (2 * words + -2 * words % 4)
    if len(whole) != head + 16 * slots:
        raise ValueError(f"{path} is {len(whole)} bytes, not {head + 16 * slots}")
    rest = np.asarray(whole[head:])
    if not _has_room(rest.view(np.uint64)[::2]):  # a search ends at an empty slot
        raise ValueError(f"{path} has no empty slot: it is damaged, restore it")
    return Table(np.asarray(whole[: 8 * words]).view(np.float32), rest.view(np.uint64), rest.view(np.float32))


def _has_room(keys: np.ndarray) -> bool:
    """Whether any slot is empty; those that train-lm writes have one among the first few."""
    return any(not keys[start : start + _BLOCK].all() for start in range(0, len(keys), _BLOCK))
