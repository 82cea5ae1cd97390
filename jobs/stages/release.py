"""Kept documents to the corpus: cuts of earlier stages and of [[clean]], then personal data replaced by spans in a
ledger.

Reads: `documents`, `verdicts`, `clusters`, and where there are such stages `cuts`, `emptied` and `passages`. Writes:
`corpus` (final text) and `redactions` (never a value). Cost: one reading of the kept text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.release import CORPUS, REDACTIONS, Released, Texts
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_part
from corpus.texts import cuts as cutting
from corpus.texts import prompts
from corpus.texts.cleaning import Cleaning, small
from corpus.texts.kept import Kept
from corpus.texts.pii_policy import Policy
from corpus.texts.redaction import Redacted, redact, redact_urls
from filters.arrow import Array, ChunkedArray, array, string_array, strings
from filters.kernels.buffers import buffers
from jobs.engine.job import Job


def build(job: Job[Texts]) -> str:
    """Write the corpus."""
    documents = job.documents()
    cuts = tuple(
        table for ref in (CONTAMINATION.cuts, LINES.cuts, PASSAGES.cuts) if (table := job.optional(ref)) is not None
    )
    kept = Kept(
        clusters=job.table(DEDUP.clusters),
        emptied=job.optional(LINES.emptied),
        passages=job.optional(PASSAGES.passages),
        contaminated=job.optional(CONTAMINATION.contaminated),
    )
    task = ReleasePart(
        folder=job.folder,
        documents=documents,
        verdicts=job.table(DECIDE.verdicts),
        kept=kept,
        cuts=cuts,
        policy=job.params.pii,
        cleaning=job.params.clean,
    )
    job.run(documents.parts, task, reads=documents.files)
    counts = job.finish(parts=documents.parts).counts
    cleaned = f"{counts['cleaned']:,} of them cleaned; " if job.params.clean or cuts else ""
    dropped = f", {counts['pii_dropped']:,} documents dropped for it" if counts["pii_dropped"] else ""
    too_small = f"{counts['small_dropped']:,} dropped as too small after it; " if counts["small_dropped"] else ""
    urls = f", {counts['urls_redacted']:,} addresses of pages redacted" if counts["urls_redacted"] else ""
    return (
        f"{counts['documents']:,} documents, {counts['bytes']:,} bytes; {cleaned}{too_small}"
        f"{counts['spans']:,} spans of personal data{dropped}{urls}"
    )


@dataclass(frozen=True, kw_only=True)
class ReleasePart:
    """The task: the kept documents of one part."""

    folder: str
    documents: Table
    verdicts: Table
    kept: Kept
    cuts: tuple[Table, ...]
    policy: Policy
    cleaning: tuple[Cleaning, ...]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        kept = self.kept(part)
        restricted = self.kept.clusters.read(part, ["restricted"]).column("restricted")
        cuts = [table.read(part, ["row", "start", "end"]) for table in self.cuts]
        lost = sum(int((~kept[table.column("row").to_numpy()]).sum()) for table in cuts)
        languages = self.verdicts.read(part, ["language"]).column("language")
        names = ("documents", "bytes", "cleaned", "spans", "pii_dropped", "small_dropped", "urls_redacted")
        counts: Counter[str] = Counter(dict.fromkeys(names, 0))
        by_language: list[Released] = []
        label = f"part-{part:05d}"
        with (
            write_part(self.folder, "corpus", label, CORPUS) as (corpus, corpus_written),
            write_part(self.folder, "redactions", label, REDACTIONS) as (spans, spans_written),
        ):
            first = 0
            for batch in self.documents.batches(part, ["id", "source", "url", "licence", "text", "targets_at"]):
                here = np.flatnonzero(kept[first : first + batch.num_rows])
                if len(here):
                    rows: Array = array(here + first)
                    chosen = batch.take(array(here)) if len(here) < batch.num_rows else batch
                    texts, cut = cutting.apply(string_array(chosen.column("text")), here + first, cuts)
                    places = prompts.places(chosen.column("targets_at"))
                    if cuts:
                        counts.update(_applied(cuts, here + first, cut))
                        places = prompts.settle(texts, prompts.after_cuts(places, here + first, cuts, cut))
                    chosen = _with(chosen, text=texts, targets_at=prompts.column(places))
                    chosen, changed, stays = self._cleaned(chosen, languages.take(rows))
                    counts.update(small_dropped=int(np.count_nonzero(~stays)))
                    rows = array((here + first)[stays])
                    released, redacted = self._release(chosen, changed | cut[stays], rows, languages, restricted)
                    spans.write(_ledger_rows(released, redacted))
                    if redacted.dropped.any():  # a filter copies every text
                        stays = pa.array(~redacted.dropped)
                        chosen, released = chosen.filter(stays), released.filter(stays)
                    corpus.write(released)
                    counts.update(_counts(released))
                    counts.update(urls_redacted=_urls_redacted(chosen, released))
                    counts.update(_dropped(redacted))
                    by_language += _by_language(released)
                first += batch.num_rows
        if self.kept.contaminated:  # stages after that one cut documents that others drop
            counts["cuts_dropped"] = lost
        files = {"corpus": [corpus_written.result()], "redactions": [spans_written.result()]}
        receipt = Receipt(task=part, files=files, counts=dict(sorted(counts.items())), tallies=tally.cells(by_language))
        return {self.folder: receipt}

    def _cleaned(
        self, documents: pa.RecordBatch, languages: ChunkedArray
    ) -> tuple[pa.RecordBatch, np.ndarray, np.ndarray]:
        """Those that are large enough after [[clean]], which of them it changed (bool), and which of all they are."""
        names, sources = strings(languages), strings(documents.column("source"))
        places = prompts.places(documents.column("targets_at"))
        text, places, changed = prompts.clean(
            string_array(documents.column("text")), places, names, sources, self.cleaning
        )
        stays = ~small(text, names, sources, self.cleaning)
        kept = _with(documents, text=text, targets_at=prompts.column(places)).filter(array(stays))
        return kept, changed[stays], stays

    def _release(
        self,
        documents: pa.RecordBatch,
        changed: np.ndarray,
        rows: Array,
        languages: ChunkedArray,
        restricted: ChunkedArray,
    ) -> tuple[pa.RecordBatch, Redacted]:
        labels = languages.take(rows).combine_chunks()
        places = prompts.places(documents.column("targets_at"))
        urls = documents.column("url").to_pylist()
        text = string_array(documents.column("text"))
        redacted = redact(text, strings(labels), self.policy, urls, places=places)
        columns = {name: documents.column(name) for name in ("id", "source", "licence")}
        columns |= {
            "url": pa.array(redact_urls(urls, self.policy), pa.string()),
            "row": rows.cast(pa.int32()),
            "language": labels,
            "text": redacted.texts,
            "targets_at": prompts.column(prompts.settle(redacted.texts, redacted.places)),
            "restricted": restricted.take(rows).combine_chunks(),
            "cleaned": pa.array(changed),
            "redactions": pa.array(redacted.counts, pa.int32()),
            "redacted": pa.array(redacted.replaced),
            "content": pa.array([_content(text.as_buffer()) for text in redacted.texts], pa.binary(16)),
        }
        return pa.RecordBatch.from_arrays([columns[field.name] for field in CORPUS], schema=CORPUS), redacted


def _with(batch: pa.RecordBatch, **columns: Array) -> pa.RecordBatch:
    """The batch with other values in some columns."""
    return pa.RecordBatch.from_arrays(
        [columns.get(n, batch.column(n)) for n in batch.schema.names], schema=batch.schema
    )


def _applied(cuts: Sequence[pa.Table], rows: np.ndarray, cut: np.ndarray) -> Counter[str]:
    """Cuts that were made, and those withheld since nothing would have been left of the text."""
    row = cutting.spans(cuts)[0]
    made = int(np.isin(row, rows[cut]).sum())
    return Counter(cuts=made, cuts_withheld=int(np.isin(row, rows).sum()) - made)


def _ledger_rows(released: pa.RecordBatch, redacted: Redacted) -> pa.RecordBatch:
    spans = redacted.spans
    ids = released.column("id").take(array(spans.row))
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


def _urls_redacted(documents: pa.RecordBatch, released: pa.RecordBatch) -> int:
    """Addresses of pages that are others than they were."""
    return sum(
        a != b for a, b in zip(*(batch.column("url").to_pylist() for batch in (documents, released)), strict=True)
    )


def _counts(released: pa.RecordBatch) -> Counter[str]:
    """Documents and bytes, from the rows as they are written."""
    return Counter(
        documents=released.num_rows,
        prompted=released.num_rows - released.column("targets_at").null_count,
        bytes=int(_sizes(released).sum()),
        cleaned=int(np.sum(released.column("cleaned").to_numpy(zero_copy_only=False))),
        spans=int(np.sum(released.column("redactions").to_numpy())),
    )


def _by_language(released: pa.RecordBatch) -> list[Released]:
    """The same, a row a language."""
    table = pa.table({"language": released.column("language"), "bytes": _sizes(released)})
    sums = table.group_by("language").aggregate([("bytes", "sum"), ("bytes", "count")])
    return [
        Released(language=row["language"], documents=row["bytes_count"], bytes=row["bytes_sum"])
        for row in sums.to_pylist()
    ]


def _sizes(released: pa.RecordBatch) -> np.ndarray:
    """Bytes of each text."""
    return np.diff(buffers(released.column("text"))[1])
