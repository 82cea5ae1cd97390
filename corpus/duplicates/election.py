"""Who stays: the best-ranked document of those that are alike, decided by exact similarity to one that stays.

Documents are visited from the best rank to the worst. One is dropped if, and only if, a document that stays is at
least `threshold` similar to it; its evidence is the most similar such document (ties: the better-ranked). So every
document that is dropped resembles one that is kept, and a chain (A like B, B like C, A unlike C) does not merge.
This is the greedy maximal independent set in a fixed order: the same whatever the order of the edges.
"""

from dataclasses import dataclass

import numpy as np

from filters.jit import njit


@dataclass(frozen=True, kw_only=True)
class Fates:
    """For each node (in rank order): the node it is dropped for, or -1 if it stays, and the similarity to it."""

    kept: np.ndarray  # int64
    jaccard: np.ndarray  # float64, NaN-free: 0.0 for nodes that stay


def elect(nodes: int, better: np.ndarray, worse: np.ndarray, jaccard: np.ndarray) -> Fates:
    """Nodes are 0..nodes-1 in rank order, best first; edges run from the better to the worse of a pair."""
    order = np.lexsort((better, worse))
    first = np.searchsorted(worse[order], np.arange(nodes + 1))
    kept, similarity = _visit(nodes, first, better[order], jaccard[order])
    return Fates(kept=kept, jaccard=similarity)


@njit(cache=True, nogil=True)
def _visit(nodes: int, first: np.ndarray, better: np.ndarray, jaccard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kept = np.full(nodes, -1, np.int64)
    similarity = np.zeros(nodes, np.float64)
    for node in range(nodes):
        for edge in range(first[node], first[node + 1]):
            if kept[better[edge]] < 0 and jaccard[edge] > similarity[node]:
                kept[node] = better[edge]
                similarity[node] = jaccard[edge]
    return kept, similarity
