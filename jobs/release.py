"""Kept documents to the corpus: passages, words and lines cut out, then personal data replaced by spans in a ledger.

Reads: `documents`, `verdicts`, `clusters`; `cuts` and `passages` where the recipe has them. Writes: `corpus` (final
text) and `redactions` (never a value). Cost: one reading of the kept text.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus import cuts, ledger
from corpus.cleaning import Cleaning, clean
from corpus.manifest import Receipt
from corpus.plan import Stage
from corpus.policy import Policy
from corpus.redaction import Redacted, redact
from corpus.schema import CORPUS, REDACTIONS
from corpus.table import Table, write_part
from jobs import tasks
from jobs.run import Run


def build(run: Run, stage: Stage) -> str:
    """Write the corpus."""
    documents = run.documents()
    passages = "passages" in run.plan.stages
    task = ReleasePart(
        folder=stage.folder,
        documents=documents,
        verdicts=run.table("decide", "verdicts"),
        clusters=run.table("dedup", "clusters"),
        cuts=(run.table("passages", "cuts"),) if passages else (),
        passages=run.table("passages", "passages") if passages else None,
        policy=run.plan.recipe.pii,
        cleaning=run.plan.recipe.clean,
    )
    tasks.run(run.session, "release", [stage.folder], documents.parts, task)
    kept = run.manifest("passages" if passages else "dedup").counts["kept"]
    run.finish(stage, documents.parts, lambda written: ledger.release(written, stage.folder, kept))
    counts = run.manifest("release").counts
    cleaned = f"{counts['cleaned']:,} of them cleaned; " if run.plan.recipe.clean else ""
    dropped = f", {counts['pii_dropped']:,} documents dropped for it" if counts["pii_dropped"] else ""
    return (
        f"{counts['documents']:,} documents, {counts['bytes']:,} bytes; {cleaned}"
        f"{counts['spans']:,} spans of personal data{dropped}"
    )


@dataclass(frozen=True, kw_only=True)
class ReleasePart:
    """The task: the kept documents of one part."""

    folder: str
    documents: Table
    verdicts: Table
    clusters: Table
    cuts: tuple[Table, ...]
    passages: Table | None
    policy: Policy
    cleaning: tuple[Cleaning, ...]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        clusters = self.clusters.read(part, ["outcome", "restricted"])
        kept = np.asarray(pc.equal(clusters.column("outcome"), "kept"), bool)
        if self.passages:
            kept &= ~np.asarray(self.passages.read(part, ["dropped"]).column("dropped"), bool)
        gone = [table.read(part, ["row", "start", "end"]) for table in self.cuts]
        languages = self.verdicts.read(part, ["language"]).column("language")
        counts: Counter[str] = Counter(documents=0, bytes=0, cleaned=0, spans=0, pii_dropped=0)
        label = f"part-{part:05d}"
        with (
            write_part(self.folder, "corpus", label, CORPUS) as (corpus, corpus_written),
            write_part(self.folder, "redactions", label, REDACTIONS) as (spans, spans_written),
        ):
            first = 0
            for batch in self.documents.batches(part, ["id", "source", "url", "licence", "text"]):
                here = np.flatnonzero(kept[first : first + batch.num_rows])
                if len(here):
                    rows = pa.array(here + first)
                    taken = batch.take(pa.array(here))
                    texts, cut = cuts.apply(taken.column("text"), here + first, gone)
                    released, redacted = self._release(
                        taken, texts, cut, rows, languages, clusters.column("restricted")
                    )
                    stays = pa.array(~redacted.dropped)
                    corpus.write(released.filter(stays))
                    spans.write(_ledger_rows(released, redacted))
                    counts.update(_counts(released.filter(stays)))
                    counts.update(_dropped(redacted))
                first += batch.num_rows
        files = {"corpus": [corpus_written.result()], "redactions": [spans_written.result()]}
        return {self.folder: Receipt(task=part, files=files, counts=dict(sorted(counts.items())))}

    def _release(
        self,
        documents: pa.RecordBatch,
        texts: pa.StringArray,
        cut: np.ndarray,
        rows: pa.Array,
        languages: pa.ChunkedArray,
        restricted: pa.ChunkedArray,
    ) -> tuple[pa.RecordBatch, Redacted]:
        labels = languages.take(rows).combine_chunks()
        names, sources = labels.to_pylist(), documents.column("source").to_pylist()
        text, changed = clean(texts, names, sources, self.cleaning)
        redacted = redact(text, names, self.policy, documents.column("url").to_pylist())
        columns = {name: documents.column(name) for name in ("id", "source", "url", "licence")}
        columns |= {
            "row": rows.cast(pa.int32()),
            "language": labels,
            "text": redacted.texts,
            "restricted": restricted.take(rows).combine_chunks(),
            "cleaned": pa.array(changed | cut),
            "redactions": pa.array(redacted.counts, pa.int32()),
            "redacted": pa.array(redacted.replaced),
            "content": pa.array([_content(text.as_buffer()) for text in redacted.texts], pa.binary(16)),
        }
        return pa.RecordBatch.from_arrays([columns[field.name] for field in CORPUS], schema=CORPUS), redacted


def _ledger_rows(released: pa.RecordBatch, redacted: Redacted) -> pa.RecordBatch:
    spans = redacted.spans
    ids = released.column("id").take(pa.array(spans.row))
    columns = [
        ids,
        pa.array(spans.kind, pa.string()),
        pa.array(spans.start, pa.int32()),
        pa.array(spans.end, pa.int32()),
        pa.array(spans.detector, pa.string()),
        pa.array(spans.version, pa.int16()),
        pa.array(spans.confidence, pa.float32()),
        pa.array(spans.country, pa.string()),
        pa.array(spans.action, pa.string()),
        pa.array(spans.digest, pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=REDACTIONS)


def _content(text: pa.Buffer) -> bytes:
    return blake2b(text, digest_size=16).digest()


def _dropped(redacted: Redacted) -> Counter[str]:
    """Documents that the policy drops, and their spans, which no row of the corpus counts."""
    return Counter(pii_dropped=int(redacted.dropped.sum()), spans=int(redacted.counts[redacted.dropped].sum()))


def _counts(released: pa.RecordBatch) -> Counter[str]:
    """Documents and bytes in all and by language, from the rows as they are written."""
    sizes = np.diff(np.frombuffer(released.column("text").buffers()[1], np.int32)[: released.num_rows + 1])
    counts: Counter[str] = Counter(
        documents=released.num_rows,
        bytes=int(sizes.sum()),
        cleaned=int(np.sum(released.column("cleaned").to_numpy(zero_copy_only=False))),
        spans=int(np.sum(released.column("redactions").to_numpy())),
    )
    for language, size in zip(released.column("language").to_pylist(), sizes.tolist(), strict=True):
        counts[f"documents.{language}"] += 1
        counts[f"bytes.{language}"] += size
    return counts
