"""Documents to signals: every filter that is not measured yet, fused in one pass over the text.

Reads: `documents`, and signals that other filters read. Writes: one table a filter, aligned with documents.
Cost: one reading of the text, whatever the number of filters.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa

from corpus import ledger
from corpus import signals as measuring
from corpus.manifest import Manifest, Receipt
from corpus.recipe import Choice
from corpus.table import PartWriter, Table, Written, one_batch, write_part
from filters.batch import Batch
from jobs import tasks
from jobs.run import Run


def build(run: Run, missing: list[Choice]) -> str:
    """Measure the missing filters together."""
    measuring.try_models(run.plan.recipe.choices)
    documents = run.documents()
    names = {choice.name for choice in missing}
    known = {
        name: run.table(f"signals.{name}", "signals")
        for choice in missing
        for name in choice.base.reads
        if name not in names
    }
    folders = {choice.name: run.plan.signals(choice.name).folder for choice in missing}
    task = MeasurePart(documents=documents, choices=tuple(missing), folders=folders, known=known)
    tasks.run(run.session, "measure", list(folders.values()), documents.parts, task)
    rows = run.document_rows()
    for choice in missing:
        stage = run.plan.signals(choice.name)

        def check(written: Manifest, folder: str = stage.folder) -> None:
            ledger.measure(written, folder, rows)

        run.finish(stage, documents.parts, check)
    return f"{documents.rows:,} documents by {', '.join(sorted(names))}"


@dataclass(frozen=True, kw_only=True)
class MeasurePart:
    """The task: one part of documents through every missing filter."""

    documents: Table
    choices: tuple[Choice, ...]
    folders: Mapping[str, str]
    known: Mapping[str, Table]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        known = {name: table.read(part) for name, table in self.known.items()}
        with ExitStack() as stack:
            outputs: dict[str, tuple[PartWriter, Written]] = {
                choice.name: stack.enter_context(
                    write_part(self.folders[choice.name], "signals", f"part-{part:05d}", choice.base.signals)
                )
                for choice in self.choices
            }
            first = 0
            for documents in self.documents.batches(part):
                self._measure(documents, {n: _slice(t, first, documents.num_rows) for n, t in known.items()}, outputs)
                first += documents.num_rows
        return {
            self.folders[name]: Receipt(task=part, files={"signals": [written.result()]})
            for name, (_, written) in outputs.items()
        }

    def _measure(
        self,
        documents: pa.RecordBatch,
        signals: dict[str, pa.RecordBatch],
        outputs: Mapping[str, tuple[PartWriter, Written]],
    ) -> None:
        batch = Batch(documents=documents, signals=signals)
        for choice in self.choices:
            signals[choice.name] = measuring.measure(choice.name, choice.base, batch)
            outputs[choice.name][0].write(signals[choice.name])


def _slice(table: pa.Table, first: int, rows: int) -> pa.RecordBatch:
    return one_batch(table.slice(first, rows))
