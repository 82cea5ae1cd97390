"""The text of a language model, read once: words numbered and counted, held-out documents aside.

Reads: the sources. Writes: `words` (of a unit by number, with counts), `tokens` (their numbers, -1 after each line),
`heldout` (normalised text); before that, for pieces, `sample` (lines to train SentencePiece on).
"""

import hashlib
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa

from corpus.charset.normalise import normalise_array as one_form
from corpus.sources import units
from corpus.sources.inventory import Unit
from corpus.sources.record import Note, Record, Reject, SiteFile
from corpus.sources.source import Source
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_part, write_whole
from filters.arrow import at_least, schema
from filters.languages import language_id
from filters.lm.counter import PieceCounter, WordCounter
from filters.lm.normaliser import Text, normalise_array
from filters.lm.pieces import LINE_BYTES, SAMPLE_BYTES, Pieces

HELD_OUT = 20  # one document in so many: percentiles of 500 documents stand in for 10,000 within 2 points of rank
_BATCH_BYTES = 4 << 20  # of text normalised at a time

WORDS = schema([pa.field("word", pa.large_binary(), nullable=False), pa.field("count", pa.int64(), nullable=False)])
TOKENS = schema([pa.field("token", pa.int32(), nullable=False)])
HELDOUT = schema([pa.field("text", pa.large_string(), nullable=False)])
DIGEST = schema([pa.field("sha256", pa.binary(32), nullable=False)])  # of the unit's text that is trained on
SAMPLE = schema([pa.field("key", pa.binary(16), nullable=False), pa.field("line", pa.string(), nullable=False)])


@dataclass
class _Reader:
    """Normalised texts of a unit in the wanted language, and what was counted on the way."""

    source: Source
    language: str
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("records", "rejects", "other_languages", "documents", "heldout"), 0)
    )

    def texts(self, unit: Unit) -> Iterator[tuple[Text, np.ndarray]]:
        """Batches of texts, and which of them are held out (bool)."""
        waiting: list[str] = []
        size = 0
        for record in units.read_unit(unit, self.source):
            if isinstance(record, Note | SiteFile):
                continue  # the stage counts documents alone
            self.counts["records"] += 1
            if isinstance(record, Reject):
                self.counts["rejects"] += 1
            elif self._wanted(record):
                waiting.append(record.text)
                size += len(record.text)
                if size >= _BATCH_BYTES:
                    yield self._batch(waiting)
                    waiting, size = [], 0
        if waiting:
            yield self._batch(waiting)

    def _wanted(self, record: Record) -> bool:
        if self.source.language_field and (not record.language or language_id(record.language) != self.language):
            self.counts["other_languages"] += 1
            return False
        return True

    def _batch(self, texts: list[str]) -> tuple[Text, np.ndarray]:
        formed = one_form(pa.array(texts, pa.string()))
        text = normalise_array(formed)
        ends = text.offsets.tolist()
        keys = [content_key(text.data[a:b].tobytes()) for a, b in pairwise(ends)]
        held = np.array([int.from_bytes(key[:8], "big") % HELD_OUT == 0 for key in keys], bool) & (
            np.diff(text.offsets) > 0
        )
        self.counts["documents"] += len(texts)
        self.counts["heldout"] += int(held.sum())
        return text, held


def content_key(text: bytes) -> bytes:
    """128-bit blake2b: the same text is chosen or held out wherever it lies."""
    return hashlib.blake2b(text, digest_size=16).digest()


@dataclass(frozen=True, kw_only=True)
class SampleUnit:
    """The task: the lines of a unit with the smallest keys, as many as a sample of the whole could need."""

    folder: str
    units: tuple[tuple[Source, Unit], ...]
    language: str

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        source, unit = self.units[number]
        best: list[tuple[int, str]] = []  # a heap with the greatest key on top (negated)
        size = 0
        seen: set[int] = set()
        for text, held in _Reader(source, self.language).texts(unit):
            for row in np.flatnonzero(~held).tolist():
                for line in text.data[text.offsets[row] : text.offsets[row + 1]].tobytes().split(b"\n"):
                    key = int.from_bytes(content_key(line), "big")
                    if not line or key in seen or (size >= SAMPLE_BYTES and -key < best[0][0]):
                        continue
                    kept = line[:LINE_BYTES].decode("utf-8", "ignore")
                    seen.add(key)
                    heapq.heappush(best, (-key, kept))
                    size += len(kept.encode())
                    while size - len(best[0][1].encode()) >= SAMPLE_BYTES:
                        gone, dropped = heapq.heappop(best)
                        seen.discard(-gone)
                        size -= len(dropped.encode())
        best.sort(reverse=True)
        table = pa.table([[(-key).to_bytes(16, "big") for key, _ in best], [line for _, line in best]], schema=SAMPLE)
        entry = write_whole(self.folder, "sample", f"unit-{number:05d}", table)
        return {self.folder: Receipt(task=number, files={"sample": [entry]})}


@dataclass(frozen=True, kw_only=True)
class ReadUnit:
    """The task: one unit of a source into numbered words. `pieces`: path of a SentencePiece model, "" for words."""

    folder: str
    units: tuple[tuple[Source, Unit], ...]
    language: str
    pieces: str

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        source, unit = self.units[number]
        reader = _Reader(source, self.language)
        label = f"unit-{number:05d}"
        numbering = PieceCounter(Pieces.load(self.pieces)) if self.pieces else WordCounter()
        digest = hashlib.sha256()
        lines = size = total = 0
        with (
            write_part(self.folder, "tokens", label, TOKENS) as (tokens, tokens_written),
            write_part(self.folder, "heldout", label, HELDOUT) as (heldout, heldout_written),
        ):
            for text, held in reader.texts(unit):
                found = [numbering.add(text, row) for row in np.flatnonzero(~held).tolist()]
                for row in np.flatnonzero(~held).tolist():
                    part = text.data[text.offsets[row] : text.offsets[row + 1]]
                    digest.update(part.tobytes() + b"\n\n")
                    size += len(part)
                whole = np.concatenate([np.empty(0, np.int32), *found])
                lines += int((whole < 0).sum())
                total += int((whole >= 0).sum())
                tokens.write(pa.record_batch([pa.array(whole)], schema=TOKENS))
                heldout.write(pa.record_batch([text.strings().filter(pa.array(held))], schema=HELDOUT))
        words, counts = numbering.result()
        entry = write_whole(self.folder, "words", label, pa.table([words, pa.array(counts)], schema=WORDS))
        files = {"words": [entry], "tokens": [tokens_written.result()], "heldout": [heldout_written.result()]}
        own = write_whole(self.folder, "digest", label, pa.table([[digest.digest()]], schema=DIGEST))
        sums = {**reader.counts, "lines": lines, "bytes": size, "tokens": total}
        return {self.folder: Receipt(task=number, files={**files, "digest": [own]}, counts=sums)}


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one unit that occur, with their counts."""

    table: Table

    def __call__(self, unit: int) -> Iterator[pa.RecordBatch]:
        for batch in self.table.batches(unit):
            found = batch.filter(at_least(batch.column("count"), 1))  # pieces may have none
            yield pa.RecordBatch.from_arrays([found.column(0).cast(pa.binary()), found.column(1)], ["word", "count"])
