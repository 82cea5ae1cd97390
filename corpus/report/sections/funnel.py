"""Records to the corpus: what became of every document, by source and by language; rejects; losses that are alarms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict

from corpus.duplicates import losses
from corpus.report import documents
from corpus.report.as_json import inline
from corpus.report.counting import SEPARATOR, Counts, added, by_field, by_prefix, counted
from corpus.report.documents import CLUSTERS, LENGTHS, VERDICTS, Flow
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.sources.record import REASONS
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.report import Audit
from corpus.stages.shard import SHARD
from corpus.stages.stage import counts

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
    rejects: int  # records; 0 of a language
    corpus_bytes: int | None = None  # of a language
    tokens: int | None = None  # the same


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A source or language of which deduplication took more than the recipe's max_loss_share."""

    kind: str
    name: str
    documents: int
    lost: int
    share: float


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


class Tally(TypedDict):
    """Documents and their bytes by source, language, outcome; rejects by source and reason."""

    flow: Flow
    rejects: Counts


def reads(_: Audit) -> tuple[Ref, ...]:
    return VERDICTS, CLUSTERS, LENGTHS, REJECTS, *(counts(stage) for stage in (RELEASE, ENCODE, SHARD))


def tally(part: Part) -> Tally:
    rejects: list[str] = []
    if part.has(REJECTS):
        columns = (column.to_pylist() for column in part.read(REJECTS, ["source", "reason"]).columns)
        rejects = [SEPARATOR.join(names) for names in zip(*columns, strict=True)]
    return {"flow": part.once(documents.flow), "rejects": counted(rejects)}


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "flow": documents.merge_flow([value["flow"] for value in values]),
        "rejects": added(value["rejects"] for value in values),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    ingest, release, encode = (opened.counts(stage) for stage in (INGEST, RELEASE, ENCODE))
    flow = found["flow"]
    kinds = [*_OUTCOMES, *sorted({name.split(SEPARATOR)[2] for name in flow["documents"]} - {*_OUTCOMES})]
    return Facts(
        records=ingest.get("records", 0),
        rejects=ingest.get("rejects", 0),
        documents=ingest.get("documents", 0),
        outcomes=by_field(flow["documents"], 2),
        kinds=kinds,
        bytes=Bytes(documents=sum(flow["bytes"].values()), corpus=release.get("bytes", 0)),
        tokens=encode.get("tokens", 0),
        shard_files=opened.counts(SHARD).get("files", 0),
        sources=_sources(flow, kinds, by_prefix(ingest, "rejects.")),
        languages=_languages(flow, kinds, by_prefix(release, "bytes."), by_prefix(encode, "tokens.")),
        alarms=_alarms(flow["documents"], opened.recipe.dedup.max_loss_share),
    )


def _sources(flow: Flow, kinds: Sequence[str], rejects: Mapping[str, int]) -> list[Row]:
    sizes = by_field(flow["bytes"], 0)
    rows = [
        Row(
            name=name,
            documents=own.total(),
            bytes=sizes.get(name, 0),
            outcomes={kind: own[kind] for kind in kinds},
            lost=_lost(own),
            rejects=rejects.get(name, 0),
        )
        for name, own in _outcomes(flow, 0).items()
    ]
    return sorted(rows, key=lambda row: (-row.documents, row.name))


def _languages(flow: Flow, kinds: Sequence[str], texts: Mapping[str, int], tokens: Mapping[str, int]) -> list[Row]:
    sizes = by_field(flow["bytes"], 1)
    rows = [
        Row(
            name=name,
            documents=own.total(),
            bytes=sizes.get(name, 0),
            outcomes={kind: own[kind] for kind in kinds},
            lost=_lost(own),
            rejects=0,
            corpus_bytes=texts.get(name, 0),
            tokens=tokens.get(name, 0),
        )
        for name, own in _outcomes(flow, 1).items()
    ]
    return sorted(rows, key=lambda row: (-row.documents, row.name))


def _outcomes(flow: Flow, field: int) -> dict[str, Counter[str]]:
    """Documents of each source (field 0) or language (1) by outcome."""
    found: dict[str, Counter[str]] = {}
    for name, count in flow["documents"].items():
        labels = name.split(SEPARATOR)
        found.setdefault(labels[field], Counter())[labels[2]] += count
    return found


def _lost(outcomes: Mapping[str, int]) -> int:
    return sum(count for kind, count in outcomes.items() if losses.is_lost(kind))


def _alarms(flow: Mapping[str, int], share: float) -> list[Alarm]:
    by_kind: Counter[str] = Counter()
    for name, count in flow.items():
        source, language, outcome = name.split(SEPARATOR)
        by_kind[SEPARATOR.join(("source", source, outcome))] += count
        by_kind[SEPARATOR.join(("language", language, outcome))] += count
    return [Alarm(**asdict(loss), share=loss.share) for loss in losses.alarms(losses.of(by_kind), share)]


def shown(_: Opened, found: Tally, __: Facts) -> Shown:
    rows = []
    for name, count in found["rejects"].items():
        source, reason = name.split(SEPARATOR)
        rows.append(Reject(source=source, reason=reason, meaning=REASONS[reason], count=count))
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
