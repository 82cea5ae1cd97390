"""Fingerprints of source code to pairs of contents with the containment of each in the other.

Reads: fingerprints and content keys of all documents; the text of those in a pair, in place. Writes: `containments`.
Cost: the fingerprints meet (8 bytes each and the keys of their document); a fingerprint's documents meet its
largest `leaders`, so one of m documents costs at most leaders x m meetings. The pairs' shingle hashes are compared.

Fingerprints ignore names, numbers and strings, so tables and generated code can share their form and nothing else: of
47 documents contained by fingerprints alone 9 were such (docs/decisions/0014). So a pair is compared by the words of
its texts too, without those of comments, and dedup goes by both. Documents of one key are one code whatever they share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates import code_pairs, near
from corpus.duplicates.contents import split
from corpus.duplicates.earlier import Earlier
from corpus.duplicates.recipe_tables import Code
from corpus.duplicates.shingles import MakeShingles
from corpus.stages.code import CONTAINMENTS, FINGERPRINTS
from corpus.stages.pairs import PART_DOCUMENTS
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import Column, array, typed
from jobs.engine import in_process
from jobs.engine.job import Job

_SOME_PER_DOCUMENT = 64  # fingerprints expected of a document, for the width of shuffles: 7 kB of code, measured at 74
_TIMES = 4  # the memory of their bytes that fingerprints take where they meet in this process
_WORDS = {"a_shingles": "a_words", "b_shingles": "b_words", "shared": "shared_words"}
_NGRAM = 5  # words of a shingle of text: what minhash measures by default


def build(job: Job[Code]) -> str:
    """Group by fingerprint, leave boilerplate out, count what pairs share."""
    documents = job.documents()
    emit = EmitFingerprints(
        documents=documents,
        fingerprints=job.table(FINGERPRINTS),
        contents=job.table(signals("content")),
    )
    schema = (
        "high long, low long, key long, words long, language string, fingerprints array<long>, "
        "code_high long, code_low long"
    )
    parts = -(-max(documents.rows, 1) // PART_DOCUMENTS)
    make = MakeShingles(documents=documents, earlier=Earlier(), ngram=_NGRAM, code=True)
    writer = WriteContainments(folder=job.folder)
    with job.emit(documents.parts, emit.__call__, schema, rows=documents.rows * _SOME_PER_DOCUMENT) as keys:
        if keys.fit(_TIMES):
            counts = _here(job, keys.table(), parts, make, writer)
        else:
            from jobs.frames import containments  # noqa: PLC0415  (only where Spark starts)

            counts = containments.write(job, job.frame(keys), parts, make, writer)
    job.finish(counts, parts=parts)
    of = f"of {counts['contents']:,} contents of code"
    return (
        f"{counts['candidates']:,} pairs {of} compared exactly, {counts['same']:,} of them the same but for comments; "
        f"{counts['boilerplate']:,} fingerprints are boilerplate"
    )


def _here(
    job: Job[Code], copies: pa.Table, parts: int, make: MakeShingles, writer: "WriteContainments"
) -> dict[str, int]:
    """Write the parts of `containments`; what was counted."""
    met = code_pairs.propose(copies, job.params)
    order = np.argsort(copies.column("key").to_numpy())
    keys, words = (copies.column(name).to_numpy()[order] for name in ("key", "words"))
    with in_process.threads(job.session, "verify", 1) as each:
        own = near.Verify(shingles=met.sets, words=met.sets.sizes, keys=met.sets.key)
        alike = pa.concat_tables([near.COMPARED.empty_table(), *own(met.pairs, each)])
        texts = near.Verify(shingles=make, words=words, keys=keys)
        worded = pa.concat_tables([near.COMPARED.empty_table(), *texts(met.pairs, each)])
    rows = alike.select(["a", "b", "a_shingles", "b_shingles", "shared"])  # the same pairs in the same order
    for name, new in _WORDS.items():
        rows = rows.append_column(new, worded.column(name))
    rows = rows.append_column("same", alike.column("crowded"))
    rows = rows.append_column("part", array(alike.column("a_high").to_numpy() % parts))
    job.write_rows(parts, rows.sort_by([("a", "ascending"), ("b", "ascending")]), writer)
    counts = {"contents": met.contents, "boilerplate": met.boilerplate, "not_compared": met.not_compared}
    return {"candidates": len(met.pairs), "same": int(met.pairs[:, 6].sum()), **counts}


@dataclass(frozen=True, kw_only=True)
class EmitFingerprints:
    """Documents of one part that have words and fingerprints, with both, their content key and declared language."""

    documents: Table
    fingerprints: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        contents = self.contents.read(part, ["key", "words"])
        languages = self.documents.read(part, ["language"]).column("language")
        first = 0
        for batch in self.fingerprints.batches(part, ["fingerprints", "key"]):
            lists = typed(batch.column("fingerprints"), pa.ListArray)
            here = contents.slice(first, batch.num_rows)
            words = here.column("words").combine_chunks().cast(pa.int64())
            rows = np.flatnonzero((lists.value_lengths().to_numpy() > 0) & (words.to_numpy() > 0))
            taken = array(rows)
            high, low = split(here.column("key").take(taken).combine_chunks())
            keys = (np.int64(part) << np.int64(32)) | (rows + first).astype(np.int64)
            spoken = languages.take(array(rows + first)).combine_chunks().fill_null("")
            code = split(batch.column("key").take(taken))
            halves = [pa.array(half) for half in (high, low)]
            yield pa.RecordBatch.from_arrays(
                [*halves, pa.array(keys), words.take(taken), spoken, lists.take(taken), *map(pa.array, code)],
                names=["high", "low", "key", "words", "language", "fingerprints", "code_high", "code_low"],
            )
            first += batch.num_rows


@dataclass(frozen=True, kw_only=True)
class WriteContainments:
    """One part of the containments table."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        names = ("a_shingles", "b_shingles", "shared", "a_words", "b_words", "shared_words")
        a, b, shared, a_words, b_words, words = (rows.column(n).to_numpy().astype(np.int64) for n in names)
        same = rows.column("same").to_numpy() > 0
        columns: list[Column] = [
            rows.column("a").cast(pa.binary(16)),
            rows.column("b").cast(pa.binary(16)),
            rows.column("a_shingles"),
            rows.column("b_shingles"),
            rows.column("shared"),
            *(pa.array(np.where(same, 1.0, shared / np.maximum(of, 1))) for of in (a, b, a + b - shared)),
            *(pa.array(np.where(same, 1.0, words / np.maximum(of, 1))) for of in (a_words, b_words)),
            pa.array(same),
        ]
        table = pa.Table.from_arrays(columns, schema=CONTAINMENTS)
        entry = write_whole(self.folder, "containments", f"part-{part:05d}", table)
        return Receipt(task=part, files={"containments": [entry]}, counts={"containments": entry.rows})
