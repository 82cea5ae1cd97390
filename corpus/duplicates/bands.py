"""Buckets of a MinHash signature: b bands of r values (Leskovec et al., Mining of Massive Datasets, 3.4)."""

import numpy as np

from filters.jit import int64, njit

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: splitmix64's increment (Steele et al. 2014)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's two finaliser constants
_MIX_2 = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True)
def buckets(signatures: np.ndarray, bands: int, rows: int) -> np.ndarray:
    """Bucket keys (int64, documents x bands) of signatures (uint32, documents x permutations).

    A key digests the band's number and its values to 64 bits: two different bands meet with probability 2^-64, which
    proposes a pair that verification rejects.
    """
    out = np.empty((signatures.shape[0], bands), np.int64)
    for document in range(signatures.shape[0]):
        for band in range(bands):
            state = np.uint64(band + 1) * _MULTIPLIER
            for row in range(rows):
                state = (state ^ np.uint64(signatures[document, band * rows + row])) * _MIX_1
                state ^= state >> np.uint64(29)
            state = (state ^ (state >> np.uint64(30))) * _MIX_2
            out[document, band] = int64(state ^ (state >> np.uint64(31)))
    return out
