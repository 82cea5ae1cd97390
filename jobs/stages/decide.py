"""Signals to verdicts: every threshold against its measurement, no text.

Reads: the judged signals, id and source of documents. Writes: `verdicts`, aligned. Cost: seconds a million documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from corpus.judging import signals
from corpus.stages.decide import VERDICTS, Rules
from corpus.stages.stage import signals as of
from corpus.store.manifest import Receipt
from corpus.store.table import BATCH_ROWS, Table, one_batch, write_part
from filters.choice import Choice
from jobs.engine.job import Job


def build(job: Job[Rules]) -> str:
    """Judge every document."""
    choices = tuple(judging.choice for judging in job.params.judging)
    measured = {name: job.table(of(name)) for name in {"language", *(choice.name for choice in choices)}}
    documents = job.documents()
    task = DecidePart(folder=job.folder, documents=documents, measured=measured, choices=choices)
    job.run(documents.parts, task, reads=documents.files)
    counts = job.finish(parts=documents.parts).counts
    return f"{counts['kept']:,} kept, {counts['dropped']:,} dropped"


@dataclass(frozen=True, kw_only=True)
class DecidePart:
    """The task: verdicts of one part."""

    folder: str
    documents: Table
    measured: Mapping[str, Table]
    choices: tuple[Choice, ...]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        heads = self.documents.read(part, ["id", "source"])
        measured = {name: table.read(part, _judged(name, self.choices)) for name, table in self.measured.items()}
        kept = 0
        with write_part(self.folder, "verdicts", f"part-{part:05d}", VERDICTS) as (writer, written):
            for first in range(0, heads.num_rows, BATCH_ROWS):
                columns = {name: one_batch(table.slice(first, BATCH_ROWS)) for name, table in measured.items()}
                verdicts = signals.judge(self.choices, columns, one_batch(heads.slice(first, BATCH_ROWS)))
                writer.write(verdicts)
                kept += int(pc.sum(verdicts.column("kept")).as_py() or 0)
        entry = written.result()
        counts = {"kept": kept, "dropped": entry.rows - kept}
        return {self.folder: Receipt(task=part, files={"verdicts": [entry]}, counts=counts)}


def _judged(name: str, choices: tuple[Choice, ...]) -> list[str]:
    """Only the columns that rules judge."""
    wanted = {rule.signal for choice in choices if choice.name == name for rule in choice.base.rules}
    return sorted(wanted | ({"label"} if name == "language" else set()))
