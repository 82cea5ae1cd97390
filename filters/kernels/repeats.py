"""Gopher's repetition measurements (Rae et al. 2021, appendix A1.1, table A1) over the hashes of words and lines.

An n-gram of words can only occur twice if the n-1-gram that it begins with does. So all 2-grams are counted, and longer
ones only where the shorter one is repeated: in running text that is less than two passes instead of nine.
"""

import numpy as np

from filters.jit import at, int64, njit
from filters.kernels.hashing import BASE, STEP, mix
from filters.kernels.ngrams import SPARSE

TOP = (2, 3, 4)  # table A1: the most frequent n-gram
DUPLICATE = (5, 6, 7, 8, 9, 10)  # table A1: n-grams that occurred before
_LONGEST = 10


@njit(cache=True, nogil=True)
def _group(
    keys: np.ndarray, count: int, slots: np.ndarray, table: np.ndarray, numbers: np.ndarray, sizes: np.ndarray
) -> int:
    """Number equal keys alike, from 0 in order of their first occurrence; returns how many numbers there are.

    `slots[i]` becomes the number of keys[i], `sizes[number]` how often it occurs; `table`, `numbers` are scratch.
    """
    size = 16
    while size < 2 * count:
        size *= 2
    mask = np.uint64(size - 1)
    numbers[:size] = -1
    groups = 0
    for place in range(count):
        key = keys[at(place)]
        slot = (key * STEP >> np.uint64(20)) & mask
        while numbers[slot] >= 0 and table[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        if numbers[slot] < 0:
            table[slot] = key
            numbers[slot] = groups
            sizes[groups] = 0
            groups += 1
        number = numbers[slot]
        sizes[at(number)] += 1
        slots[at(place)] = number
    return groups


@njit(cache=True, nogil=True)
def _maybe_repeated(keys: np.ndarray, count: int, once: np.ndarray, twice: np.ndarray, places: np.ndarray) -> int:
    """Keep, in order, the keys and their places of which a bit is shared with another key: all that occur twice, and
    one in sixteen of the others. Returns how many."""
    bits, shift = 64, np.uint64(58)
    while bits < SPARSE * count:
        bits *= 2
        shift -= np.uint64(1)
    once[: bits // 64] = 0
    twice[: bits // 64] = 0
    for place in range(count):
        bit = keys[at(place)] * STEP >> shift
        cell, flag = bit >> np.uint64(6), np.uint64(1) << (bit & np.uint64(63))
        twice[cell] |= once[cell] & flag
        once[cell] |= flag
    kept = 0
    for place in range(count):
        bit = keys[at(place)] * STEP >> shift
        cell = bit >> np.uint64(6)
        keys[at(kept)], places[at(kept)] = keys[at(place)], place
        kept += int64((twice[cell] >> (bit & np.uint64(63))) & np.uint64(1))
    return kept


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
    slots, sizes = np.empty(longest, np.int32), np.empty(longest, np.int32)
    table, numbers = np.empty(4 * longest + 16, np.uint64), np.empty(4 * longest + 16, np.int32)
    once, twice = np.empty(longest // 2 + 1, np.uint64), np.empty(longest // 2 + 1, np.uint64)
    ends = np.empty(longest + 1, np.int64)  # code points of words before
    for row in range(rows):
        first = word_offsets[row]
        words = word_offsets[row + 1] - first
        ends[0] = 0
        for place in range(words):
            ends[at(place + 1)] = ends[at(place)] + word_chars[at(first + place)]
        for place in range(words - 1):
            keys[at(place)] = word_hash[at(first + place)] * BASE + word_hash[at(first + place + 1)]
        count = _maybe_repeated(keys, max(words - 1, 0), once, twice, places)
        for n in range(2, _LONGEST + 1):
            kept = 0  # n-grams whose n-1-gram is repeated
            for number in range(count if n > 2 else 0):
                place = places[at(number)]
                if place + n <= words and sizes[at(slots[at(number)])] > 1:
                    places[at(kept)] = place
                    keys[at(kept)] = keys[at(number)] * BASE + word_hash[at(first + place + n - 1)]
                    kept += 1
            count = kept if n > 2 else count
            if count < 2:
                break
            _group(keys, count, slots, table, numbers, sizes)
            if n <= 4:
                most, top = 1, int64(0)
                for number in range(count):
                    often = sizes[at(slots[at(number)])]
                    if often > 1 and often >= most:
                        covered = often * (ends[places[number] + n] - ends[places[number]] + n - 1)
                        top = covered if often > most else max(top, covered)
                        most = often
                out[row, n - 2] = top / chars[row]
            else:
                seen = numbers  # free until the next n
                for number in range(count):
                    seen[slots[number]] = 0
                covered, free = int64(0), 0
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
    slots, numbers = np.empty(longest, np.int32), np.empty(4 * longest + 16, np.int32)
    table, chars = np.empty(4 * longest + 16, np.uint64), np.empty(longest, np.int64)
    for row in range(rows):
        start, end = line_offsets[row], line_offsets[row + 1]
        for kind in range(2):
            count = 0
            total = int64(0)
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
            groups = _group(keys, count, slots, table, numbers, sizes)
            once = int64(0)
            met = 0
            for number in range(count):
                if slots[number] == met:  # the first of its kind
                    once += chars[number]
                    met += 1
            out[row, 2 * kind] = (count - groups) / count
            out[row, 2 * kind + 1] = (total - once) / total
    return out
