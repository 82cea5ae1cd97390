"""Words of normalised text as numbers: 64-bit hashes of their bytes in a table of open addressing.

KenLM's vocabulary is hashes too (Heafield 2011, section 3.2): 2 million words share one with probability 1e-7, and
`filters.lm.vocabulary` refuses a vocabulary in which two do.
"""

import numpy as np

from filters.jit import njit
from filters.kernels.hashing import SEED, add, mix

EMPTY = np.uint64(0)  # hashes that come out as 0 are told as 1
UNKNOWN, BEGIN, END = 0, 1, 2  # <unk>, <s>, </s>
_SPACE, _LINE = 0x20, 0x0A


@njit(cache=True, nogil=True)
def hash_words(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """uint64[words]: hashes of byte strings, the same as those of words in a text."""
    out = np.empty(len(offsets) - 1, np.uint64)
    for row in range(len(out)):
        state = SEED
        for place in range(offsets[row], offsets[row + 1]):
            state = add(state, np.uint64(data[place]))
        found = mix(state)
        out[row] = found if found != EMPTY else np.uint64(1)
    return out


@njit(cache=True, nogil=True)
def fill(keys: np.ndarray, values: np.ndarray, hashes: np.ndarray, numbers: np.ndarray) -> None:
    """Put `hashes` with their `numbers` into a table whose length is a power of two."""
    mask = np.uint64(len(keys) - 1)
    for i in range(len(hashes)):
        slot = hashes[i] & mask
        while keys[slot] != EMPTY:
            slot = (slot + np.uint64(1)) & mask
        keys[slot] = hashes[i]
        values[slot] = numbers[i]


@njit(cache=True, nogil=True)
def known_words(
    data: np.ndarray, offsets: np.ndarray, keys: np.ndarray, values: np.ndarray, out: np.ndarray, rows: np.ndarray
) -> None:
    """Numbers of the words of normalised texts, END after each line; `rows[i + 1]` is where text i ends in `out`."""
    mask = np.uint64(len(keys) - 1)
    count = 0
    for row in range(len(offsets) - 1):
        place, end = offsets[row], offsets[row + 1]
        state = SEED
        while place < end:
            byte = data[place]
            place += 1
            white = byte == _SPACE or byte == _LINE
            if not white:
                state = add(state, np.uint64(byte))
            if white or place == end:
                found = mix(state)
                if found == EMPTY:
                    found = np.uint64(1)
                slot = found & mask
                while keys[slot] != EMPTY and keys[slot] != found:
                    slot = (slot + np.uint64(1)) & mask
                out[count] = values[slot] if keys[slot] == found else UNKNOWN
                count += 1
                state = SEED
                if byte == _LINE or place == end:
                    out[count] = END
                    count += 1
        rows[row + 1] = count


@njit(cache=True, nogil=True)
def new_words(
    data: np.ndarray,
    place: int,
    end: int,
    keys: np.ndarray,
    values: np.ndarray,
    counts: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    words: int,
    most: int,
    out: np.ndarray,
    written: int,
) -> tuple[int, int, int]:
    """Number the words of one normalised text from `place` on, in the order of their first occurrence.

    `counts` is of words by number, `first` and `last` say where in `data` a new one stands. `out` takes their numbers,
    -1 after each line. Returns (place, words, written); place < end says that `most` words are there: make room, go on.
    """
    mask = np.uint64(len(keys) - 1)
    while place < end:
        state = SEED
        start = place
        while place < end and data[place] != _SPACE and data[place] != _LINE:
            state = add(state, np.uint64(data[place]))
            place += 1
        found = mix(state)
        if found == EMPTY:
            found = np.uint64(1)
        slot = found & mask
        while keys[slot] != EMPTY and keys[slot] != found:
            slot = (slot + np.uint64(1)) & mask
        if keys[slot] == EMPTY:
            if words == most:
                return start, words, written
            keys[slot] = found
            values[slot] = words
            first[words] = start
            last[words] = place
            words += 1
        counts[values[slot]] += 1
        out[written] = values[slot]
        written += 1
        if place == end or data[place] == _LINE:
            out[written] = -1
            written += 1
        place += 1
    return end, words, written


@njit(cache=True, nogil=True)
def lookup(hashes: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """int32[words]: the numbers of words given by their hashes, UNKNOWN for those that the table lacks."""
    mask = np.uint64(len(keys) - 1)
    out = np.empty(len(hashes), np.int32)
    for i in range(len(hashes)):
        slot = hashes[i] & mask
        while keys[slot] != EMPTY and keys[slot] != hashes[i]:
            slot = (slot + np.uint64(1)) & mask
        out[i] = values[slot] if keys[slot] == hashes[i] else UNKNOWN
    return out
