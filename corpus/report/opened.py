"""What a report reads: tables and counts of finished stages, and one part of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow as pa

from corpus.report.copies import Copied
from corpus.stages.built import Built
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import Stage
from corpus.store.table import Table
from corpus.store.tally import R
from filters.arrow import ChunkedArray

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """The sum of a column over the rows whose key another row has too: it needs all parts at once."""

    rows: Ref
    key: str  # binary
    summed: str  # a number or a truth


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Tables and stages, as far as sections say that they read them. Picklable: names of files, and counts."""

    recipe: Audit
    tables: Mapping[Ref, Table]
    stages: Mapping[str, Built]
    repeated: Mapping[Repeated, int] = field(default_factory=dict)
    copied: Sequence[Copied] = ()

    def stage(self, stage: Stage[Any]) -> Built:
        """Raises ValueError for a stage that no section says it reads."""
        if stage.name not in self.stages:
            raise ValueError(f"stage {stage.name} was not opened: name it in the `reads` of the section")
        return self.stages[stage.name]

    def table(self, ref: Ref) -> Table:
        """Raises ValueError for a table that no section says it reads."""
        if ref not in self.tables:
            raise ValueError(f"table {ref.table} of {ref.stage} was not opened: name it in the section's `reads`")
        return self.tables[ref]

    def counts(self, stage: Stage[Any]) -> Mapping[str, int]:
        """Of the stage's manifest."""
        return self.stage(stage).counts

    def tally(self, stage: Stage[Any], kind: type[R]) -> tuple[R, ...]:
        """Of the stage's manifest."""
        return self.stage(stage).tally(kind)


@dataclass(kw_only=True)
class Part:
    """The parts of one number of all tables. What several sections ask for is read and computed once."""

    opened: Opened
    number: int
    _columns: dict[tuple[Ref, str], ChunkedArray] = field(default_factory=dict)
    _computed: dict[Callable[["Part"], Any], Any] = field(default_factory=dict)

    @property
    def recipe(self) -> Audit:
        return self.opened.recipe

    def has(self, rows: Ref) -> bool:
        """Whether the table has a part of this number."""
        return self.number < self.opened.table(rows).parts

    def read(self, rows: Ref, columns: Sequence[str]) -> pa.Table:
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
