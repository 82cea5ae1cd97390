"""Pairs to be compared, from bucket members that arrive sorted by bucket.

In a bucket every member is paired with the first L before it (its *leaders*), so a bucket of m members costs at most
L x m pairs instead of m^2 / 2, and one of at most L + 1 members misses none. Members that come after the first 1,024 of
a bucket meet the first four leaders alone: a crowd that large is a template, and what is like it is like its best
example. What is not compared is counted.

A pair is *crowded* if it met in a bucket of more than L + 1 members. In the election the second may go for the first
and not the other way round: else one member that ranks before the leaders would take them all away, and the members
that were compared with nothing else would stay, a hundred thousand of one template. So in a crowd the order of the
bucket elects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from filters.jit import int64, njit

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
    known: int,
    pairs: np.ndarray,
) -> int:
    """Fill `pairs` (n x 7: leader's high, low, key, member's high, low, key, crowded); returns how many.

    `state`: bucket, members so far, leaders so far, pairs not compared, whether the bucket is crowded. Members whose
    key is `known` or greater are of earlier releases. Buckets are whole, or have more than limit + 1 members here
    already.
    """
    limit = leaders.shape[0]
    count = 0
    for i in range(len(bucket)):
        if state[1] == 0 or bucket[i] != state[0]:
            last = min(i + limit + 1, len(bucket) - 1)
            state[0], state[1], state[2] = bucket[i], 0, 0
            state[4] = int64(last == i + limit + 1 and bucket[last] == bucket[i])
        if key[i] < known:
            met = state[2] if state[1] < _CROWD else min(state[2], _FEW)
            for j in range(met):
                if leaders[j, 0] == high[i] and leaders[j, 1] == low[i]:
                    continue  # a copy of what an earlier release kept
                pairs[count, 0:3] = leaders[j]
                pairs[count, 3], pairs[count, 4], pairs[count, 5] = high[i], low[i], key[i]
                pairs[count, 6] = state[4]
                count += 1
            state[3] += state[1] - met
        if state[2] < limit:
            leaders[state[2], 0], leaders[state[2], 1], leaders[state[2], 2] = high[i], low[i], key[i]
            state[2] += 1
        state[1] += 1
    return count


Members = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # int64: bucket, high, low, key


@dataclass
class Pairing:
    """The stream over whole buckets. Feed it members in order of bucket, and `finish` it."""

    leaders: int
    known: int = np.iinfo(np.int64).max  # the least key of an earlier release's documents
    _leaders: np.ndarray = field(init=False)
    _state: np.ndarray = field(init=False)
    _held: tuple[np.ndarray, ...] = field(init=False)  # of a bucket that may go on, and may not be crowded yet
    _last: np.ndarray = field(init=False)  # bucket, high, low of the last member that was fed

    def __post_init__(self) -> None:
        self._leaders = np.zeros((self.leaders, 3), np.int64)
        self._state = np.zeros(5, np.int64)
        none: np.ndarray = np.empty(0, np.int64)
        self._held = (none, none, none, none)
        self._last = np.empty((0, 3), np.int64)

    def pairs(self, *members: np.ndarray) -> np.ndarray:
        """Pairs (n x 7, int64) that these members (bucket, high, low, key) add, as far as their buckets are known."""
        fed = self._contents(members)
        together = [np.concatenate([held, new]) for held, new in zip(self._held, fed, strict=True)]
        bucket = together[0]
        others = np.flatnonzero(bucket != bucket[-1]) if len(bucket) else bucket
        begins = int(others[-1]) + 1 if len(others) else 0
        # The last bucket is known to be crowded if it is so here, or was when its beginning was paired.
        going_on = self._state[1] > 0 and bool(np.all(bucket[-1:] == self._state[0]))
        cut = len(bucket) if len(bucket) - begins > self.leaders + 1 or going_on else begins
        self._held = tuple(column[cut:].copy() for column in together)
        return self._paired([column[:cut] for column in together])

    def finish(self) -> np.ndarray:
        """Pairs of what was held back."""
        held, self._held = self._held, tuple(column[:0] for column in self._held)
        return self._paired(list(held))

    def _contents(self, members: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Without further copies of a content, which stand side by side in a bucket."""
        marks = np.concatenate([self._last, np.stack(members[:3], axis=1)])
        fresh = np.ones(len(marks), bool)
        fresh[1:] = np.any(marks[1:] != marks[:-1], axis=1)
        fresh = fresh[len(self._last) :]
        self._last = marks[-1:]
        return [column[fresh] for column in members]

    def _paired(self, members: Sequence[np.ndarray]) -> np.ndarray:
        room = np.empty((len(members[0]) * self.leaders, 7), np.int64)
        bucket, high, low, key = members
        return room[: _pair(bucket, high, low, key, self._leaders, self._state, int64(self.known), room)]

    @property
    def not_compared(self) -> int:
        """Pairs of members that share a bucket and were not paired in it."""
        return int(self._state[3])
