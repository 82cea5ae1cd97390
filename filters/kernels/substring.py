"""Where a string of bytes stands in texts, occurrences that overlap included.

64 places are looked at together for two bytes of the string, those that are rare in the text: a loop that the compiler
turns into vector instructions, so text without candidates passes at the speed of memory.
"""

import numpy as np

from filters.jit import at, int64, njit

_BLOCK = 64


@njit(cache=True, nogil=True)
def counted(data: np.ndarray, offsets: np.ndarray, chosen: np.ndarray, byte: np.uint8) -> np.ndarray:
    """int64[rows]: how often a byte stands in each text that is `chosen`."""
    counts = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(counts)):
        if chosen[row]:
            for start in range(offsets[row], offsets[row + 1], 255):  # a count that fits the lanes of bytes
                few = np.uint8(0)
                for place in range(start, min(start + 255, offsets[row + 1])):
                    few += np.uint8(data[at(place)] == byte)
                counts[row] += few
    return counts


@njit(cache=True, nogil=True)
def occurrences(
    data: np.ndarray,
    offsets: np.ndarray,
    chosen: np.ndarray,
    needle: np.ndarray,
    pair: tuple[int, int],
    counts: np.ndarray,
    places: np.ndarray,
) -> int:
    """Count occurrences of `needle` (uint8[n], n > 0) by text into `counts` (int64[rows]) and write the first of them
    into `places` (int64[k, 2]: row, byte of `data`), of texts that are `chosen` (bool[rows]); how many were written.

    `pair`: two places in the needle whose bytes are looked for first. No occurrence goes over the end of a text.
    """
    size = len(needle)
    left, right = pair
    low, high = needle[left], needle[right]
    written = int64(0)
    row, rows = 0, len(offsets) - 1
    while row < rows:
        if not chosen[row]:
            row += 1
            continue
        end = row
        while end < rows and chosen[end]:
            end += 1
        place, stop = int64(offsets[row]), int64(offsets[end]) - size + 1  # a needle begins before `stop`
        while place < stop:
            if place + _BLOCK <= stop:
                seen = np.uint8(0)
                for i in range(_BLOCK):
                    seen |= np.uint8((data[at(place + left + i)] == low) & (data[at(place + right + i)] == high))
                if not seen:
                    place += _BLOCK
                    continue
            last = min(place + _BLOCK, stop)
            while place < last:
                if data[at(place + left)] == low and data[at(place + right)] == high:
                    i = 0
                    while i < size and data[at(place + i)] == needle[at(i)]:
                        i += 1
                    if i == size:
                        while offsets[row + 1] <= place:
                            row += 1
                        if place + size <= offsets[row + 1]:
                            counts[row] += 1
                            if written < len(places):
                                places[written, 0], places[written, 1] = row, place
                                written += 1
                place += 1
        row = end
    return written
