"""Records to the corpus: what became of every document, by source and by language; losses that are alarms."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.losses import alarm, deduplicated
from corpus.losses.alarm import FEWEST, Loss, Taker
from corpus.report import documents, lost
from corpus.report.as_json import inline
from corpus.report.documents import CLUSTERS, LENGTHS, VERDICTS, Flow, Flows
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import listed, percent
from corpus.shards.tallies import Pair
from corpus.sources.accounts import Read
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.report import Audit
from corpus.stages.shard import SHARD
from corpus.stages.stage import counts
from corpus.store.tally import total

_OUTCOMES = ("kept", "filtered", "exact", "near")  # shown even where there are none; others where they occur
_NAMED = 8  # of those that lost much to one rule, the worst
_LEFT = 0.25  # share of the documents of a source or language, below which it is said that little is left


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
    because: str = ""  # the rules that took most, with documents
    rejects: int = 0  # records; 0 of a language
    corpus_bytes: int | None = None  # of a language
    tokens: int = 0


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


Tally = Flows


def reads(_: Audit) -> tuple[Ref, ...]:
    return VERDICTS, CLUSTERS, LENGTHS, *(counts(stage) for stage in (INGEST, DECIDE, RELEASE, ENCODE, SHARD))


def tally(part: Part) -> Tally:
    return part.once(documents.flow)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return documents.merge_flow(values)


def facts(opened: Opened, found: Tally) -> Facts:
    ingest, release, encode = (opened.counts(stage) for stage in (INGEST, RELEASE, ENCODE))
    flow = documents.flows(found)
    rejects = {row.source: row.rejects for row in opened.tally(INGEST, Read)}
    texts = bytes_by_language(opened.tally(RELEASE, Released))
    encoded = opened.tally(ENCODE, Pair)
    tokens = total(encoded, lambda row: row.language, lambda row: row.tokens)
    of_sources = total(encoded, lambda row: row.source, lambda row: row.tokens)
    why = {(one.kind, one.name): one.because for _, found, _ in _taken(opened) for one in found if one.rules}
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
        sources=[
            replace(
                row,
                rejects=rejects.get(row.name, 0),
                tokens=of_sources.get(row.name, 0),
                because=why.get(("source", row.name), ""),
            )
            for row in _rows(flow, kinds, lambda row: row.source)
        ],
        languages=[
            replace(
                row,
                corpus_bytes=texts.get(row.name, 0),
                tokens=tokens.get(row.name, 0),
                because=why.get(("language", row.name), ""),
            )
            for row in _rows(flow, kinds, lambda row: row.language)
        ],
        alarms=list(_alarms(opened)),
    )


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


def _taken(opened: Opened) -> list[tuple[Taker, Sequence[Loss], float]]:
    return list(lost.taken(opened.recipe, opened.stages))


def _alarms(opened: Opened) -> Iterator[Alarm]:
    for taker, found, limit in _taken(opened):
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


def warnings(opened: Opened, known: Facts) -> Iterator[Warned]:
    """Sources and languages that lost much, or all; those that lost much to the same rule together."""
    together: dict[tuple[str, str, str], list[Alarm]] = {}
    for one in known.alarms:
        rule = one.because.partition(" (")[0]
        apart = one.name if one.lost == one.documents or not rule else rule
        together.setdefault((one.kind, one.taker, apart), []).append(one)
    for (kind, taker, rule), alarms in together.items():
        yield _several(kind, taker, rule, alarms) if len(alarms) > 1 else _one(opened.recipe, alarms[0])
    said = {(one.kind, one.name) for one in known.alarms}
    yield from _between(known, said)


def _one(audit: Audit, one: Alarm) -> Warned:
    gone = one.lost == one.documents
    why = f" Rules: {one.because}." if one.because else ""
    spared = {"decide": audit.decide.allow_vanish, "dedup": audit.dedup.allow_vanish}.get(one.table, ())
    may = f" [{one.table}] allow_vanish let the run go on." if gone and one.name in spared else ""
    return Warned(
        kind="gone" if gone else "taken",
        words=f"{one.kind.capitalize()} {one.name} lost {percent(one.lost, one.documents)} of its "
        f"{one.documents:,} documents to {one.taker} ([{one.table}] max_loss_share is {one.limit:g}).{why}{may}",
        at=f"{one.kind}s",
        weight=one.share,
    )


def _several(kind: str, taker: str, rule: str, alarms: Sequence[Alarm]) -> Warned:
    worst = sorted(alarms, key=lambda one: (-one.share, one.name))
    named = [f"{one.name} {percent(one.lost, one.documents)} of {one.documents:,}" for one in worst]
    return Warned(
        kind="taken",
        words=f"{len(alarms)} {kind}s lost much to {taker} ([{worst[0].table}] max_loss_share is {worst[0].limit:g}), "
        f"most of it by {rule}: {listed(named, _NAMED)}.",
        at=f"{kind}s",
        weight=worst[0].share,
    )


def _between(known: Facts, said: Collection[tuple[str, str]]) -> Iterator[Warned]:
    """Of which all stages together left nothing or little, though none of them alone took so much."""
    for kind, rows in (("source", known.sources), ("language", known.languages)):
        for row in rows:
            left = row.outcomes["kept"]
            if (kind, row.name) not in said and row.documents >= FEWEST and left < _LEFT * row.documents:
                yield Warned(
                    kind="taken" if left else "gone",
                    words=f"Of {kind} {row.name} {percent(left, row.documents)} of {row.documents:,} documents are "
                    f"left after filters and deduplication.{f' Rules: {row.because}.' if row.because else ''}",
                    at=f"{kind}s",
                    weight=1 - left / row.documents,
                )


SECTION: Section[Tally, Facts, None] = Section(
    name="funnel",
    links=(("funnel", "Funnel"), ("languages", "Languages"), ("sources", "Sources")),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    warnings=warnings,
)
