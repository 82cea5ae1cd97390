"""Signals to votes, votes to what they agree on.

Reads: the signals that rules and labelling functions go by; source, language and address of documents. Writes:
`signals` (probability and whether it is known, aligned), `voters`, `patterns`, `alike`. Cost: two readings of narrow
columns; patterns of votes and their counts meet in one process, in Spark where they outgrow it. No text is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.judging.agreement import latent, learned, votes
from corpus.judging.agreement.latent import Model
from corpus.stages import withdrawn
from corpus.stages.agreed import FIT, MOST_RARE, Agreeing
from corpus.stages.stage import SIGNALS, signals
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import BATCH_ROWS, Table, one_batch, write_part, write_whole
from filters.agreed import Filter
from filters.arrow import array, integers, strings
from jobs.engine import sums
from jobs.engine.job import Job
from jobs.engine.keys import Keys


def build(job: Job[Agreeing]) -> str:
    """Count votes, fit the model, say what it says of every document."""
    documents, names = job.documents(), votes.voters(job.params)
    measured = {name: job.table(signals(name)) for name in votes.wanted(job.params)}
    cast = CastVotes(documents=documents, measured=measured, params=job.params)
    with job.emit(documents.parts, cast.__call__, "pattern string, documents long", reads=documents.files) as keys:
        found, patterns, counted = _most_frequent(job, keys)
    order = found.sort_by("pattern")  # what a sum is, is one whatever the order of keys
    texts, weights = strings(order.column("pattern")), order.column("documents").to_numpy()
    own = votes.matrix(texts, len(names))
    model = latent.fit(own, weights, job.params.good_share)
    tables = {
        "voters": learned.voters(names, model, own, weights),
        "patterns": learned.patterns(texts, model, own, weights),
        "alike": learned.alike(names, model, own, weights),
    }
    files = {name: [write_whole(job.folder, name, "part-00000", table)] for name, table in tables.items()}
    job.publish(Receipt(task=0, files=files), FIT)
    task = Agree(folder=job.folder, cast=cast, model=model, names=tuple(names))
    job.run(documents.parts, task, reads=documents.files)
    for line in _warnings(model, counted, int(weights.sum())):
        job.say(line)
    about = {
        **{name: table.num_rows for name, table in tables.items()},
        "counted": counted,
        "found_patterns": patterns,
        "fitted": int(weights.sum()),
        "rare": counted - int(weights.sum()),
        "rounds": model.rounds,
        "settled": int(model.settled),
        "identified": int(model.identified.sum()),
        # Millionths, since counts are whole: of the share of good documents, where it is known.
        "good_millionths": round(model.share * 1e6) if model.identified.any() else -1,
    }
    counts = job.finish(about, fit=1, parts=documents.parts).counts
    return (
        f"{counts['identified']} of {len(names)} voters are identified, {counts['known']:,} of "
        f"{documents.rows:,} documents have a probability"
    )


def _warnings(model: Model, counted: int, fitted: int) -> Iterator[str]:
    """What a run would pass over in silence."""
    if not model.identified.any():
        yield (
            "WARNING agreed: the votes do not tell how good the filters are, so no document has a probability and "
            "min_probability drops none; the report says why of each (Agreement of filters)"
        )
    if counted - fitted > MOST_RARE * counted:
        yield (
            f"WARNING agreed: the model is not fitted to the votes on {counted - fitted:,} of {counted:,} documents, "
            "whose combinations are rare, as those of bad documents are: raise fitted_patterns"
        )


def _most_frequent(job: Job[Agreeing], keys: Keys) -> tuple[pa.Table, int, int]:
    """Patterns that are fitted (pattern, documents), how many there are, and their documents."""
    most = job.params.fitted_patterns
    if not keys.few:
        from jobs.frames import patterns  # noqa: PLC0415  (only where Spark starts)

        return patterns.most_frequent(job, keys, most)
    whole = sums.here(keys.table(), ["pattern"], "documents").select(["pattern", "documents"])
    ordered = whole.sort_by([("documents", "descending"), ("pattern", "ascending")])
    return ordered.slice(0, most), whole.num_rows, sum(integers(whole.column("documents")))


@dataclass(frozen=True, kw_only=True)
class CastVotes:
    """Votes on the documents of a part; patterns and their documents as keys."""

    documents: Table
    measured: Mapping[str, Table]
    params: Agreeing

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        found, gone = self.votes(part)
        texts, _, counts = votes.patterns(found[~gone])
        yield pa.RecordBatch.from_pydict({"pattern": pa.array(texts, pa.string()), "documents": array(counts)})

    def votes(self, part: int) -> tuple[np.ndarray, np.ndarray]:
        """uint8[rows, voters], and which documents were withdrawn (bool[rows])."""
        heads = self.documents.read(part, list(votes.HEADS))
        wanted = votes.wanted(self.params)
        measured = {name: table.read(part, wanted[name]) for name, table in self.measured.items()}
        found = [np.empty((0, len(votes.voters(self.params))), np.uint8)]
        for first in range(0, heads.num_rows, BATCH_ROWS):
            batch = {name: one_batch(table.slice(first, BATCH_ROWS)) for name, table in measured.items()}
            found.append(votes.cast(self.params, batch, one_batch(heads.slice(first, BATCH_ROWS))))
        return np.concatenate(found), withdrawn.among(heads.column("file"))


@dataclass(frozen=True, kw_only=True)
class Agree:
    """The task: probabilities of one part."""

    folder: str
    cast: CastVotes
    model: Model
    names: tuple[str, ...]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        found, gone = self.cast.votes(part)
        texts, places, documents = votes.patterns(found[~gone])
        own = votes.matrix(texts, len(self.names))
        good, known = self.model.posterior(own)
        probability, told = np.ones(len(gone)), np.zeros(len(gone), bool)
        told[~gone] = known[places]
        probability[~gone] = np.where(known, good, 1.0)[places]
        with write_part(self.folder, SIGNALS, f"part-{part:05d}", Filter.signals) as (writer, written):
            for first in range(0, len(gone), BATCH_ROWS):
                some = slice(first, first + BATCH_ROWS)
                columns = [array(probability[some]), array(told[some])]
                writer.write(pa.RecordBatch.from_arrays(columns, schema=writer.schema))
        rows = votes.counted(self.names, own, documents)
        counts = {"known": int(told.sum()), "unknown": int((~told).sum())}
        counts |= {name: sum(vars(row)[name] for row in rows) for name in ("overlaps", "conflicts")}
        return {
            self.folder: Receipt(
                task=part, files={SIGNALS: [written.result()]}, counts=counts, tallies=tally.cells(rows)
            )
        }
