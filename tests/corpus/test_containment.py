"""Election among alike and contained documents: what it promises, on random graphs."""

from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.containment import containers_first, elect_contained
from corpus.duplicates.election import elect


class Edge(NamedTuple):
    first: int
    second: int
    first_in_second: float
    second_in_first: float
    first_goes: bool
    second_goes: bool
    contained: bool


def elected(nodes: int, edges: list[Edge]) -> dict[int, tuple[int, float, bool]]:
    """Dropped node to (keeper, evidence, whether it is contained)."""
    columns = np.array([tuple(map(float, edge)) for edge in edges]).reshape(-1, 7)
    fates, contained = elect_contained(
        nodes, columns[:, :2].astype(np.int64), columns[:, 2:4], columns[:, 4:6] > 0, columns[:, 6] > 0
    )
    return {
        node: (int(fates.kept[node]), float(fates.jaccard[node]), bool(contained[node]))
        for node in range(nodes)
        if fates.kept[node] >= 0
    }


SHARES = st.sampled_from([0.8, 0.85, 0.9, 1.0])


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    """Pairs that are alike, or contained one way or both ways; circles too."""
    nodes = draw(st.integers(2, 10))
    edges = []
    for pair in draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), max_size=20)):
        if pair[0] == pair[1]:
            continue
        share, other = draw(SHARES), draw(SHARES)
        kind = draw(st.sampled_from(("alike", "first", "second", "both")))
        if kind == "alike":
            edges.append(Edge(*pair, share, share, True, True, False))
        else:
            edges.append(Edge(*pair, share, other, kind != "second", kind != "first", True))
    return nodes, list({frozenset(e[:2]): e for e in edges}.values())


@given(graphs(), st.randoms(use_true_random=False))
def test_each_goes_for_one_that_stays_and_may_be_gone_for(graph: tuple[int, list[Edge]], chance: Random) -> None:
    nodes, edges = graph
    found = elected(nodes, edges)
    allowed: dict[tuple[int, int], tuple[float, bool]] = {}
    for edge in edges:
        if edge.first_goes:
            allowed[edge.first, edge.second] = (edge.first_in_second, edge.contained)
        if edge.second_goes:
            allowed[edge.second, edge.first] = (edge.second_in_first, edge.contained)
    for node, (keeper, share, contained) in found.items():
        assert keeper not in found
        assert allowed[node, keeper] == (share, contained)
    shuffled = edges.copy()
    chance.shuffle(shuffled)
    assert elected(nodes, shuffled) == found


@given(graphs())
def test_without_containment_it_is_the_election_by_rank(graph: tuple[int, list[Edge]]) -> None:
    nodes, edges = graph
    alike = [edge for edge in edges if not edge.contained]
    better, worse = (np.array([f(e[:2]) for e in alike], np.int64) for f in (min, max))
    fates = elect(nodes, better, worse, np.array([e.first_in_second for e in alike], np.float64))
    expected = {n: (int(fates.kept[n]), float(fates.jaccard[n]), False) for n in range(nodes) if fates.kept[n] >= 0}
    assert elected(nodes, alike) == expected


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_containers_come_first_and_else_the_better_rank(nodes: int, drawn: list[tuple[int, int]]) -> None:
    size = {node: (node * 7) % 12 for node in range(12)}  # containers are larger, so no circle
    edges = [(a, b) for a, b in drawn if a < nodes and b < nodes and size[a] > size[b]]
    outer, inner = (np.array([e[i] for e in edges], np.int64) for i in (0, 1))
    places = containers_first(nodes, outer, inner)
    assert sorted(places) == list(range(nodes))
    assert all(places[a] < places[b] for a, b in edges)
    at = np.argsort(places).tolist()
    for place, (one, following) in enumerate(pairwise(at)):
        waits = any(b == following and places[a] >= place for a, b in edges)
        assert one < following or waits


def test_worse_ranked_container_stays_and_the_better_ranked_contained_goes() -> None:
    assert elected(2, [Edge(0, 1, 0.9, 0.3, True, False, True)]) == {0: (1, 0.9, True)}


def test_mutual_containment_is_ordered_by_rank() -> None:
    assert elected(2, [Edge(1, 0, 0.9, 0.95, True, True, True)]) == {1: (0, 0.9, True)}


def test_a_chain_of_containers_drops_only_for_what_stays() -> None:
    """2 holds 1, 1 holds 0, 2 does not hold 0: 1 goes for 2, so 0 stays."""
    chain = [Edge(0, 1, 0.9, 0.5, True, False, True), Edge(1, 2, 0.8, 0.5, True, False, True)]
    assert elected(3, chain) == {1: (2, 0.8, True)}


def test_a_pair_that_is_alike_and_contained_is_alike() -> None:
    edges = [Edge(0, 1, 0.85, 0.85, True, True, False), Edge(0, 1, 1.0, 0.2, True, False, True)]
    assert elected(2, edges) == {1: (0, 0.85, False)}
