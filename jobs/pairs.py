"""Signatures to pairs of contents with their exact Jaccard similarity.

Reads: signatures and content keys of all documents; the text of candidates, in place. Writes: `pairs`.
In this process where members of buckets are few (`corpus.duplicates.near`), else through Spark (`jobs.candidates`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark import StorageLevel
from pyspark.sql import functions as f

from corpus import ledger
from corpus.duplicates import near
from corpus.duplicates.candidates import Pairing
from corpus.duplicates.members import ReadSigned
from corpus.duplicates.shingles import MakeShingles
from corpus.manifest import Manifest, Receipt
from corpus.plan import Stage
from corpus.schema import PAIRS
from corpus.table import write_whole
from jobs import candidates, here, tasks, wide
from jobs.run import Run

PART_DOCUMENTS = 1 << 20  # documents for which the pairs table gets another part


def build(run: Run, stage: Stage) -> str:
    """Propose by bands, verify by shingles."""
    dedup, documents, earlier = run.plan.recipe.dedup, run.documents(), run.plan.earlier
    signed = ReadSigned(
        signatures=run.table("signals.minhash", "signals"),
        contents=run.table("signals.content", "signals"),
        earlier=earlier,
        bands=dedup.bands,
        rows=dedup.rows,
    )
    make = MakeShingles(documents=documents, earlier=earlier, ngram=run.plan.recipe.ngram)
    parts = -(-max(documents.rows, 1) // PART_DOCUMENTS)
    total, not_compared = (_here if here.few(run) else _through_spark)(run, stage.folder, parts, signed, make)

    def check(written: Manifest) -> None:
        ledger.equal("pairs", "candidates and pairs compared", total, written.counts.get("pairs", 0))

    run.finish(stage, parts, check, {"not_compared": not_compared})
    return f"{total:,} candidate pairs compared exactly"


def _here(run: Run, folder: str, parts: int, read: ReadSigned, make: MakeShingles) -> tuple[int, int]:
    """Pairs, and pairs given up."""
    signed = here.over_parts(run, "pairs", read.parts, read)
    pairing = Pairing(leaders=run.plan.recipe.dedup.leaders, known=_known(run))
    found = near.propose(signed, pairing)
    words, keys = (np.concatenate([getattr(one, n) for one in signed] or [[]]) for n in ("words", "key"))
    del signed
    with here.threads(run, "verify", 1) as each:
        verify = near.Verify(shingles=make, words=words, keys=keys)
        compared = pa.concat_tables([near.COMPARED.empty_table(), *verify(found.pairs, each)])
    order = pc.sort_indices(compared, [("a", "ascending"), ("b", "ascending")])
    part = pa.array(compared.column("a_high").to_numpy() % parts)
    rows = compared.append_column("part", part).take(order)
    here.write_parts(run, "pairs", folder, parts, rows, WritePairs(folder=folder))
    return len(found.pairs), found.not_compared


def _through_spark(run: Run, folder: str, parts: int, read: ReadSigned, make: MakeShingles) -> tuple[int, int]:
    """The same."""
    rows = (run.documents().rows + run.plan.earlier.rows) * run.plan.recipe.dedup.bands
    found = candidates.proposed(run.session, read, run.plan.recipe.dedup.leaders, _known(run), rows)
    found.persist(StorageLevel.MEMORY_AND_DISK)
    shingles = candidates.shingles_of(found, make).persist(StorageLevel.DISK_ONLY)
    compared = candidates.verified(found.where("a_key >= 0"), shingles)
    placed = compared.withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    wide.write_parts(run.session, "pairs", folder, parts, placed, ["a", "b"], WritePairs(folder=folder))
    skipped = tasks.execute(lambda: found.where("a_key < 0").agg(f.sum("not_compared")).collect()[0][0])
    total = tasks.execute(lambda: found.where("a_key >= 0").count())
    shingles.unpersist()
    found.unpersist()
    return int(str(total)), int(str(skipped or 0))


def _known(run: Run) -> int:
    """Keys of earlier releases' documents go on where those of this one end."""
    return run.documents().parts << 32


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
            schema=PAIRS,
        )
        entry = write_whole(self.folder, "pairs", f"part-{part:05d}", table)
        return Receipt(task=part, files={"pairs": [entry]}, counts={"pairs": entry.rows})
