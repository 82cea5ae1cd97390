"""Rules fire by their threshold's prefix, and refuse to judge what was not measured."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.rules import Rule, violations

LOW = Rule(reason="low", signal="value", threshold="min_value")
HIGH = Rule(reason="high", signal="value", threshold="max_value")
OTHER = Rule(reason="other", signal="label", threshold="keep_labels")


@dataclass(frozen=True, kw_only=True)
class Judge:
    rules: ClassVar[tuple[Rule, ...]] = (LOW, HIGH, OTHER)
    min_value: float | None = None
    max_value: float | None = None
    keep_labels: tuple[str, ...] | None = None


def values(given_values: list[float | None], kind: pa.DataType | None = None) -> pa.RecordBatch:
    return pa.record_batch({"value": pa.array(given_values, kind or pa.float64())})


@pytest.mark.parametrize("kind", [pa.int32(), pa.int64(), pa.float32(), pa.float64()])
@pytest.mark.parametrize(
    ("rule", "judge", "fires"),
    [
        (LOW, Judge(min_value=2), [True, False, False]),
        (HIGH, Judge(max_value=2), [False, False, True]),
        (LOW, Judge(min_value=0), [False, False, False]),
        (HIGH, Judge(max_value=0), [True, True, True]),
        (LOW, Judge(min_value=2.5), [True, True, False]),
        (HIGH, Judge(max_value=2.5), [False, False, True]),
        (LOW, Judge(max_value=2), [False, False, False]),
        (HIGH, Judge(min_value=9), [False, False, False]),
    ],
)
def test_bound_any_numeric_signal_fires_strictly_beyond_it(
    kind: pa.DataType, rule: Rule, judge: Judge, fires: list[bool]
) -> None:
    found = violations(rule, judge, values([1, 2, 3], kind))
    assert found.dtype == np.bool_
    assert found.tolist() == fires


@pytest.mark.parametrize(
    ("kept", "fires"),
    [
        (None, [False, False, False]),
        ((), [False, False, False]),
        (("deu_Latn",), [False, True, True]),
        (("deu_Latn", "code_C"), [False, True, False]),
        (("xxx_Latn",), [True, True, True]),
    ],
)
def test_keep_fires_on_labels_outside_the_tuple_and_never_where_it_is_empty(
    kept: tuple[str, ...] | None, fires: list[bool]
) -> None:
    labels = pa.record_batch({"label": ["deu_Latn", "deu_Latf", "code_C"]})
    assert violations(OTHER, Judge(keep_labels=kept), labels).tolist() == fires


@given(st.lists(st.floats(-1e9, 1e9)), st.floats(-1e9, 1e9))
def test_bounds_any_values_fire_on_complementary_sides(drawn: list[float], threshold: float) -> None:
    signals = values(list(drawn))
    assert violations(LOW, Judge(min_value=threshold), signals).tolist() == [v < threshold for v in drawn]
    assert violations(HIGH, Judge(max_value=threshold), signals).tolist() == [v > threshold for v in drawn]


@pytest.mark.parametrize("judge", [Judge(), Judge(min_value=1)])
def test_null_signal_is_refused_even_where_the_rule_is_off(judge: Judge) -> None:
    with pytest.raises(ValueError, match="^signal 'value' is null in 2 rows: measure again$"):
        violations(LOW, judge, values([1, None, 3, None]))


def test_null_label_is_refused() -> None:
    labels = pa.record_batch({"label": pa.array(["deu_Latn", None])})
    with pytest.raises(ValueError, match="^signal 'label' is null in 1 rows: measure again$"):
        violations(OTHER, Judge(keep_labels=("deu_Latn",)), labels)


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(("rule", "judge"), [(LOW, Judge(min_value=0)), (HIGH, Judge(max_value=0))])
def test_signal_that_is_not_finite_is_refused(broken: float, rule: Rule, judge: Judge) -> None:
    with pytest.raises(ValueError, match="^signal 'value' is not finite: measure again$"):
        violations(rule, judge, values([0.0, broken]))


def test_signal_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="label"):
        violations(OTHER, Judge(keep_labels=("deu_Latn",)), values([1]))


def test_no_rows_no_violations() -> None:
    assert violations(LOW, Judge(min_value=1), values([])).tolist() == []
    assert violations(OTHER, Judge(keep_labels=("a",)), pa.record_batch({"label": pa.array([], pa.string())})).size == 0


def test_slice_of_signals_is_judged_by_its_own_rows() -> None:
    assert violations(LOW, Judge(min_value=2), values([1, 2, 1, None]).slice(1, 2)).tolist() == [False, True]
