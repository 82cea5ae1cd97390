"""How much of a text is repeated n-grams, of characters or of words.

Counts are exact but for collisions of 64-bit hashes. Most n-grams occur once, so a first pass only sets bits: an n-gram
whose bit nothing else set is alone, and the few others go on to be counted in a table (as cache-friendly as a Bloom
filter, and no answer depends on it). The n-grams of a text of more than `_MOST` are taken in several rounds, each for
the hashes that leave one remainder, so a 64 MB document needs no more memory than a short one.
"""

from typing import NamedTuple

import numpy as np

from filters.jit import at, int64, njit
from filters.kernels.hashing import BASE, STEP, mix
from filters.kernels.text import decode

_MOST = 1 << 21  # n-grams of a round: x 68 bytes of scratch = 143 MB at the most
_WAITING = 1024
SPARSE = 16  # bits for each n-gram: one in 16 of those that are alone is counted for nothing
_SHORT = 1 << 16  # counts below this are tallied in an array, the few above it in a list


@njit(cache=True, nogil=True)
def code_points(data: np.ndarray, start: int, end: int, out: np.ndarray) -> int:
    """Decode valid UTF-8 into `out` (uint32); returns how many."""
    count = 0
    place = start
    while place < end:
        code, step = int64(data[at(place)]), 1
        if code >= 0x80:
            code, step = decode(data, place)
        out[at(count)] = code
        place += step
        count += 1
    return count


@njit(cache=True, nogil=True)
def power(n: int) -> np.uint64:
    """BASE^n mod 2^64."""
    result = np.uint64(1)
    for _ in range(n):
        result *= BASE
    return result


class Scratch(NamedTuple):
    """Memory for the n-grams of the longest text of a batch, made once a batch."""

    spreads: np.ndarray  # uint64: hashes of n-grams, of a round or of a piece of it
    once: np.ndarray  # uint64: a bit for each hash
    twice: np.ndarray  # uint64
    keys: np.ndarray  # uint64[_WAITING]: n-grams that are to be counted
    slots: np.ndarray  # uint64: the table
    counts: np.ndarray  # int32: 0 in free slots, and in all of them between two rounds
    used: np.ndarray  # int32: slots that are not free
    short: np.ndarray  # int64[_SHORT]: how many n-grams occur so often


