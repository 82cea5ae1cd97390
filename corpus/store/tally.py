"""Tallies: what a stage counted of each source, each language and the like, as rows with named fields.

Receipts and manifests hold the rows as JSON objects. What a row is of, and what it counts, is told apart by type alone:
texts are its key, whole numbers are added up. So rows of any kind are merged without knowing the kind, and no name that
a recipe gives is ever joined with another, or taken apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

Cells = Mapping[str, str | int]  # a row as JSON has it


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a tally. A kind of row is declared once: texts (its key), then whole numbers whose default is 0."""

    NAME: ClassVar[str]  # of the tally in receipts and manifests


R = TypeVar("R", bound=Row)
K = TypeVar("K", bound=Any)  # a text, or several as a tuple


def cells(rows: Iterable[Row]) -> dict[str, list[Cells]]:
    """Rows of any kinds as a receipt holds them: by name of the tally, added up."""
    found: dict[str, list[Cells]] = {}
    for row in rows:
        found.setdefault(row.NAME, []).append(vars(row))
    return {name: merged(own) for name, own in sorted(found.items())}


class Total:
    """Rows of one kind added up as they come."""

    def __init__(self) -> None:
        self._sums: dict[tuple[tuple[str, str], ...], dict[str, int]] = {}

    def add(self, rows: Iterable[Cells]) -> None:
        for row in rows:
            key = tuple(sorted((name, value) for name, value in row.items() if isinstance(value, str)))
            sums = self._sums.setdefault(key, {})
            for name, value in row.items():
                if isinstance(value, int):
                    sums[name] = sums.get(name, 0) + value

    def rows(self) -> list[Cells]:
        """In order of keys; whatever the order in which they came."""
        return [{**dict(key), **sums} for key, sums in sorted(self._sums.items(), key=lambda item: item[0])]


def merged(rows: Iterable[Cells]) -> list[Cells]:
    """Rows of one kind with equal keys added up, in order of keys."""
    total = Total()
    total.add(rows)
    return total.rows()


def read(kind: type[R], rows: Iterable[Cells]) -> tuple[R, ...]:
    """Rows of a kind out of JSON. Raises TypeError for rows with other fields."""
    made: Callable[..., R] = kind
    return tuple(made(**row) for row in rows)


def added(kind: type[R], rows: Iterable[R]) -> tuple[R, ...]:
    """Rows with equal keys added up, in order of keys."""
    return read(kind, merged(vars(row) for row in rows))


def total(rows: Iterable[R], key: Callable[[R], K], value: Callable[[R], int]) -> dict[K, int]:
    """Sums of a number by one field of the rows or several, in order of these."""
    found: dict[K, int] = {}
    for row in rows:
        found[key(row)] = found.get(key(row), 0) + value(row)
    return dict(sorted(found.items(), key=lambda item: item[0]))
