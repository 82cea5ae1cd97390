"""Signatures to pairs of contents with their exact Jaccard similarity.

Reads: signatures and content keys of all documents; the text of candidates, in place. Writes: `pairs`.
In this process where members of buckets are few (`corpus.duplicates.near`), else through Spark
(`jobs.frames.pairs`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates import near
from corpus.duplicates.candidates import Pairing
from corpus.duplicates.members import ReadSigned
from corpus.duplicates.shingles import MakeShingles
from corpus.stages.pairs import PAIRS_SCHEMA, PART_DOCUMENTS, Banding
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import write_whole
from jobs.engine import in_process
from jobs.engine.job import Job


def build(job: Job[Banding]) -> str:
    """Propose by bands, verify by shingles."""
    banding, documents = job.params, job.documents()
    signed = ReadSigned(
        signatures=job.table(signals("minhash")),
        contents=job.table(signals("content")),
        earlier=banding.earlier,
        bands=banding.bands,
        rows=banding.rows,
    )
    make = MakeShingles(documents=documents, earlier=banding.earlier, ngram=banding.ngram)
    parts = -(-max(documents.rows, 1) // PART_DOCUMENTS)
    few = in_process.few(documents.rows + banding.earlier.rows, banding.bands)
    total, not_compared = (_here if few else _through_spark)(job, parts, signed, make)
    job.finish({"candidates": total, "not_compared": not_compared}, parts=parts)
    return f"{total:,} candidate pairs compared exactly"


def _here(job: Job[Banding], parts: int, read: ReadSigned, make: MakeShingles) -> tuple[int, int]:
    """Pairs, and pairs given up."""
    label = job.stage.name
    signed = in_process.over_parts(job.session, label, read.parts, read)
    found = near.propose(signed, Pairing(leaders=job.params.leaders, known=_known(job)))
    words, keys = (np.concatenate([getattr(one, n) for one in signed] or [[]]) for n in ("words", "key"))
    del signed
    with in_process.threads(job.session, "verify", 1) as each:
        verify = near.Verify(shingles=make, words=words, keys=keys)
        compared = pa.concat_tables([near.COMPARED.empty_table(), *verify(found.pairs, each)])
    order = pc.sort_indices(compared, [("a", "ascending"), ("b", "ascending")])
    part = pa.array(compared.column("a_high").to_numpy() % parts)
    rows = compared.append_column("part", part).take(order)
    job.write_rows(parts, rows, WritePairs(folder=job.folder))
    return len(found.pairs), found.not_compared


def _through_spark(job: Job[Banding], parts: int, read: ReadSigned, make: MakeShingles) -> tuple[int, int]:
    """The same."""
    from jobs.frames import pairs  # noqa: PLC0415  (only where Spark starts)

    return pairs.write(job, parts, read, make, _known(job), WritePairs(folder=job.folder))


def _known(job: Job[Banding]) -> int:
    """Keys of earlier releases' documents go on where those of this one end."""
    return job.documents().parts << 32


@dataclass(frozen=True, kw_only=True)
class WritePairs:
    """One part of the pairs table."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        a, b, shared = (rows.column(n).to_numpy().astype(np.int64) for n in ("a_shingles", "b_shingles", "shared"))
        table = pa.Table.from_arrays(
            [
                rows.column("a").cast(pa.binary(16)),
                rows.column("b").cast(pa.binary(16)),
                rows.column("a_shingles"),
                rows.column("b_shingles"),
                rows.column("shared"),
                pa.array(shared / (a + b - shared)),
                rows.column("crowded").cast(pa.bool_()),
            ],
            schema=PAIRS_SCHEMA,
        )
        entry = write_whole(self.folder, "pairs", f"part-{part:05d}", table)
        return Receipt(task=part, files={"pairs": [entry]}, counts={"pairs": entry.rows})
