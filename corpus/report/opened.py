"""What a report reads: tables and counts of finished stages, and one part of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa

from corpus.recipe import Recipe
from corpus.table import Table

T = TypeVar("T")


class Rows(NamedTuple):
    """A table of a stage, by names."""

    stage: str
    table: str


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """The sum of a column over the rows whose key another row has too: it needs all parts at once."""

    rows: Rows
    key: str  # binary
    summed: str  # a number or a truth


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A stage that is finished, and the tables of it that are read."""

    folder: str
    fingerprint: str
    counts: Mapping[str, int]
    tables: Mapping[str, Table]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Stages by name, as far as sections say that they read them. Picklable: names of files, and counts."""

    recipe: Recipe
    stages: Mapping[str, Finished]
    repeated: Mapping[Repeated, int] = field(default_factory=dict)

    def stage(self, name: str) -> Finished:
        """Raises ValueError for a stage that no section says it reads."""
        if name not in self.stages:
            raise ValueError(f"stage {name} was not opened: name it in the `reads` of the section")
        return self.stages[name]

    def table(self, rows: Rows) -> Table:
        """Raises ValueError for a table that no section says it reads."""
        found = self.stage(rows.stage).tables.get(rows.table)
        if found is None:
            raise ValueError(f"table {rows.table} of {rows.stage} was not opened: name it in the section's `reads`")
        return found

    def counts(self, stage: str) -> Mapping[str, int]:
        """Of the stage's manifest."""
        return self.stage(stage).counts


@dataclass(kw_only=True)
class Part:
    """The parts of one number of all tables. What several sections ask for is read and computed once."""

    opened: Opened
    number: int
    _columns: dict[tuple[Rows, str], pa.ChunkedArray] = field(default_factory=dict)
    _computed: dict[Callable[["Part"], Any], Any] = field(default_factory=dict)

    @property
    def recipe(self) -> Recipe:
        return self.opened.recipe

    def has(self, rows: Rows) -> bool:
        """Whether the table has a part of this number."""
        return self.number < self.opened.table(rows).parts

    def read(self, rows: Rows, columns: Sequence[str]) -> pa.Table:
        """Narrow columns of a part that is there, whole."""
        lacking = [name for name in columns if (rows, name) not in self._columns]
        if lacking:
            found = self.opened.table(rows).read(self.number, lacking)
            self._columns |= {(rows, name): found.column(name) for name in lacking}
        return pa.table({name: self._columns[rows, name] for name in columns})

    def once(self, compute: Callable[["Part"], T]) -> T:
        """What a function says of this part."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        found: T = self._computed[compute]
        return found
