"""Union-find against breadth-first search on 2,000 random graphs, paths and stars."""

import numpy as np
import pytest

from corpus.duplicates.components import components, edge_digest, prove
from corpus.errors import DataError
from tests.corpus.graphs import graph, labelled, many


def test_components_of_2000_graphs_each_are_those_of_a_search() -> None:
    for number in range(2_000):
        nodes, edges = graph(number)
        a, b = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
        assert components(nodes, a, b).tolist() == labelled(nodes, a, b), number


def test_components_of_long_paths_and_a_star_beside_each_other() -> None:
    nodes, a, b = many(10)
    assert components(nodes, a, b).tolist() == labelled(nodes, a, b)


def test_components_do_not_depend_on_the_order_or_direction_of_edges() -> None:
    nodes, a, b = many(50)
    order = np.random.default_rng(3).permutation(len(a))
    assert np.array_equal(components(nodes, b[order], a[order]), components(nodes, a, b))
    one, other = a.view(np.uint64), b.view(np.uint64)
    assert edge_digest(one[order], other[order]) == edge_digest(one, other) != edge_digest(other, one)


def test_edges_that_end_in_two_components_are_an_error() -> None:
    prove(0)
    with pytest.raises(DataError, match="2 edges end in two components"):
        prove(2)
