"""SipHash-2-4 of words of eight bytes under a key (Aumasson and Bernstein 2012): what it gives tells nobody without the
key what went in."""

import numpy as np

from filters.jit import njit

_V0, _V1 = np.uint64(0x736F6D6570736575), np.uint64(0x646F72616E646F6D)  # the authors' constants
_V2, _V3 = np.uint64(0x6C7967656E657261), np.uint64(0x7465646279746573)
_LENGTH = np.uint64(8 << 56)  # of a message of one word
_END = np.uint64(0xFF)


@njit(cache=True, nogil=True, inline="always")
def _turn(value: np.uint64, bits: int) -> np.uint64:
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


@njit(cache=True, nogil=True)
def siphash(words: np.ndarray, low: np.uint64, high: np.uint64) -> np.ndarray:
    """uint64 of each word (uint64, as eight little-endian bytes); `low` and `high` are the halves of the key."""
    out = np.empty(len(words), np.uint64)
    for i in range(len(words)):
        v0, v1, v2, v3 = _V0 ^ low, _V1 ^ high, _V2 ^ low, _V3 ^ high
        for step in range(8):  # two rounds of the word, two of its length, four to end
            message = words[i] if step < 2 else _LENGTH
            if step in (0, 2):
                v3 ^= message
            if step == 4:
                v2 ^= _END
            v0 += v1
            v1 = _turn(v1, 13) ^ v0
            v0 = _turn(v0, 32)
            v2 += v3
            v3 = _turn(v3, 16) ^ v2
            v0 += v3
            v3 = _turn(v3, 21) ^ v0
            v2 += v1
            v1 = _turn(v1, 17) ^ v2
            v2 = _turn(v2, 32)
            if step in (1, 3):
                v0 ^= message
        out[i] = v0 ^ v1 ^ v2 ^ v3
    return out
