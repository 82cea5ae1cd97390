"""How much of a text is repeated n-grams, of characters or of words.

Counts are exact but for collisions of 64-bit hashes. N-grams are counted in an open-addressing table that never holds
more than half of `_SLOTS`: the n-grams of a text longer than that are counted in several passes over it, each for the
hashes that leave one remainder, so a 64 MB document needs no more memory than a short one.
"""

import numpy as np
from numba import njit

from filters.kernels.hashing import BASE, mix

_SLOTS = 1 << 22  # x 12 bytes = 50 MB of scratch at the most
_SHORT = 1 << 16  # counts below this are tallied in an array, the few above it in a list


@njit(cache=True, nogil=True)
def code_points(data: np.ndarray, start: int, end: int, out: np.ndarray) -> int:
    """Decode valid UTF-8 into `out` (uint32); returns how many."""
    count = 0
    place = start
    while place < end:
        byte = np.uint32(data[place])
        if byte < 0x80:
            out[count] = byte
            place += 1
        elif byte < 0xE0:
            out[count] = (byte & 0x1F) << 6 | (np.uint32(data[place + 1]) & 0x3F)
            place += 2
        elif byte < 0xF0:
            out[count] = (
                (byte & 0x0F) << 12 | (np.uint32(data[place + 1]) & 0x3F) << 6 | (np.uint32(data[place + 2]) & 0x3F)
            )
            place += 3
        else:
            out[count] = (
                (byte & 0x07) << 18
                | (np.uint32(data[place + 1]) & 0x3F) << 12
                | (np.uint32(data[place + 2]) & 0x3F) << 6
                | (np.uint32(data[place + 3]) & 0x3F)
            )
            place += 4
        count += 1
    return count


@njit(cache=True, nogil=True)
def power(n: int) -> np.uint64:
    """BASE^n mod 2^64."""
    result = np.uint64(1)
    for _ in range(n):
        result *= BASE
    return result


