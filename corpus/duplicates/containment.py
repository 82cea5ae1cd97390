"""Who may go for whom when one document contains another.

A document may go for one that contains it, never the other way round, whatever their ranks. So a container comes before
what it contains in the order of the election, and the rest of the order is that of ranks: then one greedy pass serves
alike and contained documents together, and whatever is dropped is dropped for a document that stays.
"""

import heapq

import numpy as np
from numba import njit

from corpus.duplicates.election import Fates, elect


def elect_contained(
    nodes: int, pairs: np.ndarray, inside: np.ndarray, contained: np.ndarray, threshold: float
) -> tuple[Fates, np.ndarray]:
    """Election (`corpus.duplicates.election.elect`) among alike and contained documents together.

    Nodes are 0..nodes-1 in rank order, best first. `pairs` (int64[edges, 2]); `inside` (float64[edges, 2]): of the
    first in the second and of the second in the first, equal where documents are alike; `contained` (bool[edges]): the
    edge speaks of containment. An edge of containment that reaches `threshold` both ways lets either go, as one
    of likeness does, and one whose pair is alike too says nothing more.

    Returns fates by node, and which nodes (bool[nodes]) are dropped because they are contained.
    """
    alike = _codes(nodes, pairs[~contained])
    counts = ~(contained & np.isin(_codes(nodes, pairs), alike))
    pairs, inside, contained = pairs[counts], inside[counts], contained[counts]
    one_way = contained & (inside.min(axis=1) < threshold)
    first_inside = inside[:, 0] >= inside[:, 1]
    container = np.where(first_inside, pairs[:, 1], pairs[:, 0])
    places = containers_first(nodes, container[one_way], (pairs.sum(axis=1) - container)[one_way])
    placed = places[pairs]
    later_is_first = placed[:, 0] > placed[:, 1]
    values = np.where(later_is_first, inside[:, 0], inside[:, 1])
    by_place = elect(nodes, placed.min(axis=1), placed.max(axis=1), values)
    node_at = np.argsort(places)
    keeper = by_place.kept[places]
    kept = np.where(keeper >= 0, node_at[keeper], -1)
    own = np.stack([np.arange(nodes), kept], axis=1)
    return Fates(kept=kept, jaccard=by_place.jaccard[places]), (kept >= 0) & ~np.isin(_codes(nodes, own), alike)


def _codes(nodes: int, pairs: np.ndarray) -> np.ndarray:
    """One int64 for each unordered pair."""
    return pairs.min(axis=1) * np.int64(nodes) + pairs.max(axis=1)


def containers_first(nodes: int, container: np.ndarray, contained: np.ndarray) -> np.ndarray:
    """Places (int64[nodes]) in the order of election: of all that wait for no container, the best ranked is next.

    Nodes are 0..nodes-1 in rank order; edges (int64 arrays) must form no circle. They form none when a container has
    more fingerprints than what it contains, as it has where containment holds one way only.
    Raises ValueError on a circle.
    """
    order = np.argsort(container, kind="stable")
    first = np.searchsorted(container[order], np.arange(nodes + 1))
    places = _places(nodes, first, contained[order])
    if (places < 0).any():
        raise ValueError("documents contain one another in a circle: containment must hold one way only")
    return places


@njit(cache=True, nogil=True)
def _places(nodes: int, first: np.ndarray, contained: np.ndarray) -> np.ndarray:
    waits = np.zeros(nodes, np.int64)
    for node in contained:
        waits[node] += 1
    ready = [np.int64(node) for node in range(nodes) if waits[node] == 0]
    places = np.full(nodes, -1, np.int64)
    done = 0
    while ready:
        node = heapq.heappop(ready)
        places[node] = done
        done += 1
        for edge in range(first[node], first[node + 1]):
            waits[contained[edge]] -= 1
            if waits[contained[edge]] == 0:
                heapq.heappush(ready, np.int64(contained[edge]))
    return places
