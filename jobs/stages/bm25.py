"""The corpus to an index of the words of its passages.

Reads: the texts that `release` let go, once, in place. Writes: `blocks`. Cost: 12 times the bytes of a
block in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.bm25 import blocks
from corpus.stages.bm25 import Ranking
from corpus.stages.release import RELEASE
from corpus.store.manifest import Receipt
from corpus.store.table import Table
from filters.arrow import string_array
from jobs.engine.job import Job
from jobs.outputs import indexing


def build(job: Job[Ranking]) -> str:
    """Write the index."""
    corpus = job.table(RELEASE.corpus)
    task = IndexPart(folder=job.folder, corpus=corpus, block_bytes=job.params.block_bytes)
    job.run(corpus.parts, task, reads=corpus.files)
    counts = job.finish(parts=corpus.parts).counts
    return f"{counts['passages']:,} passages of {counts['documents']:,} documents in {counts['blocks']:,} blocks"


@dataclass(frozen=True, kw_only=True)
class IndexPart:
    """The task: the corpus of one part."""

    folder: str
    corpus: Table
    block_bytes: int

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        texts = (string_array(batch.column("text")) for batch in self.corpus.batches(part, ["text"]))
        made = blocks.cut(texts, self.block_bytes)
        return indexing.written(self.folder, part, blocks.TABLE, blocks.write, made, ("documents", "bytes", "passages"))
