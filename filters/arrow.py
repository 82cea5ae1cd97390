"""PyArrow with the types that its columns have.

Its stubs (pyarrow-stubs 20) know a column of a batch as an array of anything, and compute functions for some of what
they take. What is asked here is what the code relies on: a column of another type, or with a null where there is none,
is an error of one line at once. Nothing here copies what PyArrow does not copy.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:  # PyArrow's own classes take no parameters
    Array = pa.Array[Any]
    ChunkedArray = pa.ChunkedArray[Any]
    Field = pa.Field[Any]
    ListArray = pa.ListArray[Any]
    LargeListArray = pa.LargeListArray[Any]
    Scalar = pa.Scalar[Any]
else:
    Array, ChunkedArray, Field, Scalar = pa.Array, pa.ChunkedArray, pa.Field, pa.Scalar
    ListArray, LargeListArray = pa.ListArray, pa.LargeListArray

Column = Array | ChunkedArray
A = TypeVar("A", bound=Array)
C = TypeVar("C", bound=Column)


def schema(fields: Iterable[Field]) -> pa.Schema:
    """`pa.schema` of fields, whatever they hold."""
    return pa.schema(fields)


def array(values: np.ndarray) -> Array:
    """NumPy's numbers as Arrow's, without a copy (bool: bits of them)."""
    found: Array = pa.array(values)
    return found


def buffer(values: np.ndarray) -> pa.Buffer:
    """The memory of a contiguous array, without a copy."""
    return pa.py_buffer(values)  # type: ignore[arg-type]  # NumPy's stubs say from Python 3.12 on that it has one


def view(memory: pa.Buffer | None, kind: np.dtype | type, count: int = -1, offset: int = 0) -> np.ndarray:
    """Numbers of a buffer, `count` of them (-1: all) from byte `offset` on, without a copy; none without a buffer."""
    if memory is None:
        return np.empty(0, kind)
    found: np.ndarray = np.frombuffer(memory, kind, count, offset)  # type: ignore[call-overload]  # the stubs hide it
    return found


def typed(column: Array, kind: type[A]) -> A:
    """The column, which is of this class. Raises TypeError if it is not."""
    if not isinstance(column, kind):
        raise TypeError(
            f"column is {column.type}, not what {kind.__name__} holds; check the schema it was written with"
        )
    return column


def any_list(column: Array) -> ListArray | LargeListArray:
    """The column, which is of lists of any length. Raises TypeError if it is not."""
    return column if isinstance(column, pa.LargeListArray) else typed(column, pa.ListArray)


def string_array(column: Array) -> pa.StringArray:
    """The column, which is of strings. Raises TypeError if it is not."""
    return typed(column, pa.StringArray)


def strings(column: Column) -> list[str]:
    """Strings of a column without nulls. Raises ValueError if it has any."""
    return _whole(column)


def binaries(column: Column) -> list[bytes]:
    """Bytes of a column without nulls. Raises ValueError if it has any."""
    return _whole(column)


def integers(column: Column) -> list[int]:
    """Whole numbers of a column without nulls. Raises ValueError if it has any."""
    return _whole(column)


def lists(offsets: np.ndarray, values: Array, kind: pa.DataType | None = None) -> ListArray:
    """Lists of values: list i is values[offsets[i]:offsets[i + 1]] (int32), without a copy."""
    made: Any = pa.ListArray.from_arrays
    found: ListArray = made(pa.array(offsets), values, type=kind)
    return found


def large_lists(offsets: np.ndarray, values: Array, kind: pa.DataType | None = None) -> LargeListArray:
    """The same with offsets of 64 bits."""
    made: Any = pa.LargeListArray.from_arrays
    found: LargeListArray = made(pa.array(offsets), values, type=kind)
    return found


def filled(column: C, value: Any) -> C:
    """The column with `value` for nulls."""
    found: C = pc.fill_null(column, value)
    return found


def with_others(texts: pa.StringArray, rows: Array, others: pa.StringArray) -> pa.StringArray:
    """The strings with others, in order, instead of those of some rows."""
    found: pa.StringArray = pc.replace_with_mask(texts, rows, others)
    return found


def either(rows: Array, one: C, other: C) -> C:
    """Of each row `one` where `rows` is true, `other` where it is false."""
    found: C = pc.if_else(rows, one, other)
    return found


def joined(parts: Sequence[Column | Scalar], between: Scalar) -> Any:
    """Strings or binary row by row, with something between: an Array, of chunked columns a ChunkedArray."""
    made: Any = pc.binary_join_element_wise
    return made(*parts, between)


def same(column: Column, value: Any) -> pa.BooleanArray:
    """Where the column is `value`; null where it is null."""
    return pc.equal(column, pa.scalar(value))


def equal(column: Column, value: Any) -> np.ndarray:
    """bool[rows]: where the column is `value`; a null is not."""
    return np.asarray(same(column, value), bool)


def at_most(column: Column, value: float) -> pa.BooleanArray:
    """Where the column is `value` or less; null where it is null."""
    return pc.less_equal(column, pa.scalar(value))


def at_least(column: Column, value: float) -> pa.BooleanArray:
    """Where the column is `value` or more; null where it is null."""
    return pc.greater_equal(column, pa.scalar(value))


def binary_length(column: Any) -> Array:
    """int32[rows], of large types int64: bytes of strings or binary (Column); null where they are null."""
    found: Array = pc.binary_length(column)
    return found


def _whole(column: Column) -> list[Any]:
    if column.null_count:
        raise ValueError(f"{column.null_count} of {len(column)} values of a column of {column.type} are null")
    return column.to_pylist()
