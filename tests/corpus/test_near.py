"""Pairs found in one process: those that the buckets say, however many wait or are compared at a time."""

from collections.abc import Iterator
from itertools import combinations, groupby

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import near
from corpus.duplicates.candidates import Pairing
from corpus.duplicates.members import Signed

Document = tuple[list[int], int, int]  # buckets, words, content
CONTENTS = st.lists(st.tuples(st.lists(st.integers(0, 3), min_size=2, max_size=2), st.integers(1, 3)), min_size=6)
KNOWN = 10  # keys from here on are of earlier releases
SETS = [np.unique(np.random.default_rng(i).integers(0, 20, 12)) for i in range(20)]


def signed(documents: list[Document]) -> Signed:
    return Signed(
        buckets=np.array([[bucket * 2 + band for band, bucket in enumerate(d[0])] for d in documents], np.int64),
        words=np.array([d[1] for d in documents], np.int32),
        high=np.array([d[2] - 2 for d in documents], np.int64),
        low=np.array([-d[2] for d in documents], np.int64),
        key=np.arange(len(documents), dtype=np.int64),
    )


def naive(documents: list[Document]) -> set[tuple[int, int, int, int]]:
    """Contents (leader, member) and their least keys: in a bucket of few members each meets all before it."""
    members = sorted(
        (bucket * 2 + band, key < KNOWN, -words, content - 2, -content, key)
        for key, (buckets, words, content) in enumerate(documents)
        for band, bucket in enumerate(buckets)
    )
    met: dict[tuple[int, int], tuple[int, int]] = {}
    for _, own in groupby(members, lambda member: member[0]):
        fresh = [next(copies) for _, copies in groupby(own, lambda member: member[3:5])]
        for one, other in combinations(fresh, 2):
            if other[5] < KNOWN and one[3] != other[3]:
                a, b = one[3] + 2, other[3] + 2
                keys = met.get((a, b), (one[5], other[5]))
                met[a, b] = (min(keys[0], one[5]), min(keys[1], other[5]))
    return {(*contents, *keys) for contents, keys in met.items()}


@given(
    CONTENTS,
    st.lists(st.integers(0, 5), max_size=14),
    st.integers(1, 4),
    st.sampled_from([0, 1 << 20]),
    st.sampled_from([1, 3, 1 << 13]),
)
def test_pairs_are_those_of_the_buckets(
    contents: list[tuple[list[int], int]], chosen: list[int], cut: int, waiting: int, size: int
) -> None:
    documents = [(*contents[content], content) for content in chosen]
    one = [signed(documents)] if documents else []
    pieces = [
        Signed(**{name: column[first : first + cut] for name, column in vars(whole).items()})
        for whole in one
        for first in range(0, len(documents), cut)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "_WAITING", waiting)
        patch.setattr(near, "_SLICE", size)
        found = near.propose(pieces, Pairing(leaders=32, known=KNOWN))
    assert found.not_compared == 0
    assert {(a + 2, b + 2, one, other) for a, _, one, b, _, other, _ in found.pairs.tolist()} == naive(documents)
    assert found.pairs.tolist() == sorted(found.pairs.tolist(), key=lambda p: (p[0], p[1], p[3], p[4]))


def sets(keys: np.ndarray) -> Iterator[pa.RecordBatch]:
    lists = pa.array([SETS[key & 0xFF].tolist() for key in keys.tolist()], pa.list_(pa.int64()))
    yield pa.RecordBatch.from_arrays([pa.array(keys), lists], names=["key", "shingles"])


@pytest.mark.parametrize("block", [1, 40, 1 << 25])
def test_verified_pairs_are_those_of_sets_however_many_at_a_time(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "_BLOCK_WORDS", block)
    keys = [(i % 3) << 32 | i for i in range(20)]
    pairs = np.array([[i, 0, keys[i], j, 1, keys[j], 0] for i, j in combinations(range(20), 2)], np.int64)
    places = np.array(sorted(keys))
    verify = near.Verify(shingles=sets, words=np.full(20, 12), keys=places)
    rows = pa.concat_tables(verify(pairs, map)).to_pylist()
    expected = [
        (i, len(SETS[i]), len(SETS[j]), len(set(SETS[i].tolist()) & set(SETS[j].tolist())))
        for i, j in combinations(range(20), 2)
    ]
    assert [(row["a_high"], row["a_shingles"], row["b_shingles"], row["shared"]) for row in rows] == expected
    assert rows[0]["a"] == bytes(16)