@njit(cache=True, nogil=True)
def _tally(
    symbols: np.ndarray,
    start: int,
    end: int,
    n: int,
    passes: int,
    turn: int,
    mask: np.uint64,
    keys: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Count the n-grams of symbols[start:end] whose hash leaves `turn`, in the first mask + 1 slots."""
    leaving = power(n)
    state = np.uint64(0)
    for place in range(start, end):
        state = state * BASE + np.uint64(symbols[place]) + np.uint64(1)
        if place >= start + n:
            state -= leaving * (np.uint64(symbols[place - n]) + np.uint64(1))
        if place >= start + n - 1:
            key = mix(state)
            if passes > 1 and (key >> np.uint64(40)) % np.uint64(passes) != np.uint64(turn):
                continue
            slot = key & mask
            while counts[slot] != 0 and keys[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            keys[slot] = key
            counts[slot] += 1


@njit(cache=True, nogil=True)
def _plan(total: int) -> tuple[int, int]:
    """Slots (a power of two, at least twice the n-grams of a pass) and passes."""
    passes = (total + _SLOTS // 2 - 1) // (_SLOTS // 2)
    need = 2 * ((total + passes - 1) // passes)
    if passes > 1:
        return _SLOTS, passes * 2  # remainders are not quite equal: a quarter full on average
    slots = 16
    while slots < need:
        slots *= 2
    return slots, 1


@njit(cache=True, nogil=True)
def top_share(
    symbols: np.ndarray, start: int, end: int, n: int, keys: np.ndarray, counts: np.ndarray, short: np.ndarray
) -> float:
    """ROOTS' character repetition ratio (Laurencon et al. 2022, appendix; roots.md 2.1).

    With D distinct n-grams of which S occur once: the sum of the top min(floor(sqrt(D)), D - S) counts over all.
    """
    total = end - start - n + 1
    if total < 1:
        return 0.0
    slots, passes = _plan(total)
    distinct = 0
    once = 0
    longest = 0
    large = [np.int64(0)]
    for turn in range(passes):
        counts[:slots] = 0
        _tally(symbols, start, end, n, passes, turn, np.uint64(slots - 1), keys, counts)
        for slot in range(slots):
            count = counts[slot]
            if count:
                distinct += 1
                if count == 1:
                    once += 1
                elif count < _SHORT:
                    short[count] += 1
                    longest = max(longest, count)
                else:
                    large.append(np.int64(count))
    wanted = min(np.int64(np.sqrt(distinct)), distinct - once)
    top = np.int64(0)
    large.sort()
    for position in range(len(large) - 1, 0, -1):
        if wanted > 0:
            top += large[position]
            wanted -= 1
    for count in range(longest, 1, -1):
        taken = min(wanted, short[count])
        top += taken * count
        wanted -= taken
        short[count] = 0
    return top / total


@njit(cache=True, nogil=True)
def repeated_share(symbols: np.ndarray, start: int, end: int, n: int, keys: np.ndarray, counts: np.ndarray) -> float:
    """ROOTS' word repetition ratio: n-grams that occur more than once, each as often as it does, over all n-grams."""
    total = end - start - n + 1
    if total < 1:
        return 0.0
    slots, passes = _plan(total)
    repeated = np.int64(0)
    for turn in range(passes):
        counts[:slots] = 0
        _tally(symbols, start, end, n, passes, turn, np.uint64(slots - 1), keys, counts)
        for slot in range(slots):
            if counts[slot] > 1:
                repeated += counts[slot]
    return repeated / total


@njit(cache=True, nogil=True)
def character_repetition(data: np.ndarray, offsets: np.ndarray, n: int) -> np.ndarray:
    """float64[rows] of `top_share` over code points."""
    rows = len(offsets) - 1
    out = np.zeros(rows, np.float64)
    longest = 0
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    symbols = np.empty(longest, np.uint32)
    slots, _ = _plan(max(longest, 1))
    keys, counts, short = np.empty(slots, np.uint64), np.empty(slots, np.int32), np.zeros(_SHORT, np.int64)
    for row in range(rows):
        length = code_points(data, offsets[row], offsets[row + 1], symbols)
        out[row] = top_share(symbols, 0, length, n, keys, counts, short)
    return out


@njit(cache=True, nogil=True)
def word_repetition(word_hash: np.ndarray, word_offsets: np.ndarray, n: int) -> np.ndarray:
    """float64[rows] of `repeated_share` over words."""
    rows = len(word_offsets) - 1
    out = np.zeros(rows, np.float64)
    longest = np.int64(1)
    for row in range(rows):
        longest = max(longest, word_offsets[row + 1] - word_offsets[row])
    slots, _ = _plan(longest)
    keys, counts = np.empty(slots, np.uint64), np.empty(slots, np.int32)
    for row in range(rows):
        out[row] = repeated_share(word_hash, word_offsets[row], word_offsets[row + 1], n, keys, counts)
    return out


@njit(cache=True, nogil=True)
def line_repetition(line_hash: np.ndarray, line_chars: np.ndarray, line_offsets: np.ndarray) -> np.ndarray:
    """float64[rows, 2]: share of lines that repeat an earlier one, and share of characters in them."""
    rows = len(line_offsets) - 1
    out = np.zeros((rows, 2), np.float64)
    for row in range(rows):
        first, last = line_offsets[row], line_offsets[row + 1]
        if last - first < 2:
            continue
        order = np.argsort(line_hash[first:last], kind="mergesort")
        repeated = 0
        chars = np.int64(0)
        everything = np.int64(0)
        for position in range(last - first):
            line = first + order[position]
            everything += line_chars[line]
            if position and line_hash[line] == line_hash[first + order[position - 1]]:
                repeated += 1
                chars += line_chars[line]
        out[row, 0] = repeated / (last - first)
        out[row, 1] = chars / everything
    return out
