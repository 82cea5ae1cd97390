"""Quantiles of tokens within a language: which bucket a value is in, from sums of tokens by value.

Values are told apart by the first 28 bits of a 64-bit float in order (sign, exponent, 16 bits of the fraction: steps of
1.5e-5), so that the sums of a language are as many as such values, whatever the number of documents. Documents of one
value are in one bucket, that in which the middle of their tokens lies.
"""

from typing import Final

import numpy as np

BITS: Final = 28


def ordered(values: np.ndarray) -> np.ndarray:
    """int64 that sort as finite numbers do, of BITS bits."""
    bits = (values.astype(np.float64) + 0.0).view(np.uint64)  # + 0.0: minus zero is zero
    top = np.uint64(1 << 63)
    found = np.where(bits & top, ~bits, bits | top)
    return (found >> np.uint64(64 - BITS)).astype(np.int64)


def ends(keys: np.ndarray, tokens: np.ndarray, count: int) -> np.ndarray:
    """int64[count - 1]: the last key of each bucket but the last, from distinct keys (`ordered`) and their tokens."""
    order = np.argsort(keys)
    keys, tokens = keys[order], tokens[order].astype(np.int64)
    after = np.cumsum(tokens)
    total = int(after[-1])
    # The middle of a key's tokens is (2 after - tokens) / 2; whole numbers, for floats would round 64 bits of tokens.
    bucket = np.array([(2 * int(a) - int(t)) * count // (2 * total) for a, t in zip(after, tokens, strict=True)])
    found = np.full(count - 1, -1, np.int64)
    for number in range(count - 1):
        here = np.flatnonzero(bucket <= number)
        found[number] = keys[here[-1]] if len(here) else -1
    return found


def places(keys: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The bucket (int64, from 0) of each key."""
    return np.searchsorted(last, keys, side="left")
