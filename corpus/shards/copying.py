"""Lists of numbers put in another order: Arrow's `take` looks up every number (10 MB/s), this copies runs."""

import numpy as np

from filters.arrow import LargeListArray, array, large_lists
from filters.jit import njit


def reordered(lists: LargeListArray, order: np.ndarray) -> LargeListArray:
    """The lists (without nulls) at `order` (int64), as `lists.take` gives them."""
    offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
    starts = offsets[:-1][order]
    bounds = np.zeros(len(order) + 1, np.int64)
    np.cumsum(offsets[1:][order] - starts, out=bounds[1:])
    return large_lists(bounds, array(copied(values, starts.astype(np.int64), bounds)), lists.type)


@njit(cache=True, nogil=True)
def copied(values: np.ndarray, starts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Runs of `values` from `starts` on, end to end; run i fills bounds[i]..bounds[i + 1]."""
    out = np.empty(bounds[-1], values.dtype)
    for row in range(len(starts)):
        start, at = starts[row], bounds[row]
        for place in range(bounds[row + 1] - at):
            out[at + place] = values[start + place]
    return out
