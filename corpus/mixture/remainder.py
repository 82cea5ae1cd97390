"""Which documents of a group come once more: those with the smallest keys, until their tokens are what is wanted.

A document's key depends on the seed and its id alone, so a group that wants more keeps the documents that it had.
The place where a group stops is found in two steps, so that nobody holds all keys: tokens summed by the first bits of
the key, then the documents of the one range of keys in which the sum is reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SALT = "once more"  # of the keys: another order than that in the shards
BITS = 12  # of a key: 4096 sums a group on the driver; of 10^9 documents a range then holds some 250,000


def ranges(keys: np.ndarray) -> np.ndarray:
    """The range (0..4095) of each key (uint64)."""
    return keys >> np.uint64(64 - BITS)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The range in which a group stops, and the tokens of its documents in the ranges before."""

    range: int
    before: int


def place(tokens: Mapping[int, int], rest: int) -> Place:
    """For tokens by range, of which `rest` are wanted: 0 < rest < their sum."""
    before = 0
    for number in sorted(tokens):
        if before + tokens[number] >= rest:
            return Place(range=number, before=before)
        before += tokens[number]
    raise ValueError(f"{rest} tokens are wanted of {before}")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Documents whose key is below `below` (0..2^64) come once more; together they have `tokens`."""

    below: int
    tokens: int


NOTHING = Cut(below=0, tokens=0)


def cut(found: Place, documents: Sequence[tuple[int, int]], rest: int) -> Cut:
    """For (key, tokens) of the range's documents in any order. The tokens are as near to `rest` as whole documents
    allow: off by at most half of the document at which the sum is reached. Raises ValueError if they fall short."""
    given = found.before
    for key, tokens in sorted(documents):
        if given + tokens > rest and 2 * (rest - given) <= tokens:
            return Cut(below=key, tokens=given)
        given += tokens
        if given >= rest:
            return Cut(below=key + 1, tokens=given)
    raise ValueError(f"{given} tokens up to the end of range {found.range}, {rest} are wanted")
