"""The global order of documents: by a keyed digest of their ids; and where their further copies stand in it."""

import hashlib

import numpy as np
import pyarrow as pa

from filters.arrow import array, strings
from filters.jit import njit

_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)  # MurmurHash3's 64-bit finaliser (Appleby 2011)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)


def order_keys(ids: pa.StringArray, seed: int, salt: str = "") -> np.ndarray:
    """uint64 for each id (32 hex digits); sorted by it documents are in random order. Equal only for equal ids, but for
    a chance of 2^-64, so ties are broken by the id. Another salt gives an order that has nothing to do with this."""
    key = np.frombuffer(hashlib.blake2b(f"{seed}{salt}".encode(), digest_size=16).digest(), np.uint64)
    halves = np.frombuffer(bytes.fromhex("".join(strings(ids))), ">u8").astype(np.uint64).reshape(-1, 2)
    return _keyed(halves, key[0], key[1])


def copy_keys(ids: pa.StringArray, keys: np.ndarray, copy: np.ndarray, copies: np.ndarray, seed: int) -> np.ndarray:
    """Order keys (uint64) of the copies 0, 1, ... of documents that come `copies` times.

    The first stands where the document stands by itself (`keys`). Copy c of n is c/n of the whole order further on,
    going round, and then a keyed part of 1/2n more: so any two are at least 1/2n of the order apart, and documents that
    are neighbours once are not so again.
    """
    out = keys.copy()
    for number in range(1, int(copy.max(initial=0)) + 1):
        rows = np.flatnonzero(copy == number)
        of = copies[rows].astype(np.uint64)
        step = np.uint64(2**64 - 1) // of
        jitter = (order_keys(ids.take(array(rows)), seed, f" copy {number}") >> np.uint64(1)) // of
        out[rows] += np.uint64(number) * step + jitter  # modulo 2^64
    return out


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
