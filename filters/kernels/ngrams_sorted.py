"""N-grams as sorted 128-bit keys: packing, radix sort, merging, and the suffix tree of their adjusted counts.

A key holds up to six word numbers of 21 bits, the *last* word of the n-gram first (most significant), so that n-grams
with the same ending are neighbours: suffix order (Heafield et al. 2013, section 3).
"""

import numpy as np

from filters.jit import njit
from filters.kernels.words import BEGIN, END

BITS = 21  # three words to 64 bits: 2,097,152 words
FIELDS = 3
_DIGIT = 11  # of the radix sort: 2,048 counters stay in the first-level cache; 11 + 10 bits are a word
_MASK = np.uint64((1 << BITS) - 1)


@njit(cache=True, nogil=True, inline="always")
def word_at(high: np.uint64, low: np.uint64, position: int) -> np.uint64:
    """The word `position` places before the end."""
    if position < FIELDS:
        return (high >> np.uint64(BITS * (FIELDS - 1 - position))) & _MASK
    return (low >> np.uint64(BITS * (2 * FIELDS - 1 - position))) & _MASK


@njit(cache=True, nogil=True)
def pack(tokens: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys (two uint64[tokens]) of the n-grams that end in each token; sentences end with END.

    Before a sentence stand order - 1 BEGINs, so every n-gram is full (as lmplz counts).
    """
    high, low = np.empty(len(tokens), np.uint64), np.empty(len(tokens), np.uint64)
    start_high, start_low = np.uint64(0), np.uint64(0)
    for position in range(order - 1):
        if position < FIELDS:
            start_high |= np.uint64(BEGIN) << np.uint64(BITS * (FIELDS - 1 - position))
        else:
            start_low |= np.uint64(BEGIN) << np.uint64(BITS * (2 * FIELDS - 1 - position))
    keep_high, keep_low = np.uint64(0), np.uint64(0)
    for position in range(order):
        if position < FIELDS:
            keep_high |= _MASK << np.uint64(BITS * (FIELDS - 1 - position))
        else:
            keep_low |= _MASK << np.uint64(BITS * (2 * FIELDS - 1 - position))
    a, b = start_high, start_low
    for i in range(len(tokens)):
        carried = a & _MASK
        a = (a >> np.uint64(BITS)) | (np.uint64(tokens[i]) << np.uint64(BITS * (FIELDS - 1)))
        b = (b >> np.uint64(BITS)) | (carried << np.uint64(BITS * (FIELDS - 1)))
        a &= keep_high
        b &= keep_low
        high[i] = a
        low[i] = b
        if tokens[i] == END:
            a, b = start_high, start_low
    return high, low


@njit(cache=True, nogil=True)
def sort_count(
    high: np.ndarray, low: np.ndarray, counts: np.ndarray, order: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct keys in order with their added counts (int64); radix sort from the least significant digit."""
    size = len(high)
    high_2, low_2, counts_2 = np.empty_like(high), np.empty_like(low), np.empty_like(counts)
    for position in range(order - 1, -1, -1):
        for half in range(2):
            width = _DIGIT if half == 0 else BITS - _DIGIT
            base = BITS * (FIELDS - 1 - position % FIELDS) + (_DIGIT if half else 0)
            shift = np.uint64(base)
            mask = np.uint64((1 << width) - 1)
            in_high = position < FIELDS
            places = np.zeros((1 << width) + 1, np.int64)
            for i in range(size):
                digit = ((high[i] if in_high else low[i]) >> shift) & mask
                places[digit + np.uint64(1)] += 1
            if places.max() == size:
                continue
            for digit in range(1 << width):
                places[digit + 1] += places[digit]
            for i in range(size):
                digit = ((high[i] if in_high else low[i]) >> shift) & mask
                place = places[digit]
                places[digit] += 1
                high_2[place] = high[i]
                low_2[place] = low[i]
                counts_2[place] = counts[i]
            high, high_2 = high_2, high
            low, low_2 = low_2, low
            counts, counts_2 = counts_2, counts
    distinct = -1
    for i in range(size):
        if distinct >= 0 and high_2[distinct] == high[i] and low_2[distinct] == low[i]:
            counts_2[distinct] += counts[i]
        else:
            distinct += 1
            high_2[distinct] = high[i]
            low_2[distinct] = low[i]
            counts_2[distinct] = counts[i]
    return high_2[: distinct + 1], low_2[: distinct + 1], counts_2[: distinct + 1]


@njit(cache=True, nogil=True)
def level_sizes(high: np.ndarray, low: np.ndarray, order: int) -> np.ndarray:
    """int64[order]: distinct endings of each length among sorted distinct keys, those with two BEGINs left out."""
    sizes = np.zeros(order, np.int64)
    for i in range(len(high)):
        new = i == 0
        for n in range(order):
            word = word_at(high[i], low[i], n)
            if n and word == BEGIN and word_at(high[i], low[i], n - 1) == BEGIN:
                break
            if not new and word != word_at(high[i - 1], low[i - 1], n):
                new = True
            if new:
                sizes[n] += 1
    return sizes


@njit(cache=True, nogil=True)
def one_level(
    high: np.ndarray, low: np.ndarray, counts: np.ndarray, n: int, order: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The n-grams of length n + 1 in suffix order: first word (uint32), adjusted count (int64), children (uint32).

    The adjusted count (Kneser & Ney 1995) is the number of words seen before the n-gram; of the longest n-grams, and
    of those that begin a sentence, how often they occurred. Children are the n-grams one word longer to the left.
    """
    first, adjusted, children = np.empty(size, np.uint32), np.zeros(size, np.int64), np.zeros(size, np.uint32)
    node = -1
    for i in range(len(high)):
        padded = False
        same = i > 0
        for k in range(n + 1):
            word = word_at(high[i], low[i], k)
            padded |= k > 0 and word == BEGIN and word_at(high[i], low[i], k - 1) == BEGIN
            same = same and word == word_at(high[i - 1], low[i - 1], k)
        if padded:
            continue
        own = word_at(high[i], low[i], n)
        if not same:
            node += 1
            first[node] = own
        if n + 1 == order or own == BEGIN:
            adjusted[node] += counts[i]
            continue
        # `own` is no BEGIN, so the word before it is a real left neighbour: new unless the key before has it too.
        if not same or word_at(high[i], low[i], n + 1) != word_at(high[i - 1], low[i - 1], n + 1):
            adjusted[node] += 1
            children[node] += 1
    return first, adjusted, children
