"""Records to the corpus: what became of every document, by source and by language; rejects; losses that are alarms."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypedDict

from corpus.losses import alarm, deduplicated
from corpus.report import documents, lost
from corpus.report.as_json import inline
from corpus.report.counting import added_rows, cells
from corpus.report.documents import CLUSTERS, LENGTHS, VERDICTS, Flow, Flows
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.shards.tallies import Pair
from corpus.sources.accounts import Noted, Read
from corpus.sources.record import NOTES, REASONS
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.report import Audit
from corpus.stages.shard import SHARD
from corpus.stages.stage import counts
from corpus.store.tally import Cells, read, total
from corpus.store.tally import Row as TallyRow

REJECTS = INGEST.rejects

_OUTCOMES = ("kept", "filtered", "exact", "near")  # shown even where there are none; others where they occur


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """Of text: what came, and what the corpus has."""

    documents: int
    corpus: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """A source or a language."""

    name: str
    documents: int
    bytes: int
    outcomes: Mapping[str, int] = inline()  # documents of each of Facts.kinds
    lost: int  # to deduplication
    rejects: int = 0  # records; 0 of a language
    corpus_bytes: int | None = None  # of a language
    tokens: int | None = None  # the same


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A source or language of which a stage took more than the recipe's max_loss_share."""

    kind: str
    name: str
    documents: int
    lost: int
    share: float
    taker: str  # what took them: filters, deduplication
    table: str  # of the recipe, that has max_loss_share
    limit: float
    because: str  # rules and documents that each took; "" without rules


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
    """Ref: those with most documents first."""

    records: int
    rejects: int
    documents: int
    outcomes: Mapping[str, int]
    kinds: Sequence[str]  # of outcomes, in the order in which they are shown
    bytes: Bytes
    tokens: int
    shard_files: int
    sources: Sequence[Row]
    languages: Sequence[Row]
    alarms: Sequence[Alarm]
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


@dataclass(frozen=True, kw_only=True)
class Rejected(TallyRow):
    """Records by source and reason."""

    NAME: ClassVar[str] = "rejects"
    source: str
    reason: str
    records: int = 0


class Tally(TypedDict):
    """What became of documents; rows of Rejected."""

    flow: Flows
    rejects: list[Cells]


def reads(_: Audit) -> tuple[Ref, ...]:
    return VERDICTS, CLUSTERS, LENGTHS, REJECTS, *(counts(stage) for stage in (RELEASE, ENCODE, SHARD))


def tally(part: Part) -> Tally:
    found: Counter[tuple[str, str]] = Counter()
    if part.has(REJECTS):
        columns = (column.to_pylist() for column in part.read(REJECTS, ["source", "reason"]).columns)
        found.update(zip(*columns, strict=True))
    rejects = [Rejected(source=source, reason=reason, records=n) for (source, reason), n in found.items()]
    return {"flow": part.once(documents.flow), "rejects": cells(rejects)}


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "flow": documents.merge_flow([value["flow"] for value in values]),
        "rejects": added_rows(value["rejects"] for value in values),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    ingest, release, encode = (opened.counts(stage) for stage in (INGEST, RELEASE, ENCODE))
    flow = documents.flows(found["flow"])
    rejects = {row.source: row.rejects for row in opened.tally(INGEST, Read)}
    texts = bytes_by_language(opened.tally(RELEASE, Released))
    tokens = total(opened.tally(ENCODE, Pair), lambda row: row.language, lambda row: row.tokens)
    kinds = [*_OUTCOMES, *sorted({row.outcome for row in flow} - {*_OUTCOMES})]
    return Facts(
        records=ingest.get("records", 0),
        rejects=ingest.get("rejects", 0),
        documents=ingest.get("documents", 0),
        outcomes=total(flow, lambda row: row.outcome, lambda row: row.documents),
        kinds=kinds,
        bytes=Bytes(documents=sum(row.bytes for row in flow), corpus=release.get("bytes", 0)),
        tokens=encode.get("tokens", 0),
        shard_files=opened.counts(SHARD).get("files", 0),
        sources=[replace(row, rejects=rejects.get(row.name, 0)) for row in _rows(flow, kinds, lambda row: row.source)],
        languages=[
            replace(row, corpus_bytes=texts.get(row.name, 0), tokens=tokens.get(row.name, 0))
            for row in _rows(flow, kinds, lambda row: row.language)
        ],
        alarms=list(_alarms(opened)),
        reading=_reading(opened.tally(INGEST, Read), opened.tally(INGEST, Noted)),
    )


def _reading(read_: Iterable[Read], noted: Sequence[Noted]) -> list[Reading]:
    """By source; of each the notes in order of NOTES, the most frequent first."""
    order = list(NOTES)
    return [
        Reading(
            source=row.source,
            bytes=row.bytes,
            lost_bytes=row.lost_bytes,
            notes=[
                Notice(kind=note.kind, meaning=NOTES[note.kind], detail=note.detail, count=note.count)
                for note in sorted(noted, key=lambda note: (order.index(note.kind), -note.count, note.detail))
                if note.source == row.source
            ],
        )
        for row in read_
    ]


def _rows(flow: Sequence[Flow], kinds: Sequence[str], key: Callable[[Flow], str]) -> list[Row]:
    """Of each source or language, those with most documents first."""
    sizes = total(flow, key, lambda row: row.bytes)
    rows = [
        Row(
            name=name,
            documents=own.total(),
            bytes=sizes[name],
            outcomes={kind: own[kind] for kind in kinds},
            lost=_lost(own),
        )
        for name, own in _outcomes(flow, key).items()
    ]
    return sorted(rows, key=lambda row: (-row.documents, row.name))


def _outcomes(flow: Iterable[Flow], key: Callable[[Flow], str]) -> dict[str, Counter[str]]:
    """Documents of each source or language by outcome."""
    found: dict[str, Counter[str]] = {}
    for row in flow:
        found.setdefault(key(row), Counter())[row.outcome] += row.documents
    return found


def _lost(outcomes: Mapping[str, int]) -> int:
    return sum(count for kind, count in outcomes.items() if deduplicated.is_lost(kind))


def _alarms(opened: Opened) -> Iterator[Alarm]:
    for taker, found, limit in lost.taken(opened.recipe, opened.stages):
        for loss in alarm.alarms(found, limit):
            yield Alarm(
                kind=loss.kind,
                name=loss.name,
                documents=loss.documents,
                lost=loss.lost,
                share=loss.share,
                taker=taker.name,
                table=taker.table,
                limit=limit,
                because=loss.because,
            )


def shown(_: Opened, found: Tally, __: Facts) -> Shown:
    rows = [
        Reject(source=row.source, reason=row.reason, meaning=REASONS[row.reason], count=row.records)
        for row in read(Rejected, found["rejects"])
    ]
    return Shown(rejects=sorted(rows, key=lambda row: (-row.count, row.source, row.reason)))


SECTION: Section[Tally, Facts, Shown] = Section(
    name="funnel",
    links=(("funnel", "Funnel"), ("sources", "Sources"), ("languages", "Languages")),
    reads=reads,
    over=(VERDICTS, REJECTS),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
)
