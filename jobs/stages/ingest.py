"""Sources to documents: one task a unit of input files.

Reads: the source files. Writes: `documents`, `rejects` and `robots`. Cost: parsing; HTML extraction takes most of it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from corpus.charset.normalise import normalise_array, seen
from corpus.sources import gate as gates
from corpus.sources import inventory, units
from corpus.sources.accounts import Noted, Read
from corpus.sources.gate import Wanted
from corpus.sources.inventory import Unit
from corpus.sources.record import CODED, CUT_OFF, Item, Note, Record, Reject, SiteFile, reject
from corpus.sources.source import Source
from corpus.stages.ingest import DOCUMENTS, REJECTS, Sources
from corpus.stages.ingest import ROBOTS as ROBOTS_TABLE
from corpus.store import tally
from corpus.store.manifest import FileEntry, Manifest, Receipt
from corpus.store.table import BATCH_BYTES, BATCH_ROWS, PartWriter, write_part
from corpus.store.waiting import Waiting
from corpus.texts import prompts
from corpus.tombstones.stopping import Stopper, Stops
from filters import language_codes, languages, programming
from filters.arrow import Array, buffer
from filters.kernels.buffers import buffers
from filters.optout import sites
from jobs.engine.job import Job
from jobs.engine.tasks import Piece


def build(job: Job[Sources]) -> str:
    """Read every source."""
    limits = job.params.limits
    found = (
        (one.source, unit)
        for one in job.params.sources
        for unit in inventory.plan_units([file.at for file in one.files], limits.unit_bytes)
    )
    units = dict(enumerate(found))
    if job.params.stops:
        job.params.stops.stopper()  # a key that is missing is told here
    task = IngestUnit(folder=job.folder, units=units, part_bytes=limits.part_bytes, stops=job.params.stops)
    job.run(len(units), task, reads=[_piece(unit, limits.unit_bytes) for _, unit in units.values()])
    counts = job.finish(parts=len(units)).counts
    return f"{counts['records']:,} records: {counts['documents']:,} documents, {counts['rejects']:,} rejects"


def _piece(unit: Unit, unit_bytes: int) -> Piece:
    """Files of a unit, by the first, and about how much of them it reads."""
    sizes = [s.file.size if s.stop < 0 else min(s.file.size, unit_bytes) for s in unit.slices]
    others = f" and {len(sizes) - 1} more" if len(sizes) > 1 else ""
    return Piece(unit.slices[0].file.file + others, sum(sizes))


def check(job: Job[Sources], written: Manifest, gate: Wanted) -> None:
    """Stop before anything is built on a source that is not what the recipe takes it for. Raises RecipeError."""
    gates.check(written.tally(Read), written.tally(Noted), gate, job.folder)


@dataclass(frozen=True, kw_only=True)
class IngestUnit:
    """The task: one unit of one source into as many parts as its text needs."""

    folder: str
    units: Mapping[int, tuple[Source, Unit]]
    part_bytes: int
    stops: Stops | None = None  # what was withdrawn before

    def only(self, numbers: Sequence[int]) -> "IngestUnit":
        """For these numbers."""
        return replace(self, units={number: self.units[number] for number in numbers})

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        source, unit = self.units[number]
        label = f"unit-{number:05d}"
        with (
            write_part(self.folder, "rejects", label, REJECTS) as (to_rejects, rejects),
            write_part(self.folder, "robots", label, ROBOTS_TABLE) as (to_robots, robots),
        ):
            found = _Collector(
                source,
                Waiting(to_rejects, REJECTS),
                Waiting(to_robots, ROBOTS_TABLE),
                self.stops.stopper() if self.stops else None,
            )
            parts = list(self._parts(number, found, units.read_unit(unit, source)))
            found.rejects.flush()
            found.robots.flush()
        counts = {
            "records": found.records,
            "rejects": rejects.result().rows,
            "documents": sum(part.rows for part in parts),
            "bytes": sum(piece.file.size for piece in unit.slices if not piece.start),
            "lost_bytes": found.lost,
        }
        notes = found.noted()
        receipt = Receipt(
            task=number,
            files={"documents": parts, "rejects": [rejects.result()], "robots": [robots.result()]},
            counts={
                **counts,
                "robots": robots.result().rows,
                "text_bytes": found.text_bytes,
                "notes": sum(note.count for note in notes),
            },
            tallies=tally.cells([Read(source=source.name, **counts), *notes]),
        )
        return {self.folder: receipt}

    def _parts(self, number: int, found: "_Collector", items: Iterator[Item]) -> Iterator[FileEntry]:
        """Documents in order, a new part whenever the last has `part_bytes` of text."""
        batches = found.batches(items)
        batch = next(batches, None)
        while batch is not None:
            label = f"part-{number:05d}-{found.parts:05d}"
            found.parts += 1
            with write_part(self.folder, "documents", label, DOCUMENTS) as (writer, written):
                batch = self._fill(writer, batch, batches)
            yield written.result()

    def _fill(
        self, writer: PartWriter, batch: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]
    ) -> pa.RecordBatch | None:
        filled = 0
        while batch is not None and filled < self.part_bytes:
            writer.write(batch)
            filled += batch.column("text").nbytes
            batch = next(rest, None)
        return batch


@dataclass
class _Collector:
    """Records into batches of bounded bytes; rejects aside; both counted."""

    source: Source
    rejects: Waiting
    robots: Waiting
    stopper: Stopper | None
    records: int = 0
    lost: int = 0  # bytes
    parts: int = 0
    text_bytes: int = 0
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def noted(self) -> list[Noted]:
        return [
            Noted(source=self.source.name, kind=kind, detail=detail, count=count)
            for (kind, detail), count in self.notes.items()
            if count
        ]

    def batches(self, items: Iterator[Item]) -> Iterator[pa.RecordBatch]:
        waiting: list[Record] = []
        size = 0
        for item in items:
            if isinstance(item, Note):
                self.notes[item.kind, item.detail] += item.count
                continue
            if isinstance(item, SiteFile):
                self._keep(item)
                continue
            self.records += 1
            if isinstance(item, Reject):
                self._reject(item)
                continue
            length = _bytes(item.text) + (_bytes(item.targets) if item.targets else 0)
            if waiting and (size + length > BATCH_BYTES or len(waiting) >= BATCH_ROWS):
                yield from self._batch(waiting)
                waiting, size = [], 0
            waiting.append(item)
            size += length
        if waiting:
            yield from self._batch(waiting)

    def _reject(self, one: Reject) -> None:
        self.lost += one.lost
        if one.reason == "truncated":
            self.notes[CUT_OFF, one.reason] += 1
        if one.reason == "unwanted":
            self.notes["unwanted", one.detail] += 1
        self.rejects.add({"source": self.source.name, **{name: getattr(one, name) for name in REJECTS.names[1:]}})

    def _keep(self, one: SiteFile) -> None:
        site = sites.site(sites.parted(one.url)[0])
        own = {name: getattr(one, name) for name in ROBOTS_TABLE.names if name not in ("source", "site")}
        self.robots.add({"source": self.source.name, "site": site, **own}, len(one.text))

    def _batch(self, records: list[Record]) -> Iterator[pa.RecordBatch]:
        texts, filled = self._normalised([record.text for record in records])
        if self.source.prompted:
            targets, answered = self._normalised([record.targets or "" for record in records])
            texts, places = prompts.join(texts, targets)
            filled &= answered
        else:
            places = np.full(len(records), -1)
        for record, keep in zip(records, filled, strict=True):
            if not keep:
                self._reject(
                    Reject(
                        file=record.file,
                        offset=record.offset,
                        reason="empty",
                        detail="nothing is left of the text after normalisation",
                    )
                )
        if self.stopper:
            filled = self._stopped(self.stopper, records, texts, filled)
        kept = [record for record, keep in zip(records, filled, strict=True) if keep]
        if kept:
            text = texts if len(kept) == len(records) else texts.filter(pa.array(filled))
            yield self._documents(kept, text, prompts.column(places[filled]))

    def _stopped(
        self, stopper: Stopper, records: list[Record], texts: pa.StringArray, filled: np.ndarray
    ) -> np.ndarray:
        """Which stay of those that are filled (bool); the others are rejects, with why, and not with what they say."""
        ids = [
            document_id(self.source.name, record.locator, memoryview(text.as_buffer()))
            for record, text in zip(records, texts, strict=True)
        ]
        why = stopper.stopped(ids, texts, [record.url for record in records])
        for record, keep, said in zip(records, filled, why, strict=True):
            if keep and said:
                self._reject(reject(record.file, record.offset, "withdrawn", said))
                self.notes["withdrawn", "records"] += 1
        stays: np.ndarray = filled & np.array([not said for said in why], bool)
        return stays

    def _documents(self, records: list[Record], text: pa.StringArray, targets_at: Array) -> pa.RecordBatch:
        name = self.source.name
        data, offsets = buffers(text)
        self.text_bytes += int(offsets[-1] - offsets[0])
        memory, ends = memoryview(buffer(data)), offsets.tolist()
        columns: dict[str, Sequence[object]] = {
            "id": [
                document_id(name, r.locator, memory[first:last])
                for r, first, last in zip(records, ends[:-1], ends[1:], strict=True)
            ],
            "source": [name] * len(records),
            "locator": [r.locator for r in records],
            "file": [r.file for r in records],
            "offset": [r.offset for r in records],
            "url": [r.url or None for r in records],
            "licence": [r.licence or self.source.licence or None for r in records],
            "date": [r.date for r in records],
            "language": [self._language(r) for r in records],
            "rights": [r.rights for r in records],
        }
        self._note_fields(records)
        made = {"text": text, "targets_at": targets_at}
        arrays = [made[f.name] if f.name in made else pa.array(columns[f.name], f.type) for f in DOCUMENTS]
        return pa.RecordBatch.from_arrays(arrays, schema=DOCUMENTS)

    def _language(self, record: Record) -> str | None:
        declared = record.language or self.source.language
        found = languages.language_id(declared) if declared else None
        if declared and found is None:
            self.notes["unusable", "language_field"] += 1
        elif found and not found.startswith(programming.PREFIX) and (doubt := language_codes.doubt(declared)):
            self.notes[CODED, " ".join(doubt)] += 1
        return None if found and languages.is_undetermined(found) else found

    def _note_fields(self, records: Sequence[Record]) -> None:
        """Count what the fields that the recipe names hold: something, or nothing that it can mean."""
        for key in self.source.named_fields():
            if key == "id_field":
                here = sum(record.locator != f"{record.file}#{record.offset}" for record in records)
            else:
                here = sum(getattr(record, key.removesuffix("_field")) is not None for record in records)
            here += sum(key in record.unusable for record in records)
            self.notes["found", key] += here
        for record in records:
            for key in record.unusable:
                self.notes["unusable", key] += 1

    def _normalised(self, texts: list[str]) -> tuple[pa.StringArray, np.ndarray]:
        """Texts in the one form, and whether anything in each shows (bool)."""
        repairs: Counter[str] = Counter()
        found = normalise_array(pa.array(texts, pa.string()), repairs)
        for name, count in repairs.items():
            self.notes["repaired", name] += count
        return found, seen(found)


def document_id(source: str, locator: str, text: bytes | memoryview) -> str:
    """128-bit blake2b of (source, locator, text) in hex, the text as UTF-8; the lengths keep the three apart."""
    one, other = source.encode(), locator.encode("utf-8", "surrogatepass")
    lengths = [len(part).to_bytes(8, "little") for part in (one, other)]
    digest = hashlib.blake2b(b"".join((lengths[0], one, lengths[1], other)), digest_size=16)
    digest.update(text)
    return digest.hexdigest()


def _bytes(text: str) -> int:
    """How many the text takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
