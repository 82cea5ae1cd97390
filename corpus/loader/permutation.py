"""A keyed permutation of 0..n-1, computed place by place: nothing is held, whatever n.

A balanced Feistel network (Luby and Rackoff 1988) over the next power of four, walked along its cycle until it comes
back below n (Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains"): fewer than 4 walks on average.
"""

import hashlib
import struct

import orjson

_ROUNDS = 6  # 4 make a pseudorandom permutation of large domains; 2 more for those of a few bits
_MASK = (1 << 64) - 1
_MIX_1, _MIX_2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53  # MurmurHash3's 64-bit finaliser (Appleby 2011)


def keys(count: int, *name: str | int) -> tuple[int, ...]:
    """64-bit keys for whatever this name is given to."""
    data = hashlib.blake2b(orjson.dumps(name), digest_size=8 * count).digest()
    return struct.unpack(f"<{count}Q", data)


class Permutation:
    """`permutation[place]` for places 0..size-1; equal names give equal permutations."""

    def __init__(self, size: int, *name: str | int) -> None:
        self.size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        self._keys = keys(_ROUNDS, *name)

    def __getitem__(self, place: int) -> int:
        if not 0 <= place < self.size:
            raise IndexError(place)
        value = self._step(place)
        while value >= self.size:
            value = self._step(value)
        return value

    def _step(self, value: int) -> int:
        half, mask = self._half, (1 << self._half) - 1
        left, right = value >> half, value & mask
        for key in self._keys:
            mixed = (right ^ key) * _MIX_1 & _MASK
            mixed = (mixed ^ mixed >> 33) * _MIX_2 & _MASK
            left, right = right, left ^ (mixed >> 33) & mask
        return left << half | right
