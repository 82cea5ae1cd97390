"""Boosted trees: the share of a block that is main text, from its row of features."""

import math

import numpy as np

from filters.jit import int64, njit


@njit(cache=True, nogil=True)
def shares(
    rows: np.ndarray,
    roots: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    value: np.ndarray,
    out: np.ndarray,
) -> None:
    """Writes `out`, float64 by row: the logistic of the sum of the leaves. A leaf is a node whose feature is -1.

    A row goes left where its feature is at most the threshold. Leaves are added in the order of trees, so the sum is
    the same everywhere.
    """
    for b in range(rows.shape[0]):
        row = rows[b]
        total = 0.0
        for root in roots:
            node = int64(root)
            while feature[node] >= 0:
                node = int64(left[node]) if row[feature[node]] <= threshold[node] else int64(right[node])
            total += value[node]
        out[b] = 1.0 / (1.0 + math.exp(-total))
