"""Winnowing: fingerprints such that two sequences with a long enough common run have one in common.

Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document fingerprinting", section 3: of every w
consecutive hashes of k-grams the least is selected. A run of t = w + k - 1 symbols has exactly w k-grams, so it is one
such window wherever it stands, and the least *value* in it does not depend on what is around it. Ties are a matter of
positions alone: robust winnowing keeps the selection that it has while that is still a least one, so `aaaa...` has one
fingerprint in w symbols and not one a symbol, and the values that are selected stay the same.
"""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.hashing import BASE, STEP, mix
from filters.kernels.minhash import fill_shingles


@njit(cache=True, nogil=True, inline="always")
def _enter(hashes: np.ndarray, place: int, waiting: np.ndarray, first: int, held: int) -> tuple[int, int]:
    """The window moves on to `place`: where its ring of places with increasing hashes begins, and how many it holds.

    The place at the beginning of the ring (`waiting`, as long as the window) has the rightmost least hash.
    """
    window = len(waiting)
    if held and waiting[first] <= place - window:
        first = (first + 1) % window
        held -= 1
    while held and hashes[waiting[(first + held - 1) % window]] >= hashes[place]:
        held -= 1
    waiting[(first + held) % window] = place
    return first, held + 1


@njit(cache=True, nogil=True)
def winnow(hashes: np.ndarray, window: int) -> np.ndarray:
    """Places (int64, ascending) of the selected ones of `hashes` (uint64): in each `window` consecutive ones the least,
    of equal ones the rightmost unless one that was selected before is among them. Fewer hashes than that are one
    window; none have no selection."""
    count = len(hashes)
    window = min(window, max(count, 1))
    out = np.empty(count, np.int64)
    waiting = np.empty(window, np.int64)
    first, held, selected, chosen = 0, 0, 0, int64(-1)
    for place in range(count):
        first, held = _enter(hashes, place, waiting, first, held)
        if place < window - 1:
            continue
        least = waiting[first]
        if chosen <= place - window or hashes[chosen] != hashes[least]:
            chosen = least
            out[selected] = least
            selected += 1
    return out[:selected].copy()


@njit(cache=True, nogil=True)
def fingerprints(
    word_hash: np.ndarray, word_offsets: np.ndarray, seeds: np.ndarray, k: int, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Distinct selected hashes of k-grams by row: offsets (int64[rows + 1]) into values (uint64, sorted in a row).

    A row of fewer than window + k - 1 words has none. `seeds` (uint64[rows]) is mixed into every hash of a row: rows of
    different seeds have nothing in common.
    """
    rows = len(word_offsets) - 1
    offsets = np.zeros(rows + 1, np.int64)
    longest = int64(1)
    for row in range(rows):
        longest = max(longest, word_offsets[row + 1] - word_offsets[row])
    hashes = np.empty(longest, np.uint64)
    values = np.empty(word_offsets[rows] - word_offsets[0], np.uint64)
    filled = 0
    for row in range(rows):
        first, last = word_offsets[row], word_offsets[row + 1]
        if last - first >= window + k - 1:
            count = fill_shingles(word_hash, first, last, k, hashes)
            found = np.sort(hashes[winnow(hashes[:count], window)])
            for place in range(len(found)):
                if place == 0 or found[place] != found[place - 1]:
                    values[filled] = mix(found[place] ^ seeds[row])
                    filled += 1
            values[offsets[row] : filled].sort()
        offsets[row + 1] = filled
    return offsets, values[:filled].copy()


@njit(cache=True, nogil=True)
def shared_runs(
    word_hash: np.ndarray,
    word_offsets: np.ndarray,
    seeds: np.ndarray,
    sizes: tuple[int, int],
    shared_offsets: np.ndarray,
    shared: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Runs of window + k - 1 words whose selected hash is `shared`: rows (int64), first words (int64, in the row).

    `sizes` is (k, window); `shared` (uint64) is sorted within each row, cut by `shared_offsets` (int64[rows + 1]). No
    other run of that length occurs in a row that holds none of the shared hashes.
    """
    k, window = sizes
    rows = len(word_offsets) - 1
    longest = int64(1)
    most = int64(0)
    for row in range(rows):
        size = word_offsets[row + 1] - word_offsets[row]
        longest = max(longest, size)
        most += size if shared_offsets[row + 1] > shared_offsets[row] else 0
    hashes = np.empty(longest, np.uint64)
    waiting = np.empty(window, np.int64)
    out_row, out_place = np.empty(most, np.int64), np.empty(most, np.int64)
    filled = 0
    for row in range(rows):
        first_word, last_word = word_offsets[row], word_offsets[row + 1]
        own = shared[shared_offsets[row] : shared_offsets[row + 1]]
        if len(own) == 0 or last_word - first_word < window + k - 1:
            continue
        count = fill_shingles(word_hash, first_word, last_word, k, hashes)
        first, held = 0, 0
        known, wanted = int64(-1), False  # whether the least hash is shared is looked up when it changes
        for place in range(count):
            first, held = _enter(hashes, place, waiting, first, held)
            if place < window - 1:
                continue
            if waiting[first] != known:
                known = waiting[first]
                value = mix(hashes[known] ^ seeds[row])
                spot = np.searchsorted(own, value)
                wanted = bool(spot < len(own) and own[spot] == value)
            if wanted:
                out_row[filled], out_place[filled] = row, place - window + 1
                filled += 1
    return out_row[:filled].copy(), out_place[:filled].copy()


@njit(cache=True, nogil=True)
def digests(word_hash: np.ndarray, first: np.ndarray, seeds: np.ndarray, length: int) -> np.ndarray:
    """128-bit digests (uint64[runs, 2]) of runs of `length` words that begin at `first` (int64, into `word_hash`).

    Two chains of 64 bits, each a bijection of its state for a given word, with different mixing; `seeds` (uint64[runs])
    start both.
    """
    out = np.empty((len(first), 2), np.uint64)
    for run in range(len(first)):
        high, low = STEP ^ seeds[run], BASE + seeds[run]
        for place in range(first[run], first[run] + length):
            high = mix(high ^ word_hash[place])
            low = mix(low * STEP + word_hash[place])
        out[run, 0] = high
        out[run, 1] = low
    return out
