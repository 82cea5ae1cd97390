"""Pairs of contents proposed and compared, and written by part."""

from pyspark import StorageLevel
from pyspark.sql import functions as f

from corpus.duplicates.members import ReadSigned
from corpus.duplicates.shingles import MakeShingles
from corpus.stages.pairs import Banding
from jobs.engine.job import Job
from jobs.engine.placed import PartFunction
from jobs.engine.spark import jobs
from jobs.frames import candidates


def write(
    job: Job[Banding], parts: int, read: ReadSigned, make: MakeShingles, known: int, writer: PartFunction
) -> tuple[int, int]:
    """Pairs, and pairs given up. Keys from `known` on are of earlier releases."""
    rows = (job.documents().rows + job.params.earlier.rows) * job.params.bands
    job.spark(rows)
    found = candidates.proposed(job.session, read, job.params.leaders, known, rows)
    found.persist(StorageLevel.MEMORY_AND_DISK)
    shingles = candidates.shingles_of(found, make).persist(StorageLevel.DISK_ONLY)
    compared = candidates.verified(found.where("a_key >= 0"), shingles)
    placed = compared.withColumn("part", f.expr(f"pmod(a_high, {parts})"))
    job.write_parts(parts, placed, ["a", "b"], writer)
    skipped = jobs.execute(lambda: found.where("a_key < 0").agg(f.sum("not_compared")).collect()[0][0])
    total = jobs.execute(lambda: found.where("a_key >= 0").count())
    shingles.unpersist()
    found.unpersist()
    return int(str(total)), int(str(skipped or 0))
