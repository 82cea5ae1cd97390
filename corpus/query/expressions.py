"""A condition on columns as a tree of typed nodes, computed over a table by Arrow's functions; nothing is ever run.

A value is unknown where a column has none. As in SQL a comparison with the unknown is unknown, `and`, `or` and `not`
are Kleene's, and a document of which the condition is unknown is not found.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.arrow import Scalar, equal, string_array, typed

Kind = Literal["number", "string", "truth", "date", "list"]
Value = Any  # an Arrow scalar, or a chunked array with a value for each row


class Node(Protocol):
    """A part of a condition."""

    @property
    def kind(self) -> Kind: ...

    def columns(self) -> frozenset[str]:
        """That it reads."""

    def of(self, rows: pa.Table) -> Value:
        """Its value for each row."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind

    def columns(self) -> frozenset[str]:
        return frozenset({self.name})

    def of(self, rows: pa.Table) -> Value:
        return rows.column(self.name)


@dataclass(frozen=True)
class Literal_:
    """A value that stands in the condition."""

    value: Scalar
    kind: Kind

    def columns(self) -> frozenset[str]:
        return frozenset()

    def of(self, _: pa.Table) -> Value:
        return self.value


_FUNCTIONS: Final = {
    "=": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "and": "and_kleene",
    "or": "or_kleene",
    "+": "add",
    "-": "subtract",
    "*": "multiply",
}


@dataclass(frozen=True)
class Binary:
    """Two values by an operator: comparison, arithmetic, `and`, `or`."""

    operator: str
    left: Node
    right: Node
    kind: Kind

    def columns(self) -> frozenset[str]:
        return self.left.columns() | self.right.columns()

    def of(self, rows: pa.Table) -> Value:
        left, right = self.left.of(rows), self.right.of(rows)
        if self.kind == "number":  # in doubles, so that no sum of int32 goes over
            left, right = pc.cast(left, pa.float64()), pc.cast(right, pa.float64())
        if self.operator == "/":
            zero = pc.equal(right, pa.scalar(0.0))
            return pc.if_else(zero, pa.scalar(None, pa.float64()), pc.divide(left, right))
        return pc.call_function(_FUNCTIONS[self.operator], [left, right])


@dataclass(frozen=True)
class Not:
    inner: Node
    kind: Kind = "truth"

    def columns(self) -> frozenset[str]:
        return self.inner.columns()

    def of(self, rows: pa.Table) -> Value:
        return pc.invert(self.inner.of(rows))


@dataclass(frozen=True)
class Negative:
    inner: Node
    kind: Kind = "number"

    def columns(self) -> frozenset[str]:
        return self.inner.columns()

    def of(self, rows: pa.Table) -> Value:
        return pc.negate(pc.cast(self.inner.of(rows), pa.float64()))


@dataclass(frozen=True)
class Unknown:
    """`is null`: the one comparison that is never unknown."""

    inner: Node
    kind: Kind = "truth"

    def columns(self) -> frozenset[str]:
        return self.inner.columns()

    def of(self, rows: pa.Table) -> Value:
        return pc.is_null(self.inner.of(rows))


@dataclass(frozen=True)
class Like:
    """`%` stands for any text, `_` for one character."""

    inner: Node
    pattern: str
    kind: Kind = "truth"

    def columns(self) -> frozenset[str]:
        return self.inner.columns()

    def of(self, rows: pa.Table) -> Value:
        return pc.match_like(self.inner.of(rows), self.pattern)


@dataclass(frozen=True)
class Among:
    """One of some values."""

    inner: Node
    values: tuple[Node, ...]
    kind: Kind = "truth"

    def columns(self) -> frozenset[str]:
        return self.inner.columns().union(*(value.columns() for value in self.values))

    def of(self, rows: pa.Table) -> Value:
        inner = self.inner.of(rows)
        found = pc.equal(inner, self.values[0].of(rows))
        for value in self.values[1:]:
            found = pc.or_kleene(found, pc.equal(inner, value.of(rows)))
        return found


@dataclass(frozen=True)
class Holds:
    """Whether a list of texts has this one."""

    text: str
    inner: Node
    kind: Kind = "truth"

    def columns(self) -> frozenset[str]:
        return self.inner.columns()

    def of(self, rows: pa.Table) -> Value:
        lists = typed(self.inner.of(rows).combine_chunks(), pa.ListArray)
        found = np.zeros(len(lists), bool)
        parents = np.asarray(pc.list_parent_indices(lists), np.int64)
        found[parents[equal(string_array(pc.list_flatten(lists)), self.text)]] = True
        return pa.chunked_array([pa.array(found)])


def holds(condition: Node, rows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """bool[rows] twice: where the condition holds, and where it is unknown."""
    value = condition.of(rows)
    if isinstance(value, pa.Scalar):  # of literals alone
        value = pa.array([value.as_py()] * rows.num_rows, pa.bool_())
    unknown = np.asarray(pc.is_null(value), bool)
    return np.asarray(pc.fill_null(value, False), bool), unknown
