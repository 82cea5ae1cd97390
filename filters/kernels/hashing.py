"""The 64-bit mixing that all kernels share. Changing any of it changes every hash in every table."""

import numpy as np

from filters.jit import njit

SEED = np.uint64(0x243F6A8885A308D3)  # the first 64 bits of pi's fraction: a number with nothing up its sleeve
STEP = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
BASE = np.uint64(0xD6E8FEB86659FD93)  # odd multiplier of rolling n-gram hashes (Pelle Evensen's rrmxmx)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's 64-bit finaliser (Appleby 2011)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)
_TURN = np.uint64(27)
_BACK = np.uint64(37)


@njit(cache=True, nogil=True, inline="always")
def mix(value: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which every input bit reaches every output bit."""
    value ^= value >> _HALF
    value *= _MIX_1
    value ^= value >> _HALF
    value *= _MIX_2
    return value ^ (value >> _HALF)


@njit(cache=True, nogil=True, inline="always")
def add(state: np.uint64, symbol: np.uint64) -> np.uint64:
    """One more symbol (a code point) of a sequence, order-dependent; `mix` the last state."""
    state = (state ^ symbol) * STEP
    return (state << _TURN) | (state >> _BACK)
