"""Boosted trees: how much of a block is main text, from its row of features."""

import math
from typing import NamedTuple

import numpy as np

from filters.jit import int64, njit


class Trees(NamedTuple):
    """Nodes of all trees, one after another; a leaf's feature is -1."""

    roots: np.ndarray  # int32 by tree: its first node
    feature: np.ndarray  # int32
    threshold: np.ndarray  # float32
    left: np.ndarray  # int32
    right: np.ndarray  # int32
    value: np.ndarray  # float64: of leaves, log odds


@njit(cache=True, nogil=True)
def share_of(row: np.ndarray, trees: Trees) -> float:
    """The logistic of the sum of a row's leaves, 0 to 1. A row goes left where its feature is at most the threshold.

    Leaves are added in the order of trees, so the sum is the same everywhere.
    """
    total = 0.0
    for root in trees.roots:
        node = int64(root)
        while trees.feature[node] >= 0:
            below = row[trees.feature[node]] <= trees.threshold[node]
            node = int64(trees.left[node]) if below else int64(trees.right[node])
        total += trees.value[node]
    return 1.0 / (1.0 + math.exp(-total))
