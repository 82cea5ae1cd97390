"""What every stage's driver needs: the plan, the lazy session, and the one way to finish a stage."""

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

import orjson

from corpus import ledger, manifest, storage, table
from corpus.errors import DataError
from corpus.manifest import Manifest
from corpus.plan import Plan, Stage
from corpus.table import Table
from jobs.session import Session

Say = Callable[[str], None]

_ALIGNED = ("signals", "verdicts", "clusters", "passages")  # part i, row j is part i, row j of documents


@dataclass
class Run:
    """One run of a plan."""

    plan: Plan
    session: Session
    say: Say
    _manifests: dict[str, Manifest] = field(default_factory=dict)

    def manifest(self, name: str) -> Manifest:
        """The manifest of a stage that is finished."""
        if name not in self._manifests:
            found = manifest.load(self.plan[name].folder)
            if found is None:
                raise DataError(f"stage {name} has no manifest in {self.plan[name].folder}: run the recipe again")
            self._manifests[name] = found
        return self._manifests[name]

    def table(self, stage: str, name: str) -> Table:
        """A table of a finished stage. Raises LedgerError if it speaks of documents and is not aligned with them."""
        found = table.of(self.plan[stage].folder, name, self.manifest(stage))
        if name in _ALIGNED:
            ledger.aligned(stage, name, [file.rows for file in found.files], self.document_rows())
        return found

    def documents(self) -> Table:
        return self.table("ingest", "documents")

    def document_rows(self) -> list[int]:
        """Rows of each part: what every table about documents is aligned with."""
        return [file.rows for file in self.documents().files]

    def finish(
        self,
        stage: Stage,
        tasks: int,
        check: Callable[[Manifest], None],
        more: Mapping[str, int] | None = None,
        order: Callable[[Manifest], Manifest] | None = None,
    ) -> None:
        """Collect the receipts, check the ledger, publish the manifest. Nothing is done before this."""
        receipts = manifest.load_receipts(stage.folder)
        missing = [n for n in range(tasks) if n not in receipts]
        if missing:
            raise DataError(
                f"stage {stage.name} lacks {len(missing)} of {tasks} parts, the first is {missing[0]}: run again"
            )
        written = manifest.from_receipts(stage.name, stage.identity, [receipts[n] for n in range(tasks)])
        if more:
            written = Manifest(**{**vars(written), "counts": {**written.counts, **more}})
        if order:
            written = order(written)
        check(written)
        storage.publish_bytes(stage.folder, manifest.MANIFEST, written.to_json())


def note_circumstances(stage: Stage, seconds: float, say: Say, summary: str) -> None:
    """What depends on time and place, kept apart in run.json; and one line for the person who waits."""
    circumstances = {
        "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 3),
        "host": platform.node(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("pyarrow", "numpy", "numba", "pyspark")},
    }
    storage.publish_bytes(stage.folder, manifest.RUN, orjson.dumps(circumstances, option=orjson.OPT_INDENT_2))
    say(f"{stage.name:<20} {seconds:6.1f} s   {summary}")