def scratch(longest: int) -> Scratch:
    """For texts of up to `longest` symbols."""
    most = min(longest, _MOST) + 64
    bits, slots = _power_of_two(most * SPARSE), _power_of_two(4 * most)
    return Scratch(
        spreads=np.empty(most, np.uint64),
        once=np.empty(bits // 64, np.uint64),
        twice=np.empty(bits // 64, np.uint64),
        keys=np.empty(_WAITING, np.uint64),
        slots=np.empty(slots, np.uint64),
        counts=np.zeros(slots, np.int32),
        used=np.empty(slots // 2 + 1, np.int32),
        short=np.zeros(_SHORT, np.int64),
    )


@njit(cache=True, nogil=True)
def _power_of_two(least: int) -> int:
    size = 16
    while size < least:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _count(
    keys: np.ndarray,
    kept: int,
    mask: np.uint64,
    slots: np.ndarray,
    counts: np.ndarray,
    used: np.ndarray,
    filled: int,
) -> int:
    """Count the first `kept` keys; returns how many slots are in use, `filled` of them before."""
    for number in range(kept):
        key = keys[at(number)]
        slot = mix(key) & mask
        while counts[slot] != 0 and slots[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        used[at(filled)] = slot
        filled += counts[slot] == 0
        slots[slot] = key
        counts[slot] += 1
    return filled


@njit(cache=True, nogil=True)
def _spread(
    symbols: np.ndarray, place: int, last: int, n: int, state: np.uint64, rounds: int, turn: int, out: np.ndarray
) -> tuple[int, np.uint64]:
    """Hashes of the n-grams that end with the symbols place..last and belong to this round: how many, and the state.

    `state` is that of the n - 1 symbols before `place`.
    """
    leaving = power(n - 1)
    count = 0
    for end in range(place, last):
        state = state * BASE + np.uint64(symbols[at(end)]) + np.uint64(1)
        spread = state * STEP
        state -= leaving * (np.uint64(symbols[at(end - n + 1)]) + np.uint64(1))
        out[at(count)] = spread
        if rounds > 1:
            remainder = (spread ^ (spread >> np.uint64(32))) & np.uint64(0xFFFF)
            count += remainder % np.uint64(rounds) == np.uint64(turn)
        else:
            count += 1
    return count, state


@njit(cache=True, nogil=True)
def _mark(spreads: np.ndarray, count: int, shift: np.uint64, once: np.ndarray, twice: np.ndarray) -> int:
    """Set the bit of each hash, and in `twice` of each that finds its bit set; returns how many these are."""
    again = 0
    for number in range(count):
        bit = spreads[at(number)] >> shift
        cell, flag = bit >> np.uint64(6), np.uint64(1) << (bit & np.uint64(63))
        before = once[cell]
        twice[cell] |= before & flag
        once[cell] = before | flag
        again += (before & flag) != 0
    return again


@njit(cache=True, nogil=True)
def _repeated(
    symbols: np.ndarray, start: int, end: int, n: int, rounds: int, turn: int, room: Scratch
) -> tuple[int, int]:
    """Count the n-grams of symbols[start:end] of this round that may occur twice, in slots of the table.

    Returns how many n-grams were left out as alone, and how many slots are in use.
    """
    spreads, once, twice, keys = room.spreads, room.once, room.twice, room.keys
    slots, counts, used = room.slots, room.counts, room.used
    expected = (end - start - n + 1) // rounds + 64
    bits = _power_of_two(expected * SPARSE)
    shift = np.uint64(64)
    while bits > 1 << (64 - int64(shift)):
        shift -= np.uint64(1)
    once[: bits // 64] = 0
    twice[: bits // 64] = 0
    again, kept, alone, filled, count = 0, 0, 0, 0, 0
    mask = np.uint64(0)
    for look in range(2):
        if look == 1:
            # A bit that m > 1 n-grams share was found set m - 1 times, so at most twice as many are distinct.
            mask = np.uint64(_power_of_two(2 * min(2 * again, 2 * expected)) - 1)
        state = np.uint64(0)
        for place in range(start, start + n - 1):
            state = state * BASE + np.uint64(symbols[at(place)]) + np.uint64(1)
        place = start + n - 1
        while place < end:
            last = min(place + len(spreads), end)
            if look == 0 or rounds > 1:  # the hashes of a text of one round are there already
                count, state = _spread(symbols, place, last, n, state, rounds, turn, spreads)
            place = last
            if look == 0:
                again += _mark(spreads, count, shift, once, twice)
                continue
            for number in range(count):
                spread = spreads[at(number)]
                bit = spread >> shift
                keys[at(kept)] = spread
                kept += int64((twice[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1))
                if kept == len(keys):
                    filled = _count(keys, kept, mask, slots, counts, used, filled)
                    alone -= kept
                    kept = 0
            alone += count
    return alone - kept, _count(keys, kept, mask, slots, counts, used, filled)


@njit(cache=True, nogil=True)
def _rounds(total: int) -> int:
    return (total + _MOST - 1) // _MOST


@njit(cache=True, nogil=True)
def top_share(symbols: np.ndarray, start: int, end: int, n: int, room: Scratch) -> float:
    """ROOTS' character repetition ratio (Laurencon et al. 2022, appendix).

    With D distinct n-grams of which S occur once: the sum of the top min(floor(sqrt(D)), D - S) counts over all.
    """
    total = end - start - n + 1
    if total < 1:
        return 0.0
    short = room.short
    distinct = 0
    once = 0
    longest = 0
    large = [int64(0)]
    rounds = _rounds(total)
    for turn in range(rounds):
        alone, filled = _repeated(symbols, start, end, n, rounds, turn, room)
        distinct += alone + filled
        once += alone
        for number in range(filled):
            count = room.counts[at(room.used[at(number)])]
            room.counts[at(room.used[at(number)])] = 0
            if count == 1:
                once += 1
            elif count < _SHORT:
                short[count] += 1
                longest = max(longest, count)
            else:
                large.append(int64(count))
    wanted = min(int64(np.sqrt(distinct)), distinct - once)
    top = int64(0)
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
def repeated_share(symbols: np.ndarray, start: int, end: int, n: int, room: Scratch) -> float:
    """ROOTS' word repetition ratio: n-grams that occur more than once, each as often as it does, over all n-grams."""
    total = end - start - n + 1
    if total < 1:
        return 0.0
    repeated = int64(0)
    rounds = _rounds(total)
    for turn in range(rounds):
        _, filled = _repeated(symbols, start, end, n, rounds, turn, room)
        for number in range(filled):
            count = room.counts[at(room.used[at(number)])]
            room.counts[at(room.used[at(number)])] = 0
            if count > 1:
                repeated += count
    return repeated / total


def character_repetition(data: np.ndarray, offsets: np.ndarray, n: int) -> np.ndarray:
    """float64[rows] of `top_share` over code points."""
    longest = int(np.diff(offsets).max(initial=0))
    return np.asarray(_characters(data, offsets, n, np.empty(longest, np.uint32), scratch(longest)))


def word_repetition(word_hash: np.ndarray, word_offsets: np.ndarray, n: int) -> np.ndarray:
    """float64[rows] of `repeated_share` over words."""
    longest = int(np.diff(word_offsets).max(initial=0))
    return np.asarray(_words(word_hash, word_offsets, n, scratch(longest)))


@njit(cache=True, nogil=True)
def _characters(data: np.ndarray, offsets: np.ndarray, n: int, symbols: np.ndarray, room: Scratch) -> np.ndarray:
    out = np.zeros(len(offsets) - 1, np.float64)
    for row in range(len(out)):
        length = code_points(data, offsets[row], offsets[row + 1], symbols)
        out[row] = top_share(symbols, 0, length, n, room)
    return out


@njit(cache=True, nogil=True)
def _words(word_hash: np.ndarray, word_offsets: np.ndarray, n: int, room: Scratch) -> np.ndarray:
    out = np.zeros(len(word_offsets) - 1, np.float64)
    for row in range(len(out)):
        out[row] = repeated_share(word_hash, word_offsets[row], word_offsets[row + 1], n, room)
    return out
