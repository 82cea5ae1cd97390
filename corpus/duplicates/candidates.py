"""Pairs to be compared, from bucket members that arrive sorted by bucket.

In a bucket every member is paired with the first L before it (its *leaders*), so a bucket of m members costs at most
L x m pairs instead of m^2 / 2, and one of at most L + 1 members misses none. Members that come after the first 1,024 of
a bucket meet the first four leaders alone: a crowd that large is a template, and what is like it is like its best
example. What is not compared is counted.

A pair is *crowded* if its second was not compared with all that came before it in the bucket. In the election it may go
for the first and not the other way round: else one member that ranks before the leaders would take them all away, and
the members that were compared with nothing else would stay, a hundred thousand of one template.
Documents of earlier releases come first in a bucket and are not paired with each other: both stay whatever they are.
"""

from dataclasses import dataclass, field

import numpy as np
from numba import njit

_CROWD = 1024  # members of a bucket; of 60,443 documents of the benchmark the most crowded has 60
_FEW = 4


@njit(cache=True, nogil=True)
def _pair(
    bucket: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    key: np.ndarray,
    leaders: np.ndarray,
    state: np.ndarray,
    known: np.int64,
    pairs: np.ndarray,
) -> int:
    """Fill `pairs` (n x 7: leader's high, low, key, member's high, low, key, crowded); returns how many.

    `state`: bucket, members so far, leaders so far, pairs not compared, last high, last low. Members whose key is
    `known` or greater are of earlier releases.
    """
    limit = leaders.shape[0]
    count = 0
    for i in range(len(bucket)):
        if state[1] == 0 or bucket[i] != state[0]:
            state[0], state[1], state[2] = bucket[i], 0, 0
        elif high[i] == state[4] and low[i] == state[5]:
            continue  # another copy of the same content
        if key[i] < known:
            met = state[2] if state[1] < _CROWD else min(state[2], _FEW)
            for j in range(met):
                if leaders[j, 0] == high[i] and leaders[j, 1] == low[i]:
                    continue  # a copy of what an earlier release kept
                pairs[count, 0:3] = leaders[j]
                pairs[count, 3], pairs[count, 4], pairs[count, 5] = high[i], low[i], key[i]
                pairs[count, 6] = np.int64(met < state[1])
                count += 1
            state[3] += state[1] - met
        if state[2] < limit:
            leaders[state[2], 0], leaders[state[2], 1], leaders[state[2], 2] = high[i], low[i], key[i]
            state[2] += 1
        state[1] += 1
        state[4], state[5] = high[i], low[i]
    return count


@dataclass
class Pairing:
    """The stream over one Spark partition. Feed it batches in order of (bucket, then the order of election)."""

    leaders: int
    known: int = np.iinfo(np.int64).max  # the least key of an earlier release's documents
    _leaders: np.ndarray = field(init=False)
    _state: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._leaders = np.zeros((self.leaders, 3), np.int64)
        self._state = np.zeros(6, np.int64)

    def pairs(self, bucket: np.ndarray, high: np.ndarray, low: np.ndarray, key: np.ndarray) -> np.ndarray:
        """Pairs (n x 7, int64) that these members (int64 arrays) add."""
        room = np.empty((len(bucket) * self.leaders, 7), np.int64)
        return room[: _pair(bucket, high, low, key, self._leaders, self._state, np.int64(self.known), room)]

    @property
    def not_compared(self) -> int:
        """Pairs of members that share a bucket and were not paired in it."""
        return int(self._state[3])
