"""The [splits] table: what it asks for, and where splits end."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards.order import order_keys
from corpus.shards.splits import BUCKET_BITS, Bounds, Quota, Splits, crossing, digests, threshold


@given(
    clusters=st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(1, 9)), min_size=1, max_size=40),
    limit=st.integers(0, 200),
)
def test_split_ends_before_the_first_cluster_that_does_not_fit(clusters: list[tuple[int, int]], limit: int) -> None:
    clusters = sorted(dict(clusters).items())
    keys = np.array([key for key, _ in clusters], np.uint64)
    sizes = np.array([size for _, size in clusters], np.int64)
    buckets = (keys >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)
    found = crossing(np.bincount(buckets, sizes, 1 << BUCKET_BITS).astype(np.int64), limit)
    fitting = int(np.searchsorted(np.cumsum(sizes), limit, side="right"))
    if found is None:
        assert fitting == len(clusters)
        return
    inside = buckets == found.bucket
    end, taken = threshold(found, keys[inside], sizes[inside])
    assert end == clusters[fitting][0]
    assert taken == sizes[:fitting].sum()
    assert (Bounds(ends={"x": (end,)}).place(["x"] * len(keys), keys) == 0).sum() == fitting


def test_wanted_documents_by_language() -> None:
    table = Splits(
        valid=0.01,
        test=0.02,
        min_documents=5,
        max_documents=300,
        by_language={"code_*": Quota(valid=0.1, min_documents=0), "code_Python": Quota(valid=0.0)},
    )
    assert [table.wanted("eng_Latn", "valid", n) for n in (10_000, 200, 12, 3, 10**9)] == [100, 5, 3, 0, 300]
    assert table.wanted("eng_Latn", "test", 10_000) == 200
    assert table.wanted("code_C", "valid", 30) == 3
    assert table.wanted("code_Python", "valid", 10_000) == 0
    assert table.wanted("code_Python", "test", 10_000) == 200


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"valid": 0.6, "test": 0.5}, "leave something"),
        ({"min_documents": 9, "max_documents": 3}, "over max_documents"),
    ],
)
def test_table_that_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Splits(**values)


def test_digest_is_not_the_global_order() -> None:
    ids = pa.array([f"{n:032x}" for n in range(500)])
    both = np.corrcoef(digests(ids, 3).astype(float), order_keys(ids, 3).astype(float))
    assert abs(both[0, 1]) < 0.2
    assert not np.array_equal(digests(ids, 3), digests(ids, 4))
