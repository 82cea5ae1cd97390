"""The global order of documents: by a keyed digest of their ids."""

import hashlib

import numpy as np
import pyarrow as pa
from numba import njit

_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's 64-bit finaliser (Appleby 2011)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)


def order_keys(ids: pa.StringArray, seed: int) -> np.ndarray:
    """uint64 for each id (32 hex digits); sorted by it documents are in random order. Equal only for equal ids, but for
    a chance of 2^-64, so ties are broken by the id."""
    key = np.frombuffer(hashlib.blake2b(str(seed).encode(), digest_size=16).digest(), np.uint64)
    halves = np.frombuffer(bytes.fromhex("".join(ids.to_pylist())), ">u8").astype(np.uint64).reshape(-1, 2)
    return _keyed(halves, key[0], key[1])


@njit(cache=True, nogil=True)
def _keyed(halves: np.ndarray, one: np.uint64, two: np.uint64) -> np.ndarray:
    """The ids are digests already; two keyed rounds of a finaliser make the order unpredictable from them."""
    out = np.empty(len(halves), np.uint64)
    for i in range(len(halves)):
        value = halves[i, 0] ^ one
        for word in (halves[i, 1], two):
            value = (value ^ (value >> np.uint64(33))) * _MIX_1
            value = (value ^ (value >> np.uint64(33))) * _MIX_2
            value ^= word
        value = (value ^ (value >> np.uint64(33))) * _MIX_1
        out[i] = value ^ (value >> np.uint64(33))
    return out
