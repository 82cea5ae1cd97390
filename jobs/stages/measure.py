"""Documents to signals: every filter that is not measured yet, fused in one pass over the text.

Reads: `documents`, and signals that other filters read. Writes: one table a filter, aligned with documents.
Cost: one reading of the text, whatever the number of filters.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa

from corpus.judging import signals as measuring
from corpus.stages.measure import JOB, Measuring, beside
from corpus.stages.stage import signals
from corpus.store.manifest import PARTS, Receipt
from corpus.store.table import PartWriter, Table, Written, one_batch, write_part
from corpus.store.versions import Versions
from filters import Filter
from filters.batch import Batch
from jobs.engine import tasks
from jobs.engine.job import Job


def build(jobs: Sequence[Job[Measuring]]) -> str:
    """Measure with these filters together."""
    filters = {job.params.name: job.params.filter() for job in jobs}
    documents = jobs[0].documents()
    known = {
        name: job.table(signals(name)) for job in jobs for name in filters[job.params.name].reads if name not in filters
    }
    known |= {name: job.table(ref) for job in jobs for name, ref in beside(type(filters[job.params.name])).items()}
    folders = {job.params.name: job.folder for job in jobs}
    task = MeasurePart(documents=documents, filters=filters, folders=folders, known=known)
    together = Versions(
        libraries={k: v for job in jobs for k, v in job.versions.libraries.items()}, format=jobs[0].versions.format
    )
    tasks.run(
        jobs[0].session,
        JOB,
        list(folders.values()),
        documents.parts,
        task,
        reads=documents.files,
        versions=together,
        known={job.folder: job.begun[PARTS] for job in jobs if PARTS in job.begun},
    )
    for job in jobs:
        job.finish(parts=documents.parts)
    return f"{documents.rows:,} documents by {', '.join(sorted(filters))}"


@dataclass(frozen=True, kw_only=True)
class MeasurePart:
    """The task: one part of documents through every missing filter."""

    documents: Table
    filters: Mapping[str, Filter]  # in order of execution
    folders: Mapping[str, str]
    known: Mapping[str, Table]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        known = {name: table.read(part) for name, table in self.known.items()}
        with ExitStack() as stack:
            outputs: dict[str, tuple[PartWriter, Written]] = {
                name: stack.enter_context(
                    write_part(self.folders[name], "signals", f"part-{part:05d}", instance.signals)
                )
                for name, instance in self.filters.items()
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
        measured: dict[str, pa.RecordBatch],
        outputs: Mapping[str, tuple[PartWriter, Written]],
    ) -> None:
        batch = Batch(documents=documents, signals=measured)
        for name, instance in self.filters.items():
            measured[name] = measuring.measure(name, instance, batch)
            outputs[name][0].write(measured[name])


def _slice(table: pa.Table, first: int, rows: int) -> pa.RecordBatch:
    return one_batch(table.slice(first, rows))
