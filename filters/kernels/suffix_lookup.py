"""Strings looked up in sorted suffixes of a text (`filters.kernels.suffixes`).

Nothing outside the text is read, whatever the numbers that are given for suffixes.
"""

import numpy as np

from filters.jit import at, int64, njit

FOUND, TOO_MANY, DAMAGED = 0, 1, 2


@njit(cache=True, nogil=True)
def compared(text: np.ndarray, place: int, wanted: np.ndarray, first: int, last: int) -> int:
    """The suffix of `text` from `place` on against bytes first..last-1 of `wanted`: -1 before them, 1 after them, 0
    where it begins with them."""
    if place < 0:
        return -1
    size = min(last - first, len(text) - place)
    for i in range(size):
        one, other = text[at(place + i)], wanted[at(first + i)]
        if one != other:
            return -1 if one < other else 1
    return -1 if size < last - first else 0


@njit(cache=True, nogil=True)
def lower(text: np.ndarray, suffixes: np.ndarray, step: int, wanted: np.ndarray, first: int, last: int) -> int:
    """How many suffixes come before bytes first..last-1 of `wanted`."""
    low, high = int64(0), int64(len(suffixes))
    while low < high:
        middle = (low + high) >> 1
        if compared(text, int64(suffixes[middle]) * step, wanted, first, last) < 0:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def upper(text: np.ndarray, suffixes: np.ndarray, step: int, wanted: np.ndarray, first: int, last: int) -> int:
    """How many suffixes come before bytes first..last-1 of `wanted`, or begin with them."""
    low, high = int64(0), int64(len(suffixes))
    while low < high:
        middle = (low + high) >> 1
        if compared(text, int64(suffixes[middle]) * step, wanted, first, last) <= 0:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def preceded(text: np.ndarray, place: int, wanted: np.ndarray, first: int, count: int) -> bool:
    """Whether the `count` bytes of `wanted` from `first` on stand right before `place`."""
    if place < count or place > len(text):
        return False
    for i in range(count):
        if text[at(place - count + i)] != wanted[at(first + i)]:
            return False
    return True


@njit(cache=True, nogil=True)
def occurrences(
    text: np.ndarray, suffixes: np.ndarray, step: int, needle: np.ndarray, most: int
) -> tuple[np.ndarray, int]:
    """Where `needle`, of `step` bytes at least, begins (int64, in no order), and FOUND; or nothing and why: TOO_MANY,
    where more than `most` suffixes begin with what is looked up; DAMAGED, where suffixes are not in order."""
    size = len(needle)
    bounds = np.empty((step, 2), np.int64)
    total = int64(0)
    for skipped in range(step):
        bounds[skipped, 0] = lower(text, suffixes, step, needle, skipped, size)
        bounds[skipped, 1] = upper(text, suffixes, step, needle, skipped, size)
        if bounds[skipped, 1] < bounds[skipped, 0]:
            return np.empty(0, np.int64), DAMAGED
        total += bounds[skipped, 1] - bounds[skipped, 0]
        if total > most:
            return np.empty(0, np.int64), TOO_MANY
    found = np.empty(total, np.int64)
    count = 0
    for skipped in range(step):
        for i in range(bounds[skipped, 0], bounds[skipped, 1]):
            place = int64(suffixes[i]) * step
            if compared(text, place, needle, skipped, size) != 0:
                return np.empty(0, np.int64), DAMAGED
            if preceded(text, place, needle, 0, skipped):
                found[count] = place - skipped
                count += 1
    return found[:count].copy(), FOUND


@njit(cache=True, nogil=True)
def stands(text: np.ndarray, suffixes: np.ndarray, step: int, wanted: np.ndarray, first: int, last: int) -> bool:
    """Whether bytes first..last-1 of `wanted`, `step` at least, stand in the text."""
    for skipped in range(step):
        i = lower(text, suffixes, step, wanted, first + skipped, last)
        while i < len(suffixes):
            place = int64(suffixes[i]) * step
            if compared(text, place, wanted, first + skipped, last) != 0:
                break
            if preceded(text, place, wanted, first, skipped):
                return True
            i += 1
    return False


@njit(cache=True, nogil=True)
def longest(text: np.ndarray, suffixes: np.ndarray, step: int, wanted: np.ndarray, least: int) -> np.ndarray:
    """int64[k, 2]: the spans of `wanted`, half-open and of `least` bytes or more (2 * step at least), that stand in the
    text and in no longer span that does; in order."""
    found = np.empty((len(wanted) + 1, 2), np.int64)
    count = 0
    size = len(wanted)
    first, end = int64(0), int64(0)  # no span that begins before `first` is left; the last one found ends at `end`
    while first + least <= size:
        wanted_end = max(first + least, end + 1)
        if wanted_end > size:
            break
        if not stands(text, suffixes, step, wanted, first, wanted_end):
            # The first place from which on it stands, or half of `least` bytes before its end: all before are done.
            low, high = first + 1, max(first + 1, wanted_end - least // 2)
            while low < high:
                middle = (low + high) >> 1
                if stands(text, suffixes, step, wanted, middle, wanted_end):
                    high = middle
                else:
                    low = middle + 1
            first = low
            continue
        grown = int64(1)
        low = wanted_end
        while low + grown <= size and stands(text, suffixes, step, wanted, first, low + grown):
            low += grown
            grown *= 2
        high = min(low + grown, size + 1)  # low stands, high does not
        while high - low > 1:
            middle = (low + high) >> 1
            if stands(text, suffixes, step, wanted, first, middle):
                low = middle
            else:
                high = middle
        end = low
        found[count, 0], found[count, 1] = first, end
        count += 1
        first += 1
    return found[:count].copy()


@njit(cache=True, nogil=True)
def disorder(text: np.ndarray, suffixes: np.ndarray, step: int) -> int:
    """The first place of `suffixes` that is not as `sorted_suffixes` gives it; -1 if all are."""
    count = -(-len(text) // step)
    if len(suffixes) != count:
        return 0
    seen = np.zeros(count, np.bool_)
    for i in range(count):
        own = int64(suffixes[i])
        if own < 0 or own >= count or seen[own]:
            return i
        seen[own] = True
        if i:
            one, other = int64(suffixes[i - 1]) * step, own * step
            size = len(text) - max(one, other)
            j = 0
            while j < size and text[at(one + j)] == text[at(other + j)]:
                j += 1
            if (j == size and one < other) or (j < size and text[one + j] > text[other + j]):
                return i
    return -1
