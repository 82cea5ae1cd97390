"""The curve of repeats: monotone, under its cap, to the token, as steep as may be, and a twin by numbers."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.mixture.curve import Curve, solve

GROUP = st.lists(st.integers(1, 10**6), min_size=1, max_size=24)


def integral(power: float, decay: float, discard: float, low: float, high: float) -> float:
    """Of (x - a)^p e^(l (x - a)) from low to high, by the midpoints of many slices."""
    low, high = max(low, discard), max(high, discard)
    steps = 4000
    width = (high - low) / steps
    points = (low + (k + 0.5) * width - discard for k in range(steps))
    return sum(float(x**power) * math.exp(decay * x) for x in points) * width


@given(st.lists(GROUP, min_size=1, max_size=5), st.floats(0, 0.9), st.floats(1, 20), st.floats(0.01, 1))
def test_every_curve_is_monotone_and_under_its_cap(
    groups: list[list[int]], discard: float, cap: float, part: float
) -> None:
    discard, cap = round(discard, 2), round(cap, 2)
    wanted = [int(part * cap * (1 - discard) * sum(own)) for own in groups]
    found = solve(groups, wanted, Curve(over="q@2", discard=discard, cap=cap))
    for own, given_, count in zip(groups, found.wanted, wanted, strict=True):
        assert sum(given_) == count
        repeats = [tokens / there for tokens, there in zip(given_, own, strict=True)]
        assert all(one <= cap * (1 + 1e-9) + 1 / there for one, there in zip(repeats, own, strict=True))
        slack = [2 / there for there in own]
        assert all(b - a >= -(s + t) for (a, b), (s, t) in zip(pairwise(repeats), pairwise(slack), strict=True))
        below, total = 0, sum(own)
        for tokens, there in zip(given_, own, strict=True):
            below += there
            if below <= discard * total * (1 - 1e-9):
                assert tokens == 0


def test_curve_is_what_an_integral_by_numbers_gives() -> None:
    own = [130, 70, 100, 90, 110, 60, 140, 80, 120, 100]
    for discard, cap, part in ((0.4, 7.0, 0.3), (0.0, 7.0, 0.5), (0.25, 3.0, 0.8)):
        count = int(part * cap * (1 - discard) * sum(own) * 1000)
        found = solve([[1000 * one for one in own]], [count], Curve(over="q@10", discard=discard, cap=cap))
        power, decay = float(found.power[0]), float(found.decay[0])
        edges = np.cumsum([0, *own]) / sum(own)
        whole = integral(power, decay, discard, 0, 1)
        for place, tokens in enumerate(found.wanted[0]):
            expected = count * integral(power, decay, discard, edges[place], edges[place + 1]) / whole
            assert tokens == pytest.approx(expected, rel=2e-3, abs=60)


def test_olmo_3_discards_the_bottom_and_repeats_the_top_seven_times() -> None:
    # Twenty equal buckets, as many tokens as there are: the example of the report (section 3.4.4, figure 10).
    own = [1_000_000] * 20
    found = solve([own], [sum(own)], Curve(over="q@20"))
    repeats = [tokens / 1_000_000 for tokens in found.wanted[0]]
    assert repeats[:8] == [0.0] * 8
    assert 6.9 < repeats[-1] <= 7
    assert found.power[0] > 0
    # One step steeper would be over the cap: either of the two numbers is at its end.
    steeper = solve([own], [sum(own)], Curve(over="q@20", cap=7.05))
    assert (steeper.power[0], steeper.decay[0]) > (found.power[0], found.decay[0])


def test_groups_do_not_know_each_other() -> None:
    groups = [[5, 10, 20], [1], [7] * 20, [10**9, 1, 10**9]]
    wanted = [30, 2, 100, 10**9]
    curve = Curve(over="q@20")
    together = solve(groups, wanted, curve).wanted
    assert together == [solve([own], [count], curve).wanted[0] for own, count in zip(groups, wanted, strict=True)]
