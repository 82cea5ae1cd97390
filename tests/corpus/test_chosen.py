"""What a report counts and samples of duplicates is the same however the rows are cut into parts."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates.curve import probability
from corpus.duplicates.recipe_tables import Dedup
from corpus.report import chosen
from corpus.shards.order import order_keys
from corpus.stages.dedup import CLUSTERS
from corpus.stages.pairs import PAIRS_SCHEMA
from filters.arrow import string_array

THRESHOLD = 0.8
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["kept", "filtered", "exact", "near", "contained"]),
        st.sampled_from([0.8, 0.84, 0.85, 0.99, 1.0]),
        st.integers(1, 40),
    ),
    max_size=40,
)


def clusters(rows: list[tuple[str, float, int]]) -> pa.Table:
    """A table of these outcomes, with ids by position."""
    columns: dict[str, list[object]] = {field.name: [] for field in CLUSTERS}
    for i, (outcome, similarity, size) in enumerate(rows):
        gone = outcome not in ("kept", "filtered")
        columns["id"].append(f"{i:032x}")
        columns["outcome"].append(outcome)
        columns["kept_id"].append("f" * 32 if gone else None)
        columns["jaccard"].append(similarity if outcome in ("near", "exact") else None)
        columns["size"].append(size if outcome == "kept" else 0)
    return pa.table({name: columns[name] for name in ("id", "outcome", "kept_id", "jaccard", "size")})


def told(rows: list[tuple[str, float, int]], cut: int, most: int) -> tuple[dict[str, int], list[object]]:
    """Strata and, by id, the samples of rows in two parts."""
    whole = clusters(rows)
    keys = order_keys(string_array(whole.column("id").cast(pa.string()).combine_chunks()), 3)
    pieces = [(whole.slice(0, cut), keys[:cut], 0), (whole.slice(cut), keys[cut:], 1)]
    merged = chosen.merge_removals(
        [chosen.removals(table, own, part, THRESHOLD, most) for table, own, part in pieces], most
    )
    starts = (0, cut)
    removed = {n: [starts[p] + r for _, p, r, _ in own] for n, own in merged["removed"].items()}
    grown = {n: [id_ for *_, id_ in own] for n, own in merged["clusters"].items()}
    return merged["strata"], [removed, grown, [row[:2] for row in merged["largest"]]]


@given(ROWS, st.integers(0, 40), st.integers(0, 5))
def test_removals_are_counted_and_sampled_alike_however_cut(
    rows: list[tuple[str, float, int]], cut: int, most: int
) -> None:
    strata, samples = told(rows, min(cut, len(rows)), most)
    assert (strata, samples) == told(rows, len(rows), most)
    assert sum(strata.values()) == sum(outcome not in ("kept", "filtered") for outcome, *_ in rows)
    assert strata.get("contained", 0) == sum(outcome == "contained" for outcome, *_ in rows)


def pairs(parts: list[list[float]]) -> list[pa.Table]:
    number = 0
    tables = []
    for similar in parts:
        columns: dict[str, list[object]] = {field.name: [] for field in PAIRS_SCHEMA}
        for value in similar:
            columns["a"].append(number.to_bytes(16, "big"))
            columns["b"].append((number + 1).to_bytes(16, "big"))
            columns["jaccard"].append(value)
            columns["crowded"].append(False)
            number += 2
        for name in ("a_shingles", "b_shingles", "shared"):
            columns[name] = [1] * len(similar)
        tables.append(pa.table(columns, schema=PAIRS_SCHEMA))
    return tables


def tallied(parts: list[list[float]]) -> chosen.Proposed:
    dedup = Dedup(threshold=THRESHOLD, bands=21, rows=6)
    return chosen.merge_proposed([chosen.proposed(table, dedup, 3, 2) for table in pairs(parts)], 2)


def test_pairs_are_counted_and_sampled_alike_however_cut() -> None:
    similar = [0.3, 0.69, 0.7, 0.71, 0.75, 0.79, 0.7999, 0.8, 0.9, 1.0]
    one = tallied([similar])
    other = tallied([similar[:4], similar[4:], []])
    assert {**one, "unseen": 0.0} == {**other, "unseen": 0.0}
    assert chosen.missed(one) == chosen.missed(other)
    assert (one["alike"], one["refused"], one["below"]) == (3, 7, 5)
    assert sum(one["compared"]) == 10
    unseen = sum(1 / probability(s, 21, 6) - 1 for s in (0.8, 0.9, 1.0))
    assert chosen.missed(one) == pytest.approx(unseen / (unseen + 3), rel=1e-2)
    assert len(one["sample"]) == 2
    assert all(0.7 <= row[3] < 0.8 for row in one["sample"])


def test_no_pairs_at_all_miss_nothing() -> None:
    assert chosen.missed(tallied([[]])) == 0.0
    assert chosen.missed(tallied([])) == 0.0
