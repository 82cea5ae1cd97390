"""Chance of one example: 64-bit draws from a key of its own (SplitMix64, Steele et al. 2014), compiled and not."""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.hashing import STEP, mix

_MASK = (1 << 64) - 1
_MIX_1, _MIX_2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53  # those of filters.kernels.hashing
_FRACTION = 2.0**-53  # of the 53 bits that a float holds
_HALF, _LOW = np.uint64(32), np.uint64(11)


@njit(cache=True, nogil=True)
def draw(state: np.ndarray) -> np.uint64:
    """The next of a state (uint64[1])."""
    state[0] += STEP
    return mix(state[0])


@njit(cache=True, nogil=True)
def below(state: np.ndarray, limit: int) -> int:
    """A whole number in 0..limit-1, limit at most 2^32; the bias of the multiplication is under 2^-32 x limit."""
    return int64(((draw(state) >> _HALF) * np.uint64(limit)) >> _HALF)


@njit(cache=True, nogil=True)
def share(state: np.ndarray) -> float:
    """A float in [0, 1)."""
    return np.float64(draw(state) >> _LOW) * _FRACTION


@njit(cache=True, nogil=True)
def key(document: np.uint64, copy: int, piece: int) -> np.uint64:
    """Of a piece of a copy of a document."""
    return mix(mix(document + np.uint64(copy) * STEP) + np.uint64(piece))


class Draws:
    """The same in Python, for what is done text by text."""

    def __init__(self, start: int) -> None:
        self._state = start

    def _next(self) -> int:
        self._state = (self._state + int(STEP)) & _MASK
        return _mixed(self._state)

    def below(self, limit: int) -> int:
        return ((self._next() >> 32) * limit) >> 32

    def share(self) -> float:
        return (self._next() >> 11) * _FRACTION


def of(document: int, copy: int, piece: int) -> Draws:
    """Those of a piece of a copy of a document."""
    return Draws(_mixed((_mixed((document + copy * int(STEP)) & _MASK) + piece) & _MASK))


def _mixed(value: int) -> int:
    for factor in (_MIX_1, _MIX_2):
        value = ((value ^ value >> 33) * factor) & _MASK
    return value ^ value >> 33
