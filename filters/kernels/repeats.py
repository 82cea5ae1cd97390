"""Gopher's repetition measurements (Rae et al. 2021, appendix A1.1, table A1) over the hashes of words and lines.

An n-gram of words can only occur twice if the n-1-gram that it begins with does. So all 2-grams are counted, and longer
ones only where the shorter one is repeated: in running text that is less than two passes instead of nine.
"""

import numpy as np
from numba import njit

from filters.kernels.hashing import BASE, mix

TOP = (2, 3, 4)  # table A1: the most frequent n-gram
DUPLICATE = (5, 6, 7, 8, 9, 10)  # table A1: n-grams that occurred before
_LONGEST = 10


@njit(cache=True, nogil=True)
def _group(keys: np.ndarray, count: int, slots: np.ndarray, table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Number equal keys alike: `slots[i]` becomes the number of keys[i], `sizes[number]` how often it occurs."""
    size = 16
    while size < 2 * count:
        size *= 2
    mask = np.uint64(size - 1)
    table[:size] = -1
    groups = 0
    firsts = np.empty(count, np.int32)
    for place in range(count):
        slot = mix(keys[place]) & mask
        while table[slot] >= 0 and keys[firsts[table[slot]]] != keys[place]:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = groups
            firsts[groups] = place
            sizes[groups] = 0
            groups += 1
        sizes[table[slot]] += 1
        slots[place] = table[slot]
    return firsts[:groups]


@njit(cache=True, nogil=True)
def word_repeats(
    word_hash: np.ndarray, word_chars: np.ndarray, word_offsets: np.ndarray, chars: np.ndarray
) -> np.ndarray:
    """float64[rows, 9]: for n of TOP, code points in the most frequent n-gram, spaces between its words among them,
    times its occurrences, over `chars` (int32[rows]: code points of the text); then for n of DUPLICATE, code points in
    n-grams that occurred before, read from the left without overlap, over `chars`. An n-gram that occurs once is no
    repetition: where all do, the share is 0. Of equally frequent n-grams the longest counts.
    """
    rows = len(word_offsets) - 1
    out = np.zeros((rows, 9), np.float64)
    longest = 0
    for row in range(rows):
        longest = max(longest, word_offsets[row + 1] - word_offsets[row])
    places, keys = np.empty(longest, np.int32), np.empty(longest, np.uint64)
    slots, sizes, table = np.empty(longest, np.int32), np.empty(longest, np.int32), np.empty(4 * longest + 16, np.int32)
    ends = np.empty(longest + 1, np.int64)  # code points of words before
    for row in range(rows):
        first = word_offsets[row]
        words = word_offsets[row + 1] - first
        ends[0] = 0
        for place in range(words):
            ends[place + 1] = ends[place] + word_chars[first + place]
            places[place] = place
            keys[place] = word_hash[first + place]
        count = words
        for n in range(2, _LONGEST + 1):
            kept = 0  # n-grams whose n-1-gram is repeated
            for number in range(count):
                place = places[number]
                if place + n <= words and (n == 2 or sizes[slots[number]] > 1):
                    places[kept] = place
                    keys[kept] = keys[number] * BASE + word_hash[first + place + n - 1]
                    kept += 1
            count = kept
            if count < 2:
                break
            _group(keys, count, slots, table, sizes)
            if n <= 4:
                most, top = 1, np.int64(0)
                for number in range(count):
                    often = sizes[slots[number]]
                    if often > 1 and often >= most:
                        covered = often * (ends[places[number] + n] - ends[places[number]] + n - 1)
                        top = covered if often > most else max(top, covered)
                        most = often
                out[row, n - 2] = top / chars[row]
            else:
                seen = table  # free until the next n; numbers are below 4 * longest + 16
                for number in range(count):
                    seen[slots[number]] = 0
                covered, free = np.int64(0), 0
                for number in range(count):
                    place = places[number]
                    if place < free:
                        continue
                    if seen[slots[number]]:
                        covered += ends[place + n] - ends[place]
                        free = place + n
                    else:
                        seen[slots[number]] = 1
                out[row, n - 2] = covered / chars[row]
    return out


@njit(cache=True, nogil=True)
def line_repeats(
    line_hash: np.ndarray, line_chars: np.ndarray, opens: np.ndarray, line_offsets: np.ndarray
) -> np.ndarray:
    """float64[rows, 4]: lines that repeat an earlier one / lines, and their characters / characters in lines; then
    the same of paragraphs."""
    rows = len(line_offsets) - 1
    out = np.zeros((rows, 4), np.float64)
    longest = 0
    for row in range(rows):
        longest = max(longest, line_offsets[row + 1] - line_offsets[row])
    keys, sizes = np.empty(longest, np.uint64), np.empty(longest, np.int32)
    slots, table = np.empty(longest, np.int32), np.empty(4 * longest + 16, np.int32)
    chars = np.empty(longest, np.int64)
    for row in range(rows):
        start, end = line_offsets[row], line_offsets[row + 1]
        for kind in range(2):
            count = 0
            total = np.int64(0)
            for line in range(start, end):
                if kind == 0 or opens[line] or count == 0:
                    keys[count] = line_hash[line]
                    chars[count] = line_chars[line]
                    count += 1
                else:
                    keys[count - 1] = mix(keys[count - 1] * BASE + line_hash[line])
                    chars[count - 1] += line_chars[line]
                total += line_chars[line]
            if count < 2:
                continue
            firsts = _group(keys, count, slots, table, sizes)
            once = np.int64(0)
            for number in range(len(firsts)):
                once += chars[firsts[number]]
            out[row, 2 * kind] = (count - len(firsts)) / count
            out[row, 2 * kind + 1] = (total - once) / total
    return out
