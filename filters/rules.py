"""Thresholds as data: which measurement each threshold judges, and the judging itself.

A filter that decides declares `rules`. A rule ties a reason to a signal and to the field of the filter that holds its
threshold; the field's prefix says how they are compared:

    min_*    the signal must be at least the threshold
    max_*    the signal must be at most the threshold
    keep_*   the signal (a label) must be in the tuple; an empty tuple keeps every label

A threshold of None switches its rule off. A null or NaN signal is an error, never a silent "keep".
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`reason` fires where `signal` does not meet the threshold in the filter's field `threshold`."""

    reason: str
    signal: str
    threshold: str


class Judging(Protocol):
    """What `judge` needs of a filter."""

    rules: ClassVar[tuple[Rule, ...]]


def violations(rule: Rule, instance: Judging, signals: pa.RecordBatch) -> np.ndarray:
    """Rows (bool, one per document) in which the rule fires.

    Raises ValueError if a signal is null or not finite: a missing measurement must not decide anything.
    """
    threshold = getattr(instance, rule.threshold)
    column = signals.column(rule.signal)
    if column.null_count:
        raise ValueError(f"signal {rule.signal!r} is null in {column.null_count} rows: measure again")
    if threshold is None:
        return np.zeros(len(column), bool)
    if rule.threshold.startswith("keep_"):
        if not threshold:
            return np.zeros(len(column), bool)
        return np.asarray(pc.invert(pc.is_in(column, value_set=pa.array(threshold, pa.string()))))
    values = column.to_numpy(zero_copy_only=False).astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError(f"signal {rule.signal!r} is not finite: measure again")
    return np.asarray(values < threshold if rule.threshold.startswith("min_") else values > threshold)
