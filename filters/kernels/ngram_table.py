"""N-gram probabilities in a table of open addressing, and the score of texts by it (Heafield 2011, section 3.1).

A slot is 16 bytes in one cache line: the n-gram's hash, then log10 of its probability and of its back-off weight as
float32. The same memory is seen as uint64 (`keys`) and as float32 (`values`). Unigrams stand apart, by word number.
"""

import numpy as np

from filters.jit import at, njit
from filters.kernels.hashing import SEED, add, mix
from filters.kernels.prefetch import prefetch
from filters.kernels.words import BEGIN, EMPTY, END

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_AHEAD = 6  # words whose n-grams are fetched before they are looked up: of 4 to 12 the least time


@njit(cache=True, nogil=True, inline="always")
def _key(state: np.uint64) -> np.uint64:
    found = mix(state)
    return found if found != EMPTY else np.uint64(1)


@njit(cache=True, nogil=True, inline="always")
def _slot(key: np.uint64, slots: np.uint64) -> np.uint64:
    """A hash onto 0..slots - 1 (Lemire 2019: multiply, take the upper half)."""
    return ((key >> _HALF) * slots) >> _HALF


@njit(cache=True, nogil=True)
def states(first: np.ndarray, parent_start: np.ndarray, above: np.ndarray) -> np.ndarray:
    """uint64: running hashes of n-grams, last word first, from those of their parents."""
    out = np.empty(len(first), np.uint64)
    for parent in range(len(parent_start) - 1):
        for i in range(parent_start[parent], parent_start[parent + 1]):
            out[i] = add(above[parent], np.uint64(first[i]))
    return out


@njit(cache=True, nogil=True)
def unigram_states(words: int) -> np.ndarray:
    out = np.empty(words, np.uint64)
    for word in range(words):
        out[word] = add(SEED, np.uint64(word))
    return out


@njit(cache=True, nogil=True)
def insert(
    keys: np.ndarray, values: np.ndarray, state: np.ndarray, probability: np.ndarray, backoff: np.ndarray
) -> bool:
    """Put n-grams into the table; False if one has the hash of another."""
    slots = np.uint64(len(keys) // 2)
    for i in range(len(state)):
        key = _key(state[i])
        slot = _slot(key, slots)
        while keys[2 * slot] != EMPTY:
            if keys[2 * slot] == key:
                return False
            slot += np.uint64(1)
            if slot == slots:
                slot = np.uint64(0)
        keys[2 * slot] = key
        values[4 * slot + np.uint64(2)] = probability[i]
        values[4 * slot + np.uint64(3)] = backoff[i]
    return True


@njit(cache=True, nogil=True)
def score(
    tokens: np.ndarray, rows: np.ndarray, unigrams: np.ndarray, keys: np.ndarray, values: np.ndarray, order: int
) -> np.ndarray:
    """float64[rows]: added log10 probabilities of texts whose words, by number and with END after each line, they are.

    `unigrams` (float32) holds probability and back-off by word. Katz back-off over interpolated weights.
    """
    out = np.zeros(len(rows) - 1, np.float64)
    slots = np.uint64(len(keys) // 2)
    history = np.empty(order, np.uint64)  # words before, the nearest first
    backoff = np.empty(order, np.float32)  # of the context of each length that the model knows
    fresh = np.empty(order, np.float32)
    for row in range(len(rows) - 1):
        total = 0.0
        known = 1  # length of the longest context that the model knows
        history[0] = BEGIN
        backoff[0] = unigrams[2 * BEGIN + 1]
        for place in range(rows[row], rows[row + 1]):
            ahead = place + _AHEAD
            if ahead < len(tokens):
                state = add(SEED, np.uint64(tokens[at(ahead)]))
                for k in range(min(order - 1, _AHEAD)):
                    state = add(state, np.uint64(tokens[at(ahead - k - 1)]))
                    prefetch(keys, np.uint64(2) * _slot(_key(state), slots))
            word = np.uint64(tokens[at(place)])
            probability = unigrams[2 * word]
            fresh[0] = unigrams[2 * word + np.uint64(1)]
            matched = 1
            state = add(SEED, word)
            for k in range(known):
                state = add(state, history[at(k)])
                key = _key(state)
                slot = _slot(key, slots)
                while keys[2 * slot] != key and keys[2 * slot] != EMPTY:
                    slot += np.uint64(1)
                    if slot == slots:
                        slot = np.uint64(0)
                if keys[2 * slot] == EMPTY:
                    break
                probability = values[4 * slot + np.uint64(2)]
                if k + 1 < order:
                    fresh[k + 1] = values[4 * slot + np.uint64(3)]
                matched = k + 2
            total += probability
            for k in range(matched - 1, known):
                total += backoff[k]
            if word == END:
                known = 1
                history[0] = BEGIN
                backoff[0] = unigrams[2 * BEGIN + 1]
                continue
            known = min(matched, order - 1)
            for k in range(known - 1, 0, -1):
                history[k] = history[k - 1]
            history[0] = word
            for k in range(known):
                backoff[k] = fresh[k]
        out[row] = total
    return out
