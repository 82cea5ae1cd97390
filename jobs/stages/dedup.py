"""Verdicts and pairs to clusters: of documents that are alike, one stays.

Reads: verdicts, content keys, `pairs`, `containments` if there are, what the order of election names. Writes:
`clusters`, aligned with documents. Cost: one shuffle of the survivors' keys, and the election (`jobs.frames.election`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.outcomes import Addresses, outcomes
from corpus.errors import RecipeError
from corpus.losses import alarm, deduplicated
from corpus.losses.alarm import Limits
from corpus.losses.deduplicated import Outcome
from corpus.stages.built import Built
from corpus.stages.code import CODE
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import CLUSTERS, OUTCOMES, Election
from corpus.stages.pairs import PAIRS
from corpus.store import tally
from corpus.store.manifest import Manifest, Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import strings
from jobs.alike import edges, survivors
from jobs.alike.edges import Edges
from jobs.engine import in_process
from jobs.engine.job import Job

_BANDS = 21  # what the keys of a document are taken for: the bands of the default threshold


def build(job: Job[Election]) -> str:
    """Elect, write clusters."""
    params, documents = job.params, job.documents()
    verdicts = job.table(DECIDE.verdicts)
    worker = WriteClusters(folder=job.folder, election=params, documents=documents, verdicts=verdicts)
    contained = job.optional(CODE.containments)
    between = edges.of(job.table(PAIRS.pairs), contained, params.table.threshold, params.code)
    few = in_process.few(documents.rows + params.earlier.rows, _BANDS) and between.most <= in_process.FEW_EDGES
    (_here if few else _through_spark)(job, between, worker)
    counts = job.finish(parts=documents.parts).counts
    same = f"{counts['url']:,} of a known address, " if params.table.url != "off" else ""
    inside = f"; {counts['contained']:,} contained in other code" if params.code else ""
    apart = f"; {counts['exempt']:,} of exempt sources took no part" if params.table.exempt else ""
    taken = f"{same}{counts['exact']:,} exact and {counts['near']:,} near duplicates{inside}"
    return f"{counts['kept']:,} kept; {taken}{apart}"


def _here(job: Job[Election], between: Edges, worker: "WriteClusters") -> None:
    session, label, params, documents = job.session, job.stage.name, job.params, job.documents()
    read = survivors.emitter(job)
    found = pa.Table.from_batches(in_process.over_parts(session, label, documents.parts + params.earlier.parts, read))
    alike = [one for parts, emit in between.emitters for one in in_process.over_parts(session, label, parts, emit)]
    table = params.table
    addresses = Addresses(latest=table.url == "latest", restricted_first=table.restricted == "stays")
    rows = outcomes(
        found,
        pa.Table.from_batches(alike, edges.SCHEMA),
        addresses if table.url != "off" else None,
        documents.parts << 32,
    )
    job.write_rows(documents.parts, rows, worker, reads=documents.files)


def _through_spark(job: Job[Election], between: Edges, worker: "WriteClusters") -> None:
    from jobs.frames import clusters  # noqa: PLC0415  (only where Spark starts)

    clusters.write(job, between, worker)


def check(job: Job[Election], written: Manifest, gate: Limits) -> None:
    """Stop before anything is built on a corpus that a whole source is gone from. Raises RecipeError."""
    for loss in alarm.vanished(deduplicated.of(written.tally(Outcome)), gate.allow_vanish, fewest=1):
        clusters = Built(name=job.stage.name, folder=job.folder, manifest=written).table("clusters")
        taken = deduplicated.keepers(clusters, job.table(DECIDE.verdicts), loss.name)
        raise RecipeError(deduplicated.refusal(loss.name, loss.documents, taken))


@dataclass(frozen=True, kw_only=True)
class WriteClusters:
    """One part of clusters: what decide kept stays as it is, but for the rows that arrive."""

    folder: str
    election: Election
    documents: Table
    verdicts: Table

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        verdicts = self.verdicts.read(part, ["id", "source", "language", "kept"])
        licences = self.documents.read(part, ["licence"]).column("licence")
        kept = np.asarray(verdicts.column("kept"), bool)
        columns: dict[str, np.ndarray] = {
            "outcome": np.where(kept, "kept", "filtered").astype(object),
            "kept_id": np.full(len(kept), None, object),
            "jaccard": np.full(len(kept), None, object),
            "size": kept.astype(np.int32),
            "cluster": np.full(len(kept), None, object),
            "restricted": survivors.restricted(self.election, verdicts.column("source"), licences),
        }
        places = rows.column("row").to_numpy()
        columns["restricted"][places] |= np.asarray(rows.column("restricted"), bool)
        for name in ("outcome", "kept_id", "jaccard", "size", "cluster"):
            columns[name][places] = rows.column(name).to_pylist()
        columns["restricted"] &= columns["outcome"] == "kept"
        arrays = [pa.array(columns[field.name], field.type) for field in CLUSTERS if field.name != "id"]
        table = pa.Table.from_arrays([verdicts.column("id"), *arrays], schema=CLUSTERS)
        entry = write_whole(self.folder, "clusters", f"part-{part:05d}", table)
        names, numbers = np.unique(columns["outcome"].astype(str), return_counts=True)
        counts = dict.fromkeys(OUTCOMES, 0)
        counts |= {str(n): int(c) for n, c in zip(names, numbers, strict=True)}
        counts["known"] = int(np.count_nonzero(np.asarray(rows.column("known"), bool)))
        counts |= {"size": int(columns["size"].sum()), "restricted": int(columns["restricted"].sum())}
        counts["exempt"] = int(np.count_nonzero(survivors.exempt(self.election, verdicts.column("source")) & kept))
        sources, languages = (strings(verdicts.column(name)) for name in ("source", "language"))
        found = deduplicated.counted(sources, languages, columns["outcome"].tolist())
        return Receipt(task=part, files={"clusters": [entry]}, counts=counts, tallies=tally.cells(found))
