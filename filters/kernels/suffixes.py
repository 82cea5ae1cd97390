"""Suffixes of a text in the order of their bytes: those that begin at every `step`-th byte.

Every `step`-th suffix is enough: within the first `step` bytes of an occurrence of a string one of them begins, so the
string is looked for `step` times, without 0, 1 ... of its first bytes, which are compared in the text. An array of
every 4th is as large as the text, one of all four times as large.
"""

import numpy as np

from filters.jit import at, int64, njit

STEP = 4
_KEY = 8  # bytes that the first sort goes by


def sorted_suffixes(text: np.ndarray, step: int = STEP) -> np.ndarray:
    """int32[ceil(bytes / step)]: i stands for the suffix from byte step * i on; a suffix that another begins with comes
    before it.

    By prefix doubling (Manber and Myers 1993): sorted by 8 bytes, then those that are still equal by the ranks of what
    follows, so by 16, 32 ... bytes: log(n) sorts at the most, whatever the text. `step` divides 8.
    """
    count = -(-len(text) // step)
    if count == 0:
        return np.empty(0, np.int32)
    order = np.argsort(first_keys(text, step, count)).astype(np.int32)
    rank = np.empty(count, np.int32)
    open_ = regrouped(order, np.arange(count, dtype=np.int32), first_keys(text, step, count)[order], rank)
    ahead = _KEY // step
    while len(open_):
        keys = next_keys(order, open_, rank, ahead)
        by = np.argsort(keys)
        order[open_] = order[open_][by]
        open_ = regrouped(order, open_, keys[by], rank)
        ahead *= 2
    return order


@njit(cache=True, nogil=True)
def first_keys(text: np.ndarray, step: int, count: int) -> np.ndarray:
    """uint64[count]: 8 bytes from each place on, the first the most; zeros behind the end."""
    keys = np.empty(count, np.uint64)
    size = len(text)
    for i in range(count):
        key = np.uint64(0)
        place = i * step
        if place + _KEY <= size:
            for j in range(_KEY):
                key = (key << np.uint64(8)) | np.uint64(text[at(place + j)])
        else:
            for j in range(_KEY):
                byte = np.uint64(text[place + j]) if place + j < size else np.uint64(0)
                key = (key << np.uint64(8)) | byte
        keys[i] = key
    return keys


@njit(cache=True, nogil=True)
def next_keys(order: np.ndarray, open_: np.ndarray, rank: np.ndarray, ahead: int) -> np.ndarray:
    """uint64[open]: the rank of each suffix, then that of the one that begins `ahead` later; of those that end
    before, the shorter first and all before the others."""
    keys = np.empty(len(open_), np.uint64)
    count = len(order)
    for i in range(len(open_)):
        own = int64(order[open_[i]])
        later = own + ahead
        rest = np.uint64(rank[later] + count + 1 if later < count else count - own)
        keys[i] = (np.uint64(rank[own]) << np.uint64(32)) | rest
    return keys


@njit(cache=True, nogil=True)
def regrouped(order: np.ndarray, open_: np.ndarray, keys: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Give each suffix at the places `open_` of `order` the place of the first with its key as rank; places of those
    that share a key (int32)."""
    still = np.empty(len(open_), np.int32)
    left = 0
    first = 0
    for i in range(1, len(open_) + 1):
        if i == len(open_) or keys[i] != keys[first]:
            for j in range(first, i):
                rank[order[open_[j]]] = open_[first]
                if i - first > 1:
                    still[left] = open_[j]
                    left += 1
            first = i
    return still[:left].copy()
