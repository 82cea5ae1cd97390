"""Quantiles of tokens: as sorting gives them, whatever the parts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus.mixture.quantiles import ends, ordered, places

VALUE = st.sampled_from([-3.5, -1.0, -0.0, 0.0, 0.25, 0.5, 1e-9, 2.0, 7.0]) | st.floats(-1e6, 1e6)
DOCUMENTS = st.lists(st.tuples(VALUE, st.integers(1, 500)), min_size=1, max_size=60)


@given(DOCUMENTS, st.integers(2, 25))
def test_bucket_is_where_the_middle_of_a_values_tokens_lies(documents: list[tuple[float, int]], count: int) -> None:
    keys = ordered(np.array([value for value, _ in documents]))
    tokens = np.array([size for _, size in documents], np.int64)
    distinct, inverse = np.unique(keys, return_inverse=True)
    added = np.bincount(inverse, weights=tokens).astype(np.int64)
    shuffled = np.argsort(distinct * 7919 % 101, kind="stable")
    found = places(keys, ends(distinct[shuffled], added[shuffled], count))
    total = int(tokens.sum())
    for key, bucket in zip(keys.tolist(), found.tolist(), strict=True):
        below = int(tokens[keys < key].sum())
        own = int(tokens[keys == key].sum())
        assert bucket == (2 * below + own) * count // (2 * total)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=50))
def test_keys_sort_as_values_do(values: list[float]) -> None:
    found = ordered(np.array(values))
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(found[order]) >= 0)
    assert ordered(np.array([0.0])) == ordered(np.array([-0.0]))
    assert ordered(np.array([0.5]))[0] < ordered(np.array([0.50002]))[0]
