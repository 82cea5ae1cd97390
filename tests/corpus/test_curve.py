"""Bandings keep the recall that they promise, and are the best of all there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.duplicates import curve
from corpus.duplicates.curve import probability

SIMILARITY = st.sampled_from([0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
RECALL = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.998])


@given(SIMILARITY, RECALL, st.integers(1, 160))
def test_solved_banding_has_the_recall_and_no_other_has_more_rows(t: float, recall: float, permutations: int) -> None:
    reaching = {
        (r, -b)
        for r in range(1, permutations + 1)
        for b in range(1, permutations // r + 1)
        if probability(t, b, r) >= recall
    }
    if not reaching:
        with pytest.raises(ValueError, match="raise permutations"):
            curve.solve(t, recall, permutations)
        return
    r, b = max(reaching)
    assert curve.solve(t, recall, permutations) == (-b, r)


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.85, 0.9])
@pytest.mark.parametrize("recall", [0.8, 0.95, 0.998])
def test_most_rows_waste_the_fewest_proposals(threshold: float, recall: float) -> None:
    """Of every number of rows that reaches the recall, with the fewest bands that do."""
    best = curve.wasted(threshold, *curve.solve(threshold, recall, 126))
    for rows in range(1, 127):
        try:
            other = curve.solve(threshold, recall, 126, rows=rows)
        except ValueError:
            continue
        assert best <= curve.wasted(threshold, *other)


@pytest.mark.parametrize(("bands", "rows"), [(1, 1), (21, 6), (9, 13), (1, 126), (126, 1), (42, 3)])
@pytest.mark.parametrize("threshold", [0.2, 0.8, 0.95])
def test_areas_equal_those_of_datasketch(threshold: float, bands: int, rows: int) -> None:
    lsh = pytest.importorskip("datasketch.lsh")
    assert curve.wasted(threshold, bands, rows) == pytest.approx(
        lsh._false_positive_probability(threshold, bands, rows), abs=1e-5
    )
    assert curve.missed(threshold, bands, rows) == pytest.approx(
        lsh._false_negative_probability(threshold, bands, rows), abs=1e-5
    )


def test_plan_says_when_a_given_banding_falls_short() -> None:
    kept, points = curve.lines(0.8, 0.998, 21, 6, 126)
    assert "21 bands x 6 rows = 126 of 126 permutations; recall 0.9983 at Jaccard 0.8" in kept
    assert "LESS" not in kept
    assert [f"{s:g}" for s in curve.printed(0.8)] == ["0.5", "0.6", "0.7", "0.8", "0.9"]
    assert "0.5: 0.2816" in points
    assert "LESS than the 0.998" in curve.lines(0.8, 0.998, 3, 9, 126)[0]
