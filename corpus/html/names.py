"""Names that the parser knows, as tables of hashes: elements, attributes, roles, words of classes and ids.

A name's hash is h = 131 h + byte, from a start of its kind, in 64 bits with a sign. Tables are open: a name stands at
its slot or after it. A name that is unknown has no value; two names of one hash are not told apart, which costs a page
that is made for it nothing but its own structure.
"""

from collections.abc import Mapping

import numpy as np

ELEMENT, ATTRIBUTE, ROLE, WORD, REFERENCE = 3, 5, 7, 11, 13  # where hashes start, by kind of name
_MULTIPLIER = 131
_WRAP, _SIGN = 1 << 64, 1 << 63


def hashed(name: str, start: int) -> int:
    """The hash of a name in lower case (references: as it is), as the kernels compute it."""
    value = start
    for byte in name.encode():
        value = (value * _MULTIPLIER + byte) % _WRAP
    return (value + _SIGN) % _WRAP - _SIGN


def table(values: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(hashes, values), both int64, of a power of two of slots, at most half of them full; 0 is an empty slot."""
    size = 1 << max(4, (2 * len(values)).bit_length())
    keys, found = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for key, value in sorted(values.items()):
        slot = (key ^ (key >> 17)) & (size - 1)
        while keys[slot]:
            slot = (slot + 1) & (size - 1)
        keys[slot], found[slot] = key, value
    return keys, found
