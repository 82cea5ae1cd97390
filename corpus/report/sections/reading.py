"""How it was read: bytes that damage hid, records that were rejected, what was guessed, repaired or passed over."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from corpus.report.counting import added_rows, cells
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import percent, plural, size
from corpus.sources.accounts import Noted, Read
from corpus.sources.record import CUT_OFF, NOTES, REASONS
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.tally import Cells, read
from corpus.store.tally import Row as TallyRow

REJECTS = INGEST.rejects
_REJECTED = 0.05  # share of a source's records above which rejects are worth a look
_UNUSABLE = 0.01  # the same of a field


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that was done to what was read, other than to take or to reject it; kinds and meanings are NOTES'."""

    kind: str
    meaning: str
    detail: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a source was read: its bytes as they are stored, those that damage hid, and what was done to the others."""

    source: str
    bytes: int
    lost_bytes: int
    notes: Sequence[Notice]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """By source."""

    reading: Sequence[Reading]


@dataclass(frozen=True, kw_only=True)
class Reject:
    """Records of one source that were rejected for one reason."""

    source: str
    reason: str
    meaning: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Most records first."""

    rejects: Sequence[Reject]
    count: int  # records


@dataclass(frozen=True, kw_only=True)
class Rejected(TallyRow):
    """Records by source and reason."""

    NAME: ClassVar[str] = "rejects"
    source: str
    reason: str
    records: int = 0


Tally = list[Cells]  # rows of Rejected


def reads(_: Audit) -> tuple[Ref, ...]:
    return (REJECTS,)


def tally(part: Part) -> Tally:
    columns = (column.to_pylist() for column in part.read(REJECTS, ["source", "reason"]).columns)
    found = Counter(zip(*columns, strict=True))
    return cells(Rejected(source=source, reason=reason, records=n) for (source, reason), n in found.items())


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(opened: Opened, _: Tally) -> Facts:
    return Facts(reading=_reading(opened.tally(INGEST, Read), opened.tally(INGEST, Noted)))


def _reading(read_: Iterable[Read], noted: Sequence[Noted]) -> list[Reading]:
    """By source; of each the notes in order of NOTES, the most frequent first."""
    order = list(NOTES)
    by_source: dict[str, list[Noted]] = {}
    for note in sorted(noted, key=lambda note: (order.index(note.kind), -note.count, note.detail)):
        by_source.setdefault(note.source, []).append(note)
    return [
        Reading(
            source=row.source,
            bytes=row.bytes,
            lost_bytes=row.lost_bytes,
            notes=[
                Notice(kind=note.kind, meaning=NOTES[note.kind], detail=note.detail, count=note.count)
                for note in by_source.get(row.source, ())
            ],
        )
        for row in read_
    ]


def shown(_: Opened, found: Tally, __: Facts) -> Shown:
    rows = [
        Reject(source=row.source, reason=row.reason, meaning=REASONS[row.reason], count=row.records)
        for row in read(Rejected, found)
    ]
    return Shown(
        rejects=sorted(rows, key=lambda row: (-row.count, row.source, row.reason)),
        count=sum(row.count for row in rows),
    )


def warnings(opened: Opened, known: Facts) -> Iterator[Warned]:
    """Files that were not read, records that were rejected, fields that say nothing."""
    for row in known.reading:
        if row.lost_bytes:
            yield Warned(
                kind="damage",
                words=f"Of source {row.source} {size(row.lost_bytes)} of {size(row.bytes)} were not read "
                f"({percent(row.lost_bytes, row.bytes)}): files are damaged; the rejects of ingest name them.",
                at="reading",
                weight=row.lost_bytes / max(row.bytes, 1),
            )
    records = {row.source: row for row in opened.tally(INGEST, Read)}
    for source, one in records.items():
        if one.rejects > _REJECTED * one.records:
            yield Warned(
                kind="damage",
                words=f"Of source {source} {one.rejects:,} of {plural(one.records, 'record')} were rejected "
                f"({percent(one.rejects, one.records)}).",
                at="reading",
                weight=one.rejects / one.records,
            )
    for row in known.reading:
        every = records[row.source].records
        for note in row.notes:
            if note.kind == CUT_OFF:
                files = "a file ends" if note.count == 1 else f"{note.count:,} files end"
                yield Warned(
                    kind="damage",
                    words=f"Of source {row.source} {files} in the middle of what stood there: how much is missing is "
                    "not known. The rejects of ingest name it.",
                    at="reading",
                    weight=1.0,
                )
            if note.kind == "unusable" and note.count > _UNUSABLE * every:
                yield Warned(
                    kind="field",
                    words=f"Source {row.source}: {note.count:,} of {plural(every, 'record')} have a {note.detail} that "
                    "says nothing: of another type, no date, or no known language.",
                    at="reading",
                    weight=note.count / every,
                )


SECTION: Section[Tally, Facts, Shown] = Section(
    name="reading",
    links=(("reading", "How it was read"),),
    reads=reads,
    over=(REJECTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
    warnings=warnings,
)
