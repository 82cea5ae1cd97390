"""Axes, figures, treemaps and the data beside the page, each against what it is drawn from."""

import re
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.report import beside, warned
from corpus.report.drawing import axis, bins, chart, sweep, treemap
from corpus.report.drawing.axis import SENTINEL, Axis
from corpus.report.rules import Rule
from corpus.report.warned import KINDS, Warned

KINDS_OF_BINS = st.sampled_from([bins.RATIO, bins.LOG])


@pytest.mark.parametrize(
    "template",
    [one for one in resources.files("corpus.report.sections").iterdir() if one.name.endswith(".html")],
    ids=lambda one: one.name,
)
def test_every_table_scrolls_by_itself(template: Traversable) -> None:
    """One that is wider than the page would make the page scroll sideways."""
    text = template.read_text("utf-8")
    for table in re.finditer("<table", text):
        assert re.search(r'(class="scroll"[^>]*>|call scrolled\(\) %\})\s*$', text[: table.start()]), template


@given(KINDS_OF_BINS, st.data())
def test_axis_places_edges_of_bins_evenly_and_in_order(scale: bins.Bins, data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 3), min_size=scale.count, max_size=scale.count))
    found = axis.of(scale.kind, counts, [])
    places = [found.place(scale.edges[i]) for i in range(found.first, found.last + 2)]
    assert places[0] == 0.0
    assert places[-1] == pytest.approx(1.0)
    assert np.diff(places) == pytest.approx(1 / (found.last + 1 - found.first))
    assert all(found.first <= i <= found.last for i, count in enumerate(counts) if count)
    ticks = found.ticks
    assert 1 <= len(ticks) <= 9
    assert [place for place, _ in ticks] == sorted(place for place, _ in ticks)
    assert all(0 <= place <= 1 for place, _ in ticks)


def test_axis_has_the_threshold_and_no_sentinel() -> None:
    counts = [0] * bins.LOG.count
    counts[3] = 9
    with_threshold = axis.of("log", counts, [1000.0])
    assert bins.LOG.edges[with_threshold.last] <= 1500
    assert 0 < with_threshold.place(1000.0) < 1
    assert axis.of("log", counts, [float(SENTINEL)]) == axis.of("log", counts, [])


def test_figure_says_unit_scale_and_has_ticks() -> None:
    counts = [0] * bins.LOG.count
    counts[0], counts[20] = 4, 16
    drawn = str(chart.of_rule(counts, Axis(kind="log", first=0, last=40), "words & <b>", [(1, 20), (9, 10)], 20, 9.0))
    assert "words &amp; &lt;b&gt; (logarithmic)" in drawn
    assert "<b>" not in drawn
    assert len(re.findall("<rect", drawn)) == 2
    assert ">0<" in drawn
    assert ">10<" in drawn
    heights = [float(one) for one in re.findall('height="([^"]+)"', drawn)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)  # square roots of 16 and 4
    assert 'class="cut"' in drawn
    assert 'class="cut"' not in str(chart.of_rule(counts, Axis(kind="log", first=0, last=40), "x", [], 20, None))


SIZES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20)


@given(SIZES)
@example([356996.0, 0.015625])
def test_treemap_fills_its_drawing_in_proportion(values: Sequence[float]) -> None:
    order = sorted(values, reverse=True)
    found = treemap.tiles([(str(i), value) for i, value in enumerate(order)])
    assert [one.value for one in found] == order
    whole = treemap.WIDE * treemap.HIGH
    for one in found:
        assert one.wide * one.high == pytest.approx(
            whole * one.value / sum(order), rel=1e-6, abs=1e-3
        )  # of a picture of 320,000
        assert -1e-3 <= one.x <= treemap.WIDE - one.wide + 1e-3
        assert -1e-3 <= one.y <= treemap.HIGH - one.high + 1e-3
    for i, one in enumerate(found):
        for other in found[:i]:
            apart = (
                one.x >= other.x + other.wide - 1e-3
                or other.x >= one.x + one.wide - 1e-3
                or one.y >= other.y + other.high - 1e-3
                or other.y >= one.y + one.high - 1e-3
            )
            assert apart


def test_treemap_of_nothing_and_of_hostile_names() -> None:
    assert treemap.tiles([]) == []
    assert "<rect" not in str(treemap.drawn([("a", 0.0)], "nothing"))
    assert "<script" not in str(treemap.drawn([("<script>", 1.0)], "<script>"))


@given(st.lists(st.integers(0, 9)))
def test_sparse_counts_and_steps_come_back(counts: list[int]) -> None:
    found = beside.sparse(counts)
    assert dict(zip(found[::2], found[1::2], strict=True)) == {
        place: count for place, count in enumerate(counts) if count
    }
    steps = beside.steps(counts)
    changes = dict(zip(steps[1::2], steps[2::2], strict=True))
    assert [sum([*steps[:1], *(changes.get(i, 0) for i in range(1, end + 1))]) for end in range(len(counts))] == counts


def test_warnings_are_worst_first() -> None:
    kinds = [Warned(kind=kind, words=kind, at="x") for kind in KINDS]
    assert warned.in_order(kinds[::-1]) == kinds
    two = [Warned(kind="gone", words=str(weight), at="x", weight=weight) for weight in (0.5, 0.9)]
    assert warned.in_order(two) == two[::-1]
    with pytest.raises(ValueError, match="strange"):
        warned.in_order([Warned(kind="strange", words="", at="")])


def rule(field: str) -> Rule:
    return Rule(
        name="stopwords.few",
        signal="stopwords.distinct",
        field=field,
        threshold=3,
        default=2,
        fired=0,
        alone=0,
        overrides={},
    )


def test_curve_ends_before_the_sentinel() -> None:
    """Documents that nobody could measure hold 2^31 - 1: no threshold beyond what was measured is drawn for them."""
    edges = np.array(bins.tried("stopwords.distinct"))
    values = np.array([1.0, 5.0, 9.0] + [float(SENTINEL)] * 4)
    kept = sweep._kept(values, np.zeros(len(values), np.int64), 1, edges, least=True)[0].tolist()
    (curve,) = sweep.curves([rule("min_distinct")], {"stopwords.few": {"eng_Latn": kept}})
    assert curve.thresholds[-1] < 16
    assert (curve.kept[0], curve.kept[-1]) == (7, 4)
    assert curve.free_by_language == {"eng_Latn": 7}
    (flat,) = sweep.curves([rule("min_distinct")], {"stopwords.few": {"eng_Latn": [4] * len(edges) + [4]}})
    assert len(flat.thresholds) == 1
