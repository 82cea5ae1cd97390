"""What a text has in common with many others, letter for letter, in one pass over these.

Every common span of 11 bytes holds 8 that begin at a multiple of 4 in the other texts: only those are looked up, in a
table of all 8 bytes in a row of the text.
"""

import numpy as np

from filters.jit import at, int64, njit

WINDOW = 8
STRIDE = 4
LEAST = WINDOW + STRIDE - 1  # bytes of the shortest span that is surely found
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
_LOW = np.uint64(32)


@njit(cache=True, nogil=True)
def windows(text: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of 8 bytes in a row: the last place by hash (int32[2 ** bits], -1 for none), the place before it with the same
    hash (int32[n]), and the bytes as a number (uint64[n])."""
    count = max(len(text) - WINDOW + 1, 0)
    heads = np.full(1 << bits, -1, np.int32)
    before = np.empty(count, np.int32)
    values = np.empty(count, np.uint64)
    shift = np.uint64(64 - bits)
    for place in range(count):
        value = np.uint64(0)
        for i in range(WINDOW):
            value |= np.uint64(text[place + i]) << np.uint64(8 * i)
        values[place] = value
        key = int64((value * _SPREAD) >> shift)
        before[place] = heads[key]
        heads[key] = place
    return heads, before, values


@njit(cache=True, nogil=True)
def shared(
    data: np.ndarray,
    words: np.ndarray,
    offsets: np.ndarray,
    text: np.ndarray,
    table: tuple[np.ndarray, np.ndarray, np.ndarray],
    least: int,
) -> np.ndarray:
    """int64[k, 4]: spans of `text` (first byte, end) that stand in a text of `data` and could be longer at neither end,
    with its row and the byte of `data`; those of `least` bytes or more (LEAST at least). One for each place there.

    `words` are the same bytes as uint32, little-endian; `table` is from `windows`.
    """
    heads, before, values = table
    shift = np.uint64(64)
    for _ in range(64):
        if (1 << int64(np.uint64(64) - shift)) >= len(heads):
            break
        shift -= np.uint64(1)
    found = np.empty((16, 4), np.int64)
    count = 0
    row, rows = 0, len(offsets) - 1
    for i in range(len(words) - 1):
        value = np.uint64(words[at(i)]) | (np.uint64(words[at(i + 1)]) << _LOW)
        place = heads[at((value * _SPREAD) >> shift)]
        if place < 0:
            continue
        here = int64(i) * STRIDE
        while row < rows and offsets[row + 1] <= here:
            row += 1
        if row == rows:
            break
        start, end = int64(offsets[row]), int64(offsets[row + 1])
        if here < start or here + WINDOW > end:
            continue
        while place >= 0:
            own = int64(place)
            place = before[own]
            if values[own] != value:
                continue
            left = 0
            while (
                left < STRIDE and own > left and here - left > start and text[own - left - 1] == data[here - left - 1]
            ):
                left += 1
            if left == STRIDE:  # the place 4 bytes before has found it
                continue
            last, there = own + WINDOW, here + WINDOW
            while last < len(text) and there < end and text[at(last)] == data[at(there)]:
                last += 1
                there += 1
            if last - own + left >= least:
                if count == len(found):
                    more = np.empty((2 * count, 4), np.int64)
                    more[:count] = found
                    found = more
                found[count, 0], found[count, 1] = own - left, last
                found[count, 2], found[count, 3] = row, here - left
                count += 1
    return found[:count].copy()
