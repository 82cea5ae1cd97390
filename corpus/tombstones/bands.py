"""Rows of signatures that may be alike, by bands; and how alike they are by the share of values that agree."""

import numpy as np

from filters.kernels.hashing import BASE, STEP

_ROWS = 3  # values of a band: with 42 bands a pair of similarity 0.7 meets with a probability of 1 - 5e-8


def bands(values: np.ndarray) -> np.ndarray:
    """uint64[rows, permutations // 3]: a number for each band of uint32[rows, permutations], its place counted in."""
    rows, width = values.shape
    count = max(width // _ROWS, 1)
    own = values[:, : count * _ROWS].astype(np.uint64).reshape(rows, count, -1)
    found = np.broadcast_to(np.arange(count, dtype=np.uint64) * STEP, (rows, count)).copy()
    for place in range(own.shape[2]):
        found = (found ^ own[:, :, place]) * BASE
        found ^= found >> np.uint64(29)
    return found


def alike(wanted: np.ndarray, values: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
    """For each row of `values` (uint32[rows, permutations]) the most similar of `wanted` (the same) by their values in
    common, and that share; -1 and 0.0 where it is below `least`."""
    best = np.full(len(values), -1, np.int64)
    share = np.zeros(len(values))
    if not len(wanted) or not len(values):
        return best, share
    known = bands(wanted)
    order = np.argsort(known.ravel(), kind="stable")
    ascending, owners = known.ravel()[order], order // known.shape[1]
    asked = bands(values)
    low, high = (np.searchsorted(ascending, asked.ravel(), side) for side in ("left", "right"))
    for place in np.flatnonzero(high > low).tolist():
        row = place // asked.shape[1]
        for one in np.unique(owners[low[place] : high[place]]).tolist():
            if one != best[row]:
                found = float(np.mean(wanted[one] == values[row]))
                if found >= least and found > share[row]:
                    best[row], share[row] = one, found
    return best, share
