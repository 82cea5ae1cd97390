"""Candidates and election against naive twins: every pair of a bucket, and the rule of election read off its words."""

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.bands import buckets
from corpus.duplicates.candidates import Pairing
from corpus.duplicates.containment import elect_contained
from corpus.duplicates.curve import probability
from corpus.duplicates.election import elect

Member = tuple[int, int]  # bucket, content


def paired(members: list[Member], leaders: int, cut: int) -> tuple[set[tuple[int, int]], int]:
    """Pairs of contents from members in order, fed in batches of `cut`, and how many were given up."""
    pairing = Pairing(leaders=leaders)
    found: set[tuple[int, int]] = set()
    for first in range(0, len(members), cut):
        piece = np.array(members[first : first + cut], np.int64)
        pairs = pairing.pairs(
            piece[:, 0].copy(), np.zeros(len(piece), np.int64), piece[:, 1].copy(), piece[:, 1].copy()
        )
        found |= {(int(a), int(b)) for a, b in pairs[:, [1, 4]]}
    found |= {(int(a), int(b)) for a, b in pairing.finish()[:, [1, 4]]}
    return found, pairing.not_compared


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30)), max_size=60), st.integers(1, 7))
def test_pairing_with_leaders_to_spare_gives_every_pair_of_a_bucket(members: list[Member], cut: int) -> None:
    members.sort()
    expected = {
        pair
        for bucket in {b for b, _ in members}
        for pair in combinations(sorted({c for b, c in members if b == bucket}), 2)
    }
    assert paired(members, 64, cut) == (expected, 0)


@given(st.integers(1, 40), st.integers(1, 8), st.integers(1, 9))
def test_pairing_of_a_crowded_bucket_counts_what_it_gives_up(size: int, leaders: int, cut: int) -> None:
    found, not_compared = paired([(5, content) for content in range(size)], leaders, cut)
    assert len(found) + not_compared == size * (size - 1) // 2
    assert found == {(a, b) for a, b in combinations(range(size), 2) if a < leaders}


@given(st.permutations(range(60)), st.integers(1, 70), st.integers(1, 70))
def test_of_a_crowd_that_is_alike_one_stays_whatever_the_ranks(ranks: list[int], leaders: int, cut: int) -> None:
    """Without the direction of crowded pairs, whoever ranks before the leaders takes them and leaves the rest alone."""
    size = len(ranks)
    pairing = Pairing(leaders=leaders)
    columns = (np.full(size, 5), np.zeros(size, np.int64), np.arange(size), np.arange(size))
    fed = [pairing.pairs(*(column[i : i + cut] for column in columns)) for i in range(0, size, cut)]
    pairs = np.concatenate([*fed, pairing.finish()])
    assert (pairs[:, 6] == int(size > leaders + 1)).all()
    goes = np.stack([pairs[:, 6] == 0, np.ones(len(pairs), bool)], axis=1)
    places = np.array(ranks)[pairs[:, [1, 4]]]
    alike = np.full((len(pairs), 2), 0.95)
    fates, contained = elect_contained(size, places, alike, goes, np.zeros(len(pairs), bool))
    assert int(np.sum(fates.kept < 0)) == 1
    assert not contained.any()


def elected(nodes: int, edges: dict[tuple[int, int], float]) -> dict[int, tuple[int, float]]:
    """The rule in words: from the best rank on, dropped for the most similar that stays, of equals the better."""
    dropped: dict[int, tuple[int, float]] = {}
    for node in range(nodes):
        alike = [(-value, a) for (a, b), value in edges.items() if b == node and a not in dropped]
        if alike:
            value, keeper = min(alike)
            dropped[node] = (keeper, -value)
    return dropped


GRAPHS = st.integers(2, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.dictionaries(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] < e[1]),
            st.sampled_from([0.8, 0.85, 0.9, 1.0]),
            max_size=30,
        ),
    )
)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_election_equals_its_rule_whatever_the_order_of_edges(
    graph: tuple[int, dict[tuple[int, int], float]], chance: Random
) -> None:
    nodes, edges = graph
    order = list(edges)
    chance.shuffle(order)
    better, worse = np.array([a for a, _ in order], np.int64), np.array([b for _, b in order], np.int64)
    fates = elect(nodes, better, worse, np.array([edges[e] for e in order], np.float64))
    assert {n: (int(fates.kept[n]), float(fates.jaccard[n])) for n in range(nodes) if fates.kept[n] >= 0} == elected(
        nodes, edges
    )


def test_election_of_a_chain_does_not_merge_its_ends() -> None:
    """A like B, B like C, A unlike C: B goes for A, and C stays."""
    fates = elect(3, np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.9]))
    assert fates.kept.tolist() == [-1, 0, -1]


def test_buckets_agree_where_a_band_agrees_and_nowhere_else() -> None:
    signatures = np.arange(24, dtype=np.uint32).reshape(2, 12)
    signatures[1, 4:8] = signatures[0, 4:8]
    keys = buckets(signatures, 3, 4)
    assert (keys[0] == keys[1]).tolist() == [False, True, False]
    same_values = buckets(np.tile(np.arange(4, dtype=np.uint32), 3).reshape(1, 12), 3, 4)
    assert len(set(same_values[0].tolist())) == 3  # a band's number is part of its key


@pytest.mark.parametrize(("jaccard", "expected"), [(0.0, 0.0), (1.0, 1.0), (0.8, 0.9983)])
def test_probability_of_a_banding_is_the_s_curve(jaccard: float, expected: float) -> None:
    assert probability(jaccard, 21, 6) == pytest.approx(expected, abs=1e-4)
