"""Connected components in memory: union-find with path halving (Tarjan & van Leeuwen 1984), the smaller root wins.

8 bytes a node beside the edges. `jobs.frames.components` gives the same labels where edges do not fit one machine.
"""

import numpy as np

from corpus.errors import DataError
from filters.jit import int64, njit
from filters.kernels.hashing import mix


def components(nodes: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest node (int64[nodes]) of each node's component; nodes are 0..nodes-1, edges int64 and undirected."""
    labels = _labels(nodes, a, b)
    prove(int(np.count_nonzero(labels[a] != labels[b])))
    return labels


def prove(apart: int) -> None:
    """Raises DataError if any edge ends in two components: what must not be when components are done."""
    if apart:
        raise DataError(f"{apart} edges end in two components; this is a defect, please report it")


@njit(cache=True, nogil=True)
def edge_digest(a: np.ndarray, b: np.ndarray) -> int:
    """63 bits of a set of edges (uint64 ends), whatever their order: two sets share one with probability 2^-63."""
    state = np.uint64(0)
    for edge in range(len(a)):
        state ^= mix(mix(a[edge]) + b[edge])
    return int64(state >> np.uint64(1))


@njit(cache=True, nogil=True)
def _root(parent: np.ndarray, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def _labels(nodes: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    parent = np.arange(nodes)
    for edge in range(len(a)):
        one, other = _root(parent, a[edge]), _root(parent, b[edge])
        if one < other:
            parent[other] = one
        elif other < one:
            parent[one] = other
    for node in range(nodes):
        parent[node] = parent[parent[node]]  # parents come before their children, so theirs is a root already
    return parent
