"""Winnowed fingerprints of the tokens of source code.

Schleimer, Wilkerson & Aiken 2003, "Winnowing: local algorithms for document fingerprinting" (MOSS), definition 1: of
every window of w consecutive k-gram hashes the least is a fingerprint. So two texts that share a run of w + k - 1
tokens share a fingerprint, and what is shorter than k tokens is never found. Which of equal hashes a window takes
does not matter here: fingerprints are kept as a set of values, without places. Of a 64-bit hash the upper 63 bits are
kept, so that order is the same with and without a sign, in NumPy, Arrow and Spark.

The *key* of a text is a digest of its tokens as they are written, names, numbers and strings too: texts of one key
differ in comments, documentation and layout alone.
"""

from typing import NamedTuple

import numpy as np

from filters.jit import njit
from filters.kernels.code_tokens import lex, opened
from filters.kernels.hashing import BASE, SEED, STEP, add, mix
from filters.kernels.ngrams import power

_FIRST = 1 << 16  # tokens lexed at a time: 512 kB, in the second-level cache; memory does not grow with the text


@njit(cache=True, nogil=True)
def _winnowed(
    data: np.ndarray,
    start: int,
    end: int,
    reads: int,
    k: int,
    w: int,
    symbols: np.ndarray,
    spans: np.ndarray,
    found: np.ndarray,
    key: np.ndarray,
) -> tuple[int, int, int, np.ndarray]:
    """Tokens of a text, the bytes before the first, and how many window minima (with repetition) are in the buffer that
    is returned; its key goes into `key`, zero where it has fewer than k tokens."""
    state = opened(start, reads)
    head = -1
    high, low = STEP, BASE
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
        count = lex(data, start, end, state, symbols, spans)
        if count and head < 0:
            head = spans[0, 0] - start
        for position in range(count):
            written = SEED
            for place in range(spans[position, 0], spans[position, 1]):
                written = add(written, np.uint64(data[place]))
            high = mix(high ^ written)
            low = (low ^ (low >> np.uint64(29))) * BASE + written
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
    if tokens >= k:
        key[0], key[1] = mix(high), mix(low ^ STEP)
    return tokens, max(head, 0), kept, found


@njit(cache=True, nogil=True)
def _fingerprints(
    data: np.ndarray, offsets: np.ndarray, wanted: np.ndarray, reads: np.ndarray, k: int, w: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = len(offsets) - 1
    tokens = np.zeros(rows, np.int32)
    out_offsets = np.zeros(rows + 1, np.int64)
    out = np.empty(1024, np.uint64)
    symbols, spans = np.empty(_FIRST, np.uint64), np.empty((_FIRST, 2), np.int64)
    keys, heads = np.zeros((rows, 2), np.uint64), np.zeros(rows, np.int32)
    found = np.empty(1024, np.uint64)
    filled = 0
    for row in range(rows):
        if wanted[row]:
            tokens[row], heads[row], kept, found = _winnowed(
                data, offsets[row], offsets[row + 1], reads[row], k, w, symbols, spans, found, keys[row]
            )
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
    return tokens, heads, keys, out_offsets, out[:filled].copy()


class Winnowed(NamedTuple):
    """Of each text."""

    tokens: np.ndarray  # int32[rows]
    heads: np.ndarray  # int32[rows]: bytes before the first token: comments and white space
    keys: np.ndarray  # uint64[rows, 2]: zero for a text of fewer than k tokens
    offsets: np.ndarray  # int64[rows + 1] into values
    values: np.ndarray  # int64: fingerprints, ascending and distinct in each text


def fingerprints(
    data: np.ndarray, offsets: np.ndarray, wanted: np.ndarray, reads: np.ndarray, k: int, w: int
) -> Winnowed:
    """`data`, `offsets`: UTF-8 texts; rows that are not `wanted` (bool[rows]) have no tokens. `reads` (uint8[rows]):
    bits of `code_tokens`. A text of fewer than k tokens has no fingerprint; one of fewer than w + k - 1 has one, the
    least of its k-grams' hashes.
    """
    tokens, heads, keys, places, values = _fingerprints(data, offsets, wanted, reads, k, w)
    return Winnowed(tokens, heads, keys, places, values.view(np.int64))


@njit(cache=True, nogil=True)
def bare(data: np.ndarray, offsets: np.ndarray, reads: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The tokens of texts as they are written, a space behind each: their words without those of comments. UTF-8 bytes
    (uint8) and offsets (int32[rows + 1])."""
    rows = len(offsets) - 1
    out = np.empty(2 * (int(offsets[rows]) - int(offsets[0])), np.uint8)
    ends = np.zeros(rows + 1, np.int32)
    symbols, spans = np.empty(_FIRST, np.uint64), np.empty((_FIRST, 2), np.int64)
    filled = 0
    for row in range(rows):
        state = opened(offsets[row], reads[row])
        while True:
            count = lex(data, offsets[row], offsets[row + 1], state, symbols, spans)
            for position in range(count):
                for place in range(spans[position, 0], spans[position, 1]):
                    out[filled] = data[place]
                    filled += 1
                out[filled] = 32
                filled += 1
            if count < len(symbols):
                break
        ends[row + 1] = filled
    return out[:filled].copy(), ends
