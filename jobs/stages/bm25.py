"""The corpus to an index of the words of its passages.

Reads: the texts that `release` let go, once, in place. Writes: `blocks`. Cost: 12 times the bytes of a
block in memory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.bm25 import blocks
from corpus.bm25.blocks import Block
from corpus.stages.bm25 import Ranking
from corpus.stages.release import RELEASE
from corpus.store.manifest import Receipt
from corpus.store.table import Table
from filters.arrow import string_array
from jobs.engine.job import Job


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
        counts: Counter[str] = Counter(documents=0, bytes=0, blocks=0, passages=0)
        texts = (string_array(batch.column("text")) for batch in self.corpus.batches(part, ["text"]))
        entry = blocks.write(self.folder, part, _counted(blocks.cut(texts, self.block_bytes), counts))
        return {self.folder: Receipt(task=part, files={blocks.TABLE: [entry]}, counts=dict(sorted(counts.items())))}


def _counted(cut: Iterable[Block], counts: Counter[str]) -> Iterator[Block]:
    for block in cut:
        counts.update(documents=block.documents, bytes=block.bytes, blocks=1, passages=block.passages)
        yield block
