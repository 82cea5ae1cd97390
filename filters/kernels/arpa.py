"""N-grams of a tree of endings as lines of an ARPA file."""

import numpy as np

from filters.jit import int64, njit

DECIMALS = 7  # what a float32 of a log10 down to -10 holds
_ONE = 10**DECIMALS


@njit(cache=True, nogil=True)
def _number(value: np.float32, out: np.ndarray, place: int) -> int:
    """A value that is not above zero, fixed point, or `0`."""
    units = int64(np.rint(-np.float64(value) * _ONE))
    if units <= 0:
        out[place] = ord("0")
        return place + 1
    out[place] = ord("-")
    place += 1
    whole = units // _ONE
    digits = 1
    rest = whole
    while rest >= 10:
        rest //= 10
        digits += 1
    for i in range(digits - 1, -1, -1):
        out[place + i] = ord("0") + whole % 10
        whole //= 10
    place += digits
    out[place] = ord(".")
    part = units % _ONE
    for i in range(DECIMALS, 0, -1):
        out[place + i] = ord("0") + part % 10
        part //= 10
    return place + 1 + DECIMALS


@njit(cache=True, nogil=True)
def lines(
    begin: int,
    end: int,
    n: int,
    firsts: tuple[np.ndarray, ...],
    starts: tuple[np.ndarray, ...],
    probability: np.ndarray,
    backoff: np.ndarray,
    longest: bool,
    words: np.ndarray,
    offsets: np.ndarray,
    out: np.ndarray,
) -> tuple[int, int]:
    """Lines of the n-grams of length n + 1 from `begin` on, until `end` or until `out` might not hold one more.

    `firsts[k]`, `starts[k]`: of n-grams of length k + 1. Returns (the first that is not written, bytes written).
    """
    cursor = np.zeros(n + 1, np.int64)  # where the n-gram's ending of each length stands
    cursor[n] = begin
    for k in range(n - 1, -1, -1):
        cursor[k] = np.searchsorted(starts[k], cursor[k + 1], side="right") - 1
    place = 0
    for i in range(begin, end):
        cursor[n] = i
        for k in range(n - 1, -1, -1):
            while starts[k][cursor[k] + 1] <= cursor[k + 1]:
                cursor[k] += 1
        size = 64
        for k in range(n + 1):
            word = firsts[k][cursor[k]]
            size += offsets[word + 1] - offsets[word] + 1
        if place + size > len(out):
            return i, place
        place = _number(probability[i], out, place)
        for k in range(n, -1, -1):
            out[place] = ord("\t") if k == n else ord(" ")
            place += 1
            word = firsts[k][cursor[k]]
            for source in range(offsets[word], offsets[word + 1]):
                out[place] = words[source]
                place += 1
        if not longest:
            out[place] = ord("\t")
            place = _number(backoff[i], out, place + 1)
        out[place] = ord("\n")
        place += 1
    return end, place
