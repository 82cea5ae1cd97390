"""Who may go for whom when one document contains another.

A document may go for one that contains it, never the other way round, whatever their ranks. So a container comes before
what it contains in the order of the election, and the rest of the order is that of ranks: then one greedy pass serves
alike and contained documents together, and whatever is dropped is dropped for a document that stays.
"""

import heapq

import numpy as np

from corpus.duplicates.election import Fates, elect
from filters.jit import int64, njit


def elect_contained(
    nodes: int, pairs: np.ndarray, inside: np.ndarray, goes: np.ndarray, contained: np.ndarray
) -> tuple[Fates, np.ndarray]:
    """Election (`corpus.duplicates.election.elect`) among alike and contained documents together.

    Nodes are 0..nodes-1 in rank order, best first. `pairs` (int64[edges, 2]); `inside` (float64[edges, 2]): of the
    first in the second and of the second in the first, equal where documents are alike; `goes` (bool[edges, 2]): the
    first may go for the second, the second for the first; `contained` (bool[edges]): the edge speaks of containment.
    Where a pair is alike and contained, it is alike.

    Returns fates by node, and which nodes (bool[nodes]) are dropped because they are contained.
    """
    alike = _codes(nodes, pairs[~contained])
    counts = ~(contained & np.isin(_codes(nodes, pairs), alike))
    pairs, inside, goes = pairs[counts], inside[counts], goes[counts]
    one_way = goes[:, 0] != goes[:, 1]
    inner = np.where(goes[:, 1], pairs[:, 1], pairs[:, 0])
    outer = pairs.sum(axis=1) - inner
    places = containers_first(nodes, outer[one_way], inner[one_way])
    placed = places[pairs]
    later = (placed[:, 1] > placed[:, 0]).astype(np.int64)  # column of the one that would go
    edges = np.arange(len(pairs))
    may = goes[edges, later]
    by_place = elect(nodes, placed.min(axis=1)[may], placed.max(axis=1)[may], inside[edges, later][may])
    keeper = by_place.kept[places]
    kept = np.where(keeper >= 0, np.argsort(places)[keeper], -1)
    own = np.stack([np.arange(nodes), kept], axis=1)
    return Fates(kept=kept, jaccard=by_place.jaccard[places]), (kept >= 0) & ~np.isin(_codes(nodes, own), alike)


def _codes(nodes: int, pairs: np.ndarray) -> np.ndarray:
    """One int64 for each unordered pair."""
    codes: np.ndarray = pairs.min(axis=1) * int64(nodes) + pairs.max(axis=1)
    return codes


def containers_first(nodes: int, outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Places (int64[nodes]) in the order of election: of all that wait for no container, the best ranked is next.

    Nodes are 0..nodes-1 in rank order; edges (int64 arrays) run from container to contained. Containment by share is
    not transitive, so edges can form a circle; then the best ranked of all that wait is next, and may come before its
    container, for which it can then no longer go.
    """
    order = np.argsort(outer, kind="stable")
    first = np.searchsorted(outer[order], np.arange(nodes + 1))
    places: np.ndarray = _places(nodes, first, inner[order])
    return places


@njit(cache=True, nogil=True)
def _places(nodes: int, first: np.ndarray, inner: np.ndarray) -> np.ndarray:
    waits = np.zeros(nodes, np.int64)
    for node in inner:
        waits[node] += 1
    ready = [int64(node) for node in range(nodes) if waits[node] == 0]
    places = np.full(nodes, -1, np.int64)
    waiting = 0  # no node before it waits
    for place in range(nodes):
        if ready:
            node = heapq.heappop(ready)
        else:
            while places[waiting] >= 0:
                waiting += 1
            node = int64(waiting)
        places[node] = place
        for edge in range(first[node], first[node + 1]):
            waits[inner[edge]] -= 1
            if waits[inner[edge]] == 0 and places[inner[edge]] < 0:
                heapq.heappush(ready, int64(inner[edge]))
    return places
