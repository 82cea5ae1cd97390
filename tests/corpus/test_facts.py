"""What the facts of a report are as JSON, and which of the spans that were cut are the commonest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.report import commonest, pages
from corpus.report.as_json import plain
from corpus.report.render import Head
from corpus.report.sections import duplicates, personal

HEAD = Head(name="tiny", fingerprint="0" * 16, seed=7, stages={"dedup": "1" * 16})


def test_facts_json_takes_no_name_twice() -> None:
    found = pages.Collected()
    found.add("", HEAD)
    with pytest.raises(ValueError, match="has 'seed' already"):
        found.add("seed", HEAD)
    with pytest.raises(ValueError, match="has 'fingerprint' already"):
        found.add("", HEAD)


def test_facts_leave_out_what_may_be_none_and_keep_other_nulls() -> None:
    kind = personal.Kind(kind="email", action="replace", spans=3)
    assert plain(kind) == {"kind": "email", "action": "replace", "spans": 3}
    below = duplicates.Below(from_=0.7, to=0.8, pairs=1)
    assert plain(below) == {"from": 0.7, "to": 0.8, "pairs": 1}
    assert plain({"value": None, "pair": (1, "a")}) == {"value": None, "pair": [1, "a"]}
    with pytest.raises(TypeError, match="facts hold a bytes"):
        plain({"value": b""})


SPANS = st.lists(
    st.tuples(st.integers(2, 4), st.sampled_from("ab"), st.integers(0, 2), st.integers(0, 3), st.integers(0, 9))
)


@given(SPANS, st.integers(0, 5))
def test_commonest_are_the_same_however_parts_are_merged(drawn: list[tuple[Any, ...]], most: int) -> None:
    places = [(count, label, part, row, start, start + 1 + row) for count, label, part, row, start in drawn]
    whole = commonest.commonest(places, most)
    parts = [commonest.commonest([place for place in places if place[2] == part], most) for part in range(3)]
    assert commonest.merged(parts, most) == commonest.merged(parts[::-1], most) == whole
    distinct = {(-count, label, end - start) for count, label, _, _, start, end in places}
    assert [(-s.documents, s.label, s.end - s.start) for s in commonest.spans(whole)] == sorted(distinct)[:most]
    for span in commonest.spans(whole):
        alike = [p for p in places if (p[0], p[1], p[5] - p[4]) == (span.documents, span.label, span.end - span.start)]
        assert tuple(span)[2:] == min(place[2:] for place in alike)
