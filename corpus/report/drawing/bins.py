"""Bins that are fixed beforehand, so that histograms of parts add up whatever the parts are."""

from dataclasses import dataclass

import numpy as np

_RATIO_BINS = 50  # 0.02 wide: every threshold of roots.md 2.1 for a ratio falls apart from its neighbours
PER_OCTAVE = 4  # 19 % wide: fine enough to see a mode, and 2^40 needs 160 of them
_OCTAVES = 40


@dataclass(frozen=True, kw_only=True)
class Bins:
    """`edges` has one more entry than there are bins; values beyond the last edge fall into the last bin."""

    kind: str  # "ratio" (linear in [0, 1]) or "log"
    edges: tuple[float, ...]

    @property
    def count(self) -> int:
        return len(self.edges) - 1

    def outside(self, values: np.ndarray) -> np.ndarray:
        """bool: which values no bin is for, below 0, or above 1 where shares are drawn."""
        found: np.ndarray = (values < 0) | ((values > 1) & (self.kind == "ratio"))
        return found

    def histogram(self, values: np.ndarray) -> np.ndarray:
        """Counts (int64) of finite values >= 0."""
        counts: np.ndarray = self.histograms(values, np.zeros(len(values), np.int64), 1)[0]
        return counts

    def histograms(self, values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
        """The same by group (whole numbers below `count`): int64[count, bins]."""
        places = np.clip(np.searchsorted(np.array(self.edges), values, side="right") - 1, 0, self.count - 1)
        found: np.ndarray = np.bincount(groups.astype(np.int64) * self.count + places, minlength=count * self.count)
        return found.reshape(count, self.count)


RATIO = Bins(kind="ratio", edges=tuple(i / _RATIO_BINS for i in range(_RATIO_BINS + 1)))
LOG = Bins(kind="log", edges=(0.0, *(2.0 ** (i / PER_OCTAVE) for i in range(_OCTAVES * PER_OCTAVE + 1))))
SIZES = Bins(kind="log", edges=(0.0, *(2.0**i for i in range(_OCTAVES + 1))))  # of many groups, an octave each


# For moving thresholds, some of which are 0.001 and others 0.98: steps of 19 % from 0.0001 up, and of 0.01.
_TRIED = tuple(sorted({0.0, *(i / 100 for i in range(101)), *(2.0 ** (-i / PER_OCTAVE) for i in range(1, 54))}))


def of(signal: str) -> Bins:
    """Signals named for a ratio, a score or a probability lie in [0, 1]; all others are counts or open-ended."""
    return RATIO if signal.endswith(("ratio", "score", "probability")) else LOG


def tried(signal: str) -> tuple[float, ...]:
    """The thresholds that a sweep tries, ascending."""
    return _TRIED if of(signal) is RATIO else LOG.edges
