"""Passages that several of the documents hold which dedup kept: what is cut of all copies but one.

Reads: `documents`, `verdicts`, `clusters`. Writes: `cuts`, `passages`. Cost: two readings of the kept text, the second
of the documents that share a fingerprint; one shuffle of the fingerprints (16 bytes each, 2 in w + 1 words), one of a
128-bit digest for each window of words whose fingerprint is shared. No pair of documents is formed, so a passage that a
million pages share costs a million rows and nothing is left uncompared.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.passages import GAP, RULE, Cut, Passages, cuts, in_whole, left
from corpus.duplicates.runs import RUNS, Piece, Repeats, repeats
from corpus.stages.columns import CUTS
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES_SCHEMA, Changed
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from corpus.texts.kept import Kept
from filters.arrow import strings
from filters.batch import Batch
from filters.kernels.boundaries import bounds
from jobs.alike.shared_windows import (
    PRINT,
    WINDOW,
    Compared,
    EmitFingerprints,
    EmitWindows,
    WindowsOfPart,
    placed,
    runs,
    shared,
)
from jobs.engine.job import Job
from jobs.engine.placed import laid


def build(job: Job[Passages]) -> str:
    """Find, cut, write."""
    documents = job.documents()
    before = tuple(cut for ref in (CONTAMINATION.cuts, LINES.cuts) if (cut := job.optional(ref)))
    source = Compared(
        documents=documents,
        kept=Kept(
            clusters=job.table(DEDUP.clusters),
            emptied=job.optional(LINES.emptied),
            contaminated=job.optional(CONTAMINATION.contaminated),
        ),
        before=before,
        table=job.params,
    )
    write(job, source, WritePassages(folder=job.folder, source=source, verdicts=job.table(DECIDE.verdicts)))
    counts = job.finish(parts=documents.parts).counts
    gaps = f"{counts['gaps']:,} gaps between them, " if job.params.max_gap else ""
    passages = counts["cuts"] - counts["gaps"]
    return f"{passages:,} passages, {gaps}{counts['bytes']:,} bytes cut; {counts['dropped']:,} documents dropped"


def _said(piece: Piece) -> tuple[str, int, str | None]:
    """Rule, count and the document whose copy stays; none for a gap."""
    return (RULE, piece.count, piece.of_id) if piece.of_id else (GAP, piece.count, None)


def write(job: Job[Passages], source: Compared, writer: "WritePassages") -> None:
    """Where the words stand that several documents have is all that is known of them, from fingerprints on."""
    parts, reads = source.documents.parts, source.documents.files
    # A document of 800 words has some 60 fingerprints, a row of them is a seventh of what a partition counts on.
    rows = source.documents.rows * 8
    emit = EmitFingerprints(source=source)
    with job.emit(parts, emit.__call__, PRINT, rows=rows, reads=reads) as prints:
        if not prints.few:
            from jobs.frames import windows as in_spark  # noqa: PLC0415  (only where Spark starts)

            found = in_spark.windows(job.frame(prints), source)
            job.write_parts(parts, in_spark.runs(found), ["key", "start"], writer)
            return
        met = placed(shared(prints.table()))
    with (
        laid(met, parts) as own,
        job.emit(
            parts, WindowsOfPart(emit=EmitWindows(source=source), rows=own).__call__, WINDOW, rows=rows, reads=reads
        ) as windows,
    ):
        if windows.few:
            job.write_rows(parts, placed(runs(windows.table())), writer, reads=reads)
        else:
            from jobs.frames import windows as in_spark  # noqa: PLC0415  (only where Spark starts)

            job.write_parts(parts, in_spark.runs(job.frame(windows)), ["key", "start"], writer)


@dataclass(frozen=True, kw_only=True)
class WritePassages:
    """One part: what is cut of each document, and which are dropped."""

    folder: str
    source: Compared
    verdicts: Table

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        about = self.verdicts.read(part, ["id", "source", "language"])
        ids, sources, languages = (strings(about.column(name)) for name in ("id", "source", "language"))
        share, dropped = np.zeros(len(ids)), np.zeros(len(ids), bool)
        counts: Counter[str] = Counter(
            cuts=0, bytes=0, changed=0, dropped_bytes=0, dropped_cuts=0, repeated_words=0, held_words=0, gaps=0
        )
        changed: list[Changed] = []
        written: list[tuple[object, ...]] = []
        before = self.source.gone(part)
        found = {repeat.row: repeat for repeat in repeats(rows.select(RUNS.names), self.source.table.min_tokens)}
        for repeat in found.values():
            counts.update(repeated_words=repeat.repeated, held_words=repeat.held)
        for row, text, words, whole in self._texts(part, found):
            repeat = found[row]
            gone = sum(len(text[cut.start : cut.end].encode()) for cut in whole)
            share[row] = repeat.repeated / words
            dropped[row] = self._dropped(repeat, words, left(text, whole))
            if dropped[row]:
                counts["dropped_bytes"] += len(text.encode())
                counts["dropped_cuts"] += len(whole) + len(before.get(row, ()))
            elif self.source.table.policy == "drop" or not whole:
                continue
            else:
                counts.update({"changed": 1, "bytes": gone})
                changed.append(Changed(source=sources[row], language=languages[row], documents=1, bytes=gone))
            written += [
                (ids[row], row, cut.start, cut.end, *_said(cut.piece)) for cut in in_whole(whole, before.get(row, ()))
            ]
        counts["gaps"] = sum(one[4] == GAP for one in written)
        kept = int(self.source.kept(part).sum())
        counts.update(cuts=len(written), dropped=int(dropped.sum()), kept=kept - int(dropped.sum()))
        label = f"part-{part:05d}"
        columns = [list(column) for column in zip(*written, strict=True)] or [[] for _ in CUTS]
        cut = pa.Table.from_arrays([pa.array(c, t.type) for c, t in zip(columns, CUTS, strict=True)], schema=CUTS)
        aligned = pa.Table.from_arrays([about.column("id"), pa.array(share), pa.array(dropped)], schema=PASSAGES_SCHEMA)
        files = {
            "cuts": [write_whole(self.folder, "cuts", label, cut)],
            "passages": [write_whole(self.folder, "passages", label, aligned)],
        }
        return Receipt(task=part, files=files, counts=dict(sorted(counts.items())), tallies=tally.cells(changed))

    def _texts(self, part: int, found: Mapping[int, Repeats]) -> Iterator[tuple[int, str, int, list[Cut]]]:
        """Row, text, words and what may be cut of each document that has anything to cut."""
        rows = [row for row, repeat in found.items() if repeat.pieces]
        done = 0
        for texts in self.source.take(part, rows):
            batch = Batch(documents=texts)
            data, offsets = batch.buffers
            words = batch.index.words
            for place, text in enumerate(strings(texts.column("text"))):
                row = rows[done + place]
                where = bounds(data, int(offsets[place]), int(offsets[place + 1]), int(words[place]))
                table, own = self.source.table, found[row]
                whole = cuts(text, where, own.pieces, table.min_tokens, table.max_gap, own.stays)
                yield row, text, int(words[place]), whole
            done += texts.num_rows

    def _dropped(self, repeat: Repeats, words: int, rest: str) -> bool:
        """Documents that others' passages stand on stay: no passage is lost with its holder. A text that is cut until
        no word is left is dropped by either policy."""
        if repeat.holder:
            return False
        if self.source.table.max_share is not None:
            return repeat.repeated > self.source.table.max_share * words
        return repeat.repeated == words and not any(map(str.isalnum, rest))
