"""Columns of Arrow as Python's values, whatever a file put into them: no value of a column can harm the others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.sources.dates import FIRST, LAST
from filters.arrow import Array

NO_VALUE = object()  # stands for a value that Python cannot hold: it is set, and says nothing
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def values(column: Array) -> list[object]:
    """None where it is null, `bytes` where a string is not UTF-8, NO_VALUE where there is a value that is none."""
    kind = column.type
    if isinstance(column, pa.ExtensionArray) and not isinstance(kind, pa.UuidType):
        return values(column.storage)
    if isinstance(column, pa.DictionaryArray):
        found = _of_dictionary(column)
    elif isinstance(column, pa.StructArray):
        found = _structs(column)
    elif isinstance(kind, pa.TimestampType):
        found = _times(column.cast(pa.int64()), _A_SECOND[kind.unit])
    elif pa.types.is_date(kind):
        found = _times(column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), None)
    else:
        found = _strings(column) if is_text(kind) else _others(column)
    return found


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds strings or bytes."""
    types = pa.types
    return (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_binary_view(kind)
        or types.is_fixed_size_binary(kind)
    )


def as_binary(column: Array) -> Array:
    """The bytes of strings, without a copy; other columns as they are."""
    same = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
    return column.view(same[column.type]) if column.type in same else column


def _strings(column: Array) -> list[object]:
    """Strings, and bytes that are UTF-8 as strings: Impala and old Hive write text as binary."""
    if column.type in (pa.string(), pa.large_string(), pa.string_view()):
        try:
            return list(column.to_pylist())
        except UnicodeDecodeError:
            pass
    return [_string(value) for value in as_binary(column).to_pylist()]


def _others(column: Array) -> list[object]:
    """Numbers, times and the like; what has parts is set and says nothing."""
    if pa.types.is_nested(column.type):
        return [NO_VALUE if set_ else None for set_ in column.is_valid().to_pylist()]
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_other(value) for value in column]


def _other(value: "pa.Scalar[Any]") -> object:
    try:
        found: object = value.as_py()
    except (OverflowError, ValueError):
        return NO_VALUE
    return found


def _string(value: bytes | None) -> object:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _of_dictionary(column: "pa.DictionaryArray[Any, Any]") -> list[object]:
    """Only the entries that are used are made, each once: a file of few bytes may point at one of them often."""
    indices = column.indices
    if len(column.dictionary) <= len(indices) and not indices.null_count:
        entries = values(column.dictionary)
        return [entries[index] for index in indices.to_numpy().tolist()]
    used = pc.unique(indices.drop_null())
    entries = values(column.dictionary.take(used))
    known = dict(zip(used.to_pylist(), entries, strict=True))
    return [None if index is None else known[index] for index in indices.to_pylist()]


def _times(column: Array, unit: int | None) -> list[object]:
    """Times of the years 1 to 9999, to the second; NO_VALUE for others. `unit`: of a second, None for days."""
    numbers = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    there = column.is_valid().to_numpy(zero_copy_only=False)
    if unit is None:
        good = np.abs(numbers) <= LAST // 86400
        seconds = np.where(good, numbers, 0) * 86400
    else:
        good = np.ones(len(numbers), bool)
        seconds = numbers // unit
    good &= (seconds >= FIRST) & (seconds <= LAST)
    return [
        (_EPOCH + timedelta(seconds=second) if fine else NO_VALUE) if set_ else None
        for second, fine, set_ in zip(seconds.tolist(), good.tolist(), there.tolist(), strict=True)
    ]


def _structs(column: pa.StructArray) -> list[object]:
    names = [column.type.field(i).name for i in range(column.type.num_fields)]
    inner = [values(column.field(i)) for i in range(column.type.num_fields)]
    rows: list[Mapping[str, object]] = [dict(zip(names, row, strict=True)) for row in zip(*inner, strict=True)]
    there = column.is_valid().to_pylist()
    return [row if set_ else None for row, set_ in zip(rows, there, strict=True)]
