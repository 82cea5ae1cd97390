"""Signals to verdicts: every threshold against its measurement, no text.

Reads: the judged signals, id and source of documents. Writes: `verdicts`, aligned. Cost: seconds a million documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.judging import signals
from corpus.losses import alarm, filtered
from corpus.losses.filtered import Fired, Judged
from corpus.mixture import solve
from corpus.stages import withdrawn
from corpus.stages.decide import VERDICTS, Gate, Rules
from corpus.stages.stage import signals as of
from corpus.store import tally
from corpus.store.manifest import Manifest, Receipt
from corpus.store.table import BATCH_ROWS, Table, one_batch, write_part
from corpus.store.tally import Row
from filters.choice import Choice
from jobs.engine.job import Job


def build(job: Job[Rules]) -> str:
    """Judge every document."""
    choices = tuple(judging.choice for judging in job.params.judging)
    measured = {name: job.table(of(name)) for name in {"language", *(choice.name for choice in choices)}}
    documents = job.documents()
    task = DecidePart(
        folder=job.folder,
        documents=documents,
        measured=measured,
        choices=choices,
        known_from=job.params.known_from,
    )
    job.run(documents.parts, task, reads=documents.files)
    counts = job.finish(parts=documents.parts).counts
    return f"{counts['kept']:,} kept, {counts['dropped']:,} dropped"


def check(_: Job[Rules], written: Manifest, gate: Gate) -> None:
    """Stop before anything is built on a corpus that a whole source or language is gone from, or that has no document
    of a key of the mixture. Raises RecipeError."""
    found = filtered.of(written.tally(Judged), written.tally(Fired))
    if line := filtered.nothing_left(found):
        raise RecipeError(line)
    gone = alarm.vanished(found, gate.limits.allow_vanish, alarm.FEWEST)
    if gone:
        others = ", ".join(f"{one.kind} {one.name!r}" for one in gone[1:])
        raise RecipeError(filtered.refusal(gone[0]) + (f"; vanished too: {others}" if others else ""))
    kept = {(row.source, row.language) for row in written.tally(Judged) if row.outcome == "kept" and row.documents}
    if gate.mixture and (line := solve.unfitted(gate.mixture, kept)):
        raise RecipeError(line)


@dataclass(frozen=True, kw_only=True)
class DecidePart:
    """The task: verdicts of one part."""

    folder: str
    documents: Table
    measured: Mapping[str, Table]
    choices: tuple[Choice, ...]
    known_from: float

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        heads = self.documents.read(part, ["id", "source", "language", "file"])
        gone = withdrawn.among(heads.column("file"))
        measured = {name: table.read(part, _judged(name, self.choices)) for name, table in self.measured.items()}
        kept, fired = 0, 0
        declared = np.asarray(heads.column("language").is_valid())
        found: list[Row] = []
        with write_part(self.folder, "verdicts", f"part-{part:05d}", VERDICTS) as (writer, written):
            for first in range(0, heads.num_rows, BATCH_ROWS):
                columns = {name: one_batch(table.slice(first, BATCH_ROWS)) for name, table in measured.items()}
                verdicts = signals.judge(
                    self.choices, columns, one_batch(heads.slice(first, BATCH_ROWS)), self.known_from
                )
                verdicts = withdrawn.judged(verdicts, gone[first : first + BATCH_ROWS])
                writer.write(verdicts)
                found += filtered.counted(verdicts, declared[first : first + BATCH_ROWS])
                fired += len(pc.list_flatten(verdicts.column("reasons")))
                kept += int(pc.sum(verdicts.column("kept")).as_py() or 0)
        entry = written.result()
        counts = {"kept": kept, "dropped": entry.rows - kept, "fired": fired}
        return {self.folder: Receipt(task=part, files={"verdicts": [entry]}, counts=counts, tallies=tally.cells(found))}


def _judged(name: str, choices: tuple[Choice, ...]) -> list[str]:
    """Only the columns that rules judge."""
    wanted = {rule.signal for choice in choices if choice.name == name for rule in choice.base.rules}
    return sorted(wanted | ({"label", "score"} if name == "language" else set()))
