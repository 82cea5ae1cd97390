"""What the job of a stage is given: its parameters, the tables that the stage says it reads, and the ways to run tasks.

A job cannot see the recipe or the plan: what its bytes depend on is in its parameters, all of which are the stage's
identity.
"""

import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import pyarrow as pa

from corpus.stages import balance
from corpus.stages.balance import Ledger
from corpus.stages.built import Built
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.stage import Stage
from corpus.store import manifest, storage, tally
from corpus.store.manifest import PARTS, Json, Manifest, Receipt
from corpus.store.receipts import Begun
from corpus.store.table import Table
from corpus.store.tally import Cells, R, Row
from corpus.store.versions import Versions
from jobs.engine import collecting, keys, placed, tasks
from jobs.engine.collecting import Collected
from jobs.engine.keys import Emit, Keys
from jobs.engine.placed import PartFunction
from jobs.engine.session import Session
from jobs.engine.tasks import Input, Task

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

P = TypeVar("P")
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Job(Generic[P]):
    """A stage to be built, or one that is there and is looked at."""

    stage: Stage[P]
    params: P
    identity: Json
    folder: str
    declared: tuple[Ref, ...]  # all that it may read
    before: Mapping[str, Built]  # the stages of those
    aligned: Mapping[tuple[str, str], bool]  # which of those tables are aligned with documents, by stage and table
    versions: Versions
    session: Session
    say: Say
    begun: Mapping[str, Begun] = field(default_factory=dict)  # by step, what was complete before

    @property
    def fingerprint(self) -> str:
        return manifest.fingerprint(self.identity)

    # What it reads.

    def table(self, ref: Ref) -> Table:
        """A table that the stage reads. Raises LedgerError if it is to be aligned with documents and is not."""
        found = self.optional(ref)
        if found is None:
            raise ValueError(f"stage {self.stage.name} reads {ref.stage}, which the recipe does not ask for")
        return found

    def optional(self, ref: Ref) -> Table | None:
        """The same; None for a table of a stage that the recipe does not ask for."""
        self._declared(ref.stage, ref.table)
        built = self.before.get(ref.stage)
        if built is None:
            return None
        found = built.table(ref.table)
        if self.aligned.get((ref.stage, ref.table)):
            balance.aligned(ref.stage, ref.table, found.rows_by_part(), self.document_rows())
        return found

    def has(self, stage: Stage[Any]) -> bool:
        """Whether a stage that it may read was asked for."""
        self._declared(stage.name, None)
        return stage.name in self.before

    def built(self, stage: Stage[Any]) -> Built:
        """A stage that it reads."""
        self._declared(stage.name, None)
        return self.before[stage.name]

    def counts(self, stage: Stage[Any]) -> Mapping[str, int]:
        """What a stage that it reads counted."""
        return self.built(stage).counts

    def tally(self, stage: Stage[Any], kind: type[R]) -> tuple[R, ...]:
        """What a stage that it reads counted by something."""
        return self.built(stage).tally(kind)

    def documents(self) -> Table:
        return self.table(INGEST.documents)

    def document_rows(self) -> np.ndarray:
        """Rows (int64) of each part: what every table about documents is aligned with."""
        return self.before[INGEST.name].table("documents").rows_by_part()

    def _declared(self, stage: str, table: str | None) -> None:
        if not any(ref.stage == stage and (table is None or ref.table == table) for ref in self.declared):
            what = f"{stage}.{table}" if table else stage
            raise ValueError(f"stage {self.stage.name} does not say that it reads {what}")

    # What it runs.

    def run(self, count: int, task: Task, step: str = PARTS, *, reads: Sequence[Input] = ()) -> None:
        """Tasks 0..count-1 of a step, but those that are complete; `reads`: what each reads, the largest first."""
        tasks.run(
            self.session,
            self.stage.name,
            [self.folder],
            count,
            task,
            reads=reads,
            step=step,
            versions=self.versions,
            known={self.folder: self.begun[step]} if step in self.begun else {},
        )

    def emit(
        self, parts: int, function: Emit, schema: str, *, rows: int = 0, reads: Sequence[Input] = ()
    ) -> AbstractContextManager[Keys]:
        """Keys that a function yields for each part, for a block; `rows` of what they are made for."""
        return keys.emitted(
            self.session, self.stage.name, parts, function, schema, rows=rows, reads=reads, versions=self.versions
        )

    def write_rows(
        self, parts: int, rows: pa.Table, function: PartFunction, step: str = PARTS, *, reads: Sequence[Input] = ()
    ) -> None:
        """Call `function(part, rows of that part)` for every part; they are in order, and have a column `part`."""
        placed.write_parts(
            self.session,
            self.stage.name,
            self.folder,
            parts,
            rows,
            function,
            step=step,
            reads=reads,
            versions=self.versions,
        )

    # What it runs through Spark.

    def spark(self, rows: int) -> "SparkSession":
        """Spark, to shuffle so many rows of keys; says so where it starts for them alone."""
        if self.session.pooled and not self.session.started:
            self.say(f"{self.stage.name}: its keys outgrow one process, so Spark starts")
        return self.session.shuffle_for(rows)

    def frame(self, keys: Keys) -> "DataFrame":
        """Keys as a DataFrame."""
        self.spark(keys.rows)
        return keys.frame()

    def over_parts(self, parts: int, function: Emit, schema: str, rows: int) -> "DataFrame":
        """A DataFrame of what a function yields for each part; `rows` of keys that a shuffle is made for."""
        from jobs.engine.spark import jobs  # noqa: PLC0415  (only where Spark starts)

        return jobs.over_parts(self.spark(rows), parts, function, schema, self.versions)

    def write_parts(
        self, parts: int, rows: "DataFrame", order: Sequence[str], function: PartFunction, step: str = PARTS
    ) -> None:
        """Call `function(part, rows of that part in order)` for every part."""
        from jobs.engine.spark import shuffled  # noqa: PLC0415  (there already)

        shuffled.write_parts(
            self.session, self.stage.name, self.folder, parts, rows, order, function, step=step, versions=self.versions
        )

    def publish(self, receipt: Receipt, step: str = PARTS) -> None:
        """The receipt of a task that ran here."""
        manifest.publish_receipt(self.folder, receipt, step)

    def collected(self, **steps: int) -> Collected:
        """What the tasks of these steps (their number by step) wrote. Raises DataError if one is not complete."""
        closed = frozenset(name for name, table in self.stage.writes.items() if table.schema is not None)
        return collecting.collected(self.folder, self.stage.name, steps, closed, self.emit)

    # How it ends.

    def finish(self, counts: Mapping[str, int] | None = None, rows: Iterable[Row] = (), **steps: int) -> Manifest:
        """Add up the receipts of each step's tasks (their number by step), files opened and counted, check the sums,
        publish the manifest.

        `counts` and `rows` of tallies are added that no task could take. Nothing is done before this. Raises
        LedgerError, DataError.
        """
        found = self.collected(**{step: steps[step] for step in self.stage.steps})
        empty: dict[str, Sequence[Cells]] = {kind.NAME: [] for kind in self.stage.tallies}  # without documents no rows
        written = Manifest(
            stage=self.stage.name,
            fingerprint=self.fingerprint,
            identity=self.identity,
            tables=found.tables,
            counts={**found.counts, **(counts or {})},
            tallies={**empty, **found.tallies, **tally.cells(rows)},
            format=found.format,
        )
        self.check(written)
        storage.publish_bytes(self.folder, manifest.MANIFEST, written.to_json())
        return written

    def check(self, written: Manifest) -> None:
        """Aligned tables have the rows of documents, and the stage's sums are equal."""
        own = Built(name=self.stage.name, folder=self.folder, manifest=written)
        strange = {name.split("/")[0] for name in written.tables} - set(self.stage.writes)
        if strange:
            raise ValueError(f"stage {self.stage.name} wrote tables that it does not declare: {', '.join(strange)}")
        strange = set(written.tallies) - {kind.NAME for kind in self.stage.tallies}
        if strange:
            raise ValueError(f"stage {self.stage.name} wrote tallies that it does not declare: {', '.join(strange)}")
        for name, table in self.stage.writes.items():
            if table.aligned:
                balance.aligned(self.stage.name, name, own.table(name).rows_by_part(), self.document_rows())
        before = {name: built.manifest for name, built in self.before.items()}
        self.stage.balance(Ledger(stage=self.stage.name, own=written, before=before))


def circumstances(engine: str, cores: int) -> dict[str, object]:
    """What depends on time and place, kept apart in run.json."""
    return {
        "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "engine": engine,
        "cores": cores,
        "host": platform.node(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("pyarrow", "numpy", "numba", "pyspark")},
    }
