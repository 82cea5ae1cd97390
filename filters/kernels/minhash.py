"""MinHash signatures and exact shingle sets, from the hashes of words.

A shingle is n consecutive words. A text of fewer words than n has one shingle, all its words, so that it resembles a
text of the same words alone; a text without words has none.

Permutations are multiply-add-shift hashes (a x + b mod 2^64) >> 32 of 64-bit shingles with odd a (Dietzfelbinger et al.
1997, "A reliable randomized algorithm for the closest-pair problem"): two shingles meet with probability at most 2^-31.
The least values of two sets of m shingles with nothing in common are equal with probability m / 2^33: any of 21 bands
of 6 agrees by chance with less than 2e-17 even for 8,000,000 shingles a side, and verification refuses such a pair.
"""

import numpy as np

from filters.jit import at, int64, njit
from filters.kernels.hashing import BASE, STEP, mix
from filters.kernels.ngrams import power

_TOGETHER = 4  # shingles hashed at a time: the least values are read and written once for all of them


def coefficients(permutations: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Odd multipliers and addends (uint64) from a counter: splitmix64 (Steele, Lea & Flood 2014) from `seed`."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) * STEP + STEP * np.arange(1, 2 * permutations + 1, dtype=np.uint64)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return state[:permutations] | np.uint64(1), state[permutations:].copy()


@njit(cache=True, nogil=True)
def fill_shingles(word_hash: np.ndarray, first: int, last: int, n: int, out: np.ndarray) -> int:
    """Hashes (uint64) of the shingles of words first..last, in order, with repetition; returns how many."""
    if last <= first:
        return 0
    n = min(n, last - first)
    leaving = power(n)
    state = np.uint64(0)
    count = 0
    for place in range(first, last):
        state = state * BASE + word_hash[at(place)]
        if place >= first + n:
            state -= leaving * word_hash[at(place - n)]
        if place >= first + n - 1:
            out[at(count)] = mix(state)
            count += 1
    return count


@njit(cache=True, nogil=True)
def signatures(
    word_hash: np.ndarray, word_offsets: np.ndarray, n: int, a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Signatures (uint32[rows, permutations]) and shingles with repetition (int32[rows])."""
    rows = len(word_offsets) - 1
    permutations = len(a)
    out = np.full((rows, permutations), np.uint32(0xFFFFFFFF), np.uint32)
    shingles = np.zeros(rows, np.int32)
    longest = int64(1)
    for row in range(rows):
        longest = max(longest, word_offsets[row + 1] - word_offsets[row])
    hashes = np.empty(longest + _TOGETHER - 1, np.uint64)
    for row in range(rows):
        count = fill_shingles(word_hash, word_offsets[row], word_offsets[row + 1], n, hashes)
        shingles[row] = count
        while count % _TOGETHER:  # the last once more: no value is less for it
            hashes[count] = hashes[count - 1]
            count += 1
        least = out[row]
        for place in range(0, count, _TOGETHER):
            x, y, z, w = hashes[place], hashes[place + 1], hashes[place + 2], hashes[place + 3]
            for i in range(permutations):
                # The least of the products has the least upper half.
                one = min(a[i] * x + b[i], a[i] * y + b[i])
                other = min(a[i] * z + b[i], a[i] * w + b[i])
                least[i] = min(least[i], np.uint32(min(one, other) >> np.uint64(32)))
    return out, shingles


@njit(cache=True, nogil=True)
def shingle_sets(
    word_hash: np.ndarray, word_offsets: np.ndarray, rows: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct shingles of some rows, sorted: offsets (int64[len(rows) + 1]) into values (uint64)."""
    total = int64(0)
    for row in rows:
        total += max(word_offsets[row + 1] - word_offsets[row], int64(1))
    values = np.empty(total, np.uint64)
    offsets = np.zeros(len(rows) + 1, np.int64)
    filled = 0
    for i in range(len(rows)):
        count = fill_shingles(word_hash, word_offsets[rows[i]], word_offsets[rows[i] + 1], n, values[filled:])
        here = np.sort(values[filled : filled + count])
        for place in range(count):
            if place == 0 or here[place] != here[place - 1]:
                values[filled] = here[place]
                filled += 1
        offsets[i + 1] = filled
    return offsets, values[:filled].copy()


@njit(cache=True, nogil=True)
def _shared(one: np.ndarray, other: np.ndarray) -> int:
    """The size of the intersection of two sorted distinct sets."""
    i, j, shared = 0, 0, 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            shared += 1
            i += 1
            j += 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return shared


@njit(cache=True, nogil=True)
def jaccard(one: np.ndarray, values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sizes (int32) of the intersections of a sorted distinct set with each of several."""
    out = np.empty(len(offsets) - 1, np.int32)
    for row in range(len(offsets) - 1):
        out[row] = _shared(one, values[offsets[row] : offsets[row + 1]])
    return out


@njit(cache=True, nogil=True)
def intersections(values: np.ndarray, offsets: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Sizes (int32) of the intersections of pairs of sorted distinct sets, of which set i is
    values[offsets[i]:offsets[i + 1]]; `one` and `other` (int64) are the pairs' sets."""
    out = np.empty(len(one), np.int32)
    for pair in range(len(one)):
        a, b = one[pair], other[pair]
        out[pair] = _shared(values[offsets[a] : offsets[a + 1]], values[offsets[b] : offsets[b + 1]])
    return out


@njit(cache=True, nogil=True)
def content_keys(word_hash: np.ndarray, word_offsets: np.ndarray) -> np.ndarray:
    """128-bit digests (uint64[rows, 2]) of word sequences, from two independent mixes; zero for no words."""
    rows = len(word_offsets) - 1
    out = np.zeros((rows, 2), np.uint64)
    for row in range(rows):
        if word_offsets[row] == word_offsets[row + 1]:
            continue
        high, low = STEP, BASE
        for place in range(word_offsets[row], word_offsets[row + 1]):
            high = mix(high ^ word_hash[at(place)])
            low = (low ^ (low >> np.uint64(29))) * BASE + word_hash[at(place)]
        out[row, 0] = mix(high)
        out[row, 1] = mix(low ^ STEP)
    return out
