"""The corpus to an index: keys by which a later release is deduplicated against this one.

Reads: what `release` let go, its signals, its text once, in place. Writes: `index`. Cost: one reading of the kept text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates import addresses
from corpus.duplicates.earlier import INDEX, TABLE
from corpus.stages.index import Keys
from corpus.stages.release import RELEASE
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_part
from filters.arrow import array, integers, lists, typed
from filters.batch import Batch
from filters.kernels.minhash import shingle_sets
from jobs.alike.survivors import fits
from jobs.engine.job import Job

_NAMES = ["row", "id", "source", "restricted"]


def build(job: Job[Keys]) -> str:
    """Write the index."""
    documents = job.documents()
    task = IndexPart(
        folder=job.folder,
        documents=documents,
        corpus=job.table(RELEASE.corpus),
        signatures=job.table(signals("minhash")),
        contents=job.table(signals("content")),
        ngram=job.params.ngram,
        url_without_query=job.params.url_without_query,
    )
    job.run(documents.parts, task, reads=documents.files)
    counts = job.finish(parts=documents.parts).counts
    return f"{counts['documents']:,} documents by {counts['shingles']:,} shingles"


@dataclass(frozen=True, kw_only=True)
class IndexPart:
    """The task: the released documents of one part."""

    folder: str
    documents: Table
    corpus: Table
    signatures: Table
    contents: Table
    ngram: int
    url_without_query: tuple[str, ...]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        released = self.corpus.read(part, _NAMES).combine_chunks()
        rows = integers(released.column("row"))
        shingles = 0
        with write_part(self.folder, TABLE, f"part-{part:05d}", INDEX) as (writer, written):
            done = 0
            contents = self.contents.read(part)
            signatures = self.signatures.read(part, ["signature"])
            for texts in self.documents.take(part, rows, ["text", "url"]):
                taken = pa.array(rows[done : done + texts.num_rows])
                batch = self._batch(
                    texts, released.slice(done, texts.num_rows), contents.take(taken), signatures.take(taken)
                )
                shingles += len(typed(batch.column("shingles"), pa.ListArray).flatten())
                writer.write(batch)
                done += texts.num_rows
        counts = {"documents": len(rows), "shingles": shingles}
        return {self.folder: Receipt(task=part, files={TABLE: [written.result()]}, counts=counts)}

    def _batch(
        self, texts: pa.RecordBatch, released: pa.Table, contents: pa.Table, signatures: pa.Table
    ) -> pa.RecordBatch:
        index = Batch(documents=texts.select(["text"])).folded
        offsets, values = shingle_sets(index.word_hash, index.word_offsets, np.arange(texts.num_rows), self.ngram)
        whole = ~fits(released.column("source"), self.url_without_query)
        pairs = zip(texts.column("url").to_pylist(), whole.tolist(), strict=True)
        sets = lists(offsets.astype(np.int32), array(values.view(np.int64)))
        columns = {
            "id": released.column("id").combine_chunks(),
            "restricted": released.column("restricted").combine_chunks(),
            "key": contents.column("key").combine_chunks(),
            "words": contents.column("words").combine_chunks(),
            "url": pa.array([addresses.key(url, query=query) for url, query in pairs], pa.binary(16)),
            "signature": signatures.column("signature").combine_chunks(),
            "shingles": sets,
        }
        return pa.RecordBatch.from_arrays([columns[field.name] for field in INDEX], schema=INDEX)
