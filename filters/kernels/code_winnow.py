"""Winnowed fingerprints of the tokens of source code.

Schleimer, Wilkerson & Aiken 2003, "Winnowing: local algorithms for document fingerprinting" (MOSS), definition 1: of
every window of w consecutive k-gram hashes the least is a fingerprint. So two texts that share a run of w + k - 1
tokens share a fingerprint, and what is shorter than k tokens is never found. Which of equal hashes a window takes
does not matter here: fingerprints are kept as a set of values, without places. Of a 64-bit hash the upper 63 bits are
kept, so that order is the same with and without a sign, in NumPy, Arrow and Spark.
"""

import numpy as np

from filters.jit import njit
from filters.kernels.code_tokens import START, lex
from filters.kernels.hashing import BASE, mix
from filters.kernels.ngrams import power

_FIRST = 1 << 16  # tokens lexed at a time: 512 kB, in the second-level cache; memory does not grow with the text


@njit(cache=True, nogil=True)
def _winnowed(
    data: np.ndarray, start: int, end: int, k: int, w: int, symbols: np.ndarray, found: np.ndarray
) -> tuple[int, int, np.ndarray]:
    """Tokens of a text, and how many window minima (with repetition) are in the buffer that is returned."""
    state = START.copy()
    state[0] = start
    ring = np.zeros(k, np.uint64)
    window = np.zeros(w, np.uint64)
    leaving = power(k)
    rolling = np.uint64(0)
    tokens, kept = 0, 0
    slot = 0  # tokens mod k
    cell = 0  # k-grams mod w
    hashes = 0
    least, least_age = np.uint64(0), 0
    while True:
        count = lex(data, start, end, state, symbols)
        for position in range(count):
            symbol = symbols[position] + np.uint64(1)
            rolling = rolling * BASE + symbol - leaving * ring[slot]
            ring[slot] = symbol
            slot = slot + 1 if slot + 1 < k else 0
            tokens += 1
            if tokens < k:
                continue
            value = mix(rolling) >> np.uint64(1)
            window[cell] = value
            hashes += 1
            least_age += 1
            fresh = False
            if hashes == 1 or value <= least:
                fresh = hashes == 1 or value != least
                least, least_age = value, 0
            elif least_age >= w:
                least, least_age = value, 0
                fresh = True
                look = cell
                for age in range(1, w):
                    look = look - 1 if look > 0 else w - 1
                    if window[look] < least:
                        least, least_age = window[look], age
            cell = cell + 1 if cell + 1 < w else 0
            if hashes == w or (hashes > w and fresh):
                if kept == len(found):
                    larger = np.empty(2 * kept, np.uint64)
                    for i in range(kept):
                        larger[i] = found[i]
                    found = larger
                found[kept] = least
                kept += 1
        if count < len(symbols):
            break
    if 0 < hashes < w:
        found[0] = least
        kept = 1
    return tokens, kept, found


@njit(cache=True, nogil=True)
def _fingerprints(
    data: np.ndarray, offsets: np.ndarray, wanted: np.ndarray, k: int, w: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = len(offsets) - 1
    tokens = np.zeros(rows, np.int32)
    out_offsets = np.zeros(rows + 1, np.int64)
    out = np.empty(1024, np.uint64)
    symbols = np.empty(_FIRST, np.uint64)
    found = np.empty(1024, np.uint64)
    filled = 0
    for row in range(rows):
        if wanted[row]:
            tokens[row], kept, found = _winnowed(data, offsets[row], offsets[row + 1], k, w, symbols, found)
            ordered = np.sort(found[:kept])
            if filled + kept > len(out):
                larger = np.empty(2 * (filled + kept), np.uint64)
                for i in range(filled):
                    larger[i] = out[i]
                out = larger
            for place in range(kept):
                if place == 0 or ordered[place] != ordered[place - 1]:
                    out[filled] = ordered[place]
                    filled += 1
        out_offsets[row + 1] = filled
    return tokens, out_offsets, out[:filled].copy()


def fingerprints(
    data: np.ndarray, offsets: np.ndarray, wanted: np.ndarray, k: int, w: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tokens (int32[rows]), and offsets (int64[rows + 1]) into fingerprints (int64, sorted and distinct in each row).

    `data`, `offsets`: UTF-8 texts; rows that are not `wanted` (bool[rows]) have no tokens. A text of fewer than k
    tokens has no fingerprint; one of fewer than w + k - 1 has one, the least of its k-grams' hashes.
    """
    tokens, places, values = _fingerprints(data, offsets, wanted, k, w)
    return tokens, places, values.view(np.int64)
