"""Evaluation suites: which of their items stand in documents, and what was done with these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.stages import contamination
from corpus.stages.contamination import CONTAMINATION, Dirty
from corpus.stages.matches import MATCHES, Suited
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts


@dataclass(frozen=True, kw_only=True)
class Task:
    """Items of a task. `dirty`: in some document, by any proof; `whole`: of these, as a whole or nearly."""

    suite: str
    task: str
    items: int
    unchecked: int
    dirty: int
    whole: int
    common: int  # matches that are phrases of many documents


@dataclass(frozen=True, kw_only=True)
class Source:
    """Documents of a source in a language that have items."""

    source: str
    language: str
    documents: int
    dropped: int
    cut: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was looked for and found; tasks with most dirty items first, sources with most documents."""

    tasks: Sequence[Task]
    sources: Sequence[Source]
    documents: int
    dropped: int
    cut: int
    searched: int


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(MATCHES), counts(CONTAMINATION)


def facts(opened: Opened, _: None) -> Facts:
    dirty = {(row.suite, row.task): row for row in opened.tally(CONTAMINATION, Dirty)}
    own = opened.counts(CONTAMINATION)
    return Facts(
        tasks=_tasks(opened.tally(MATCHES, Suited), dirty),
        sources=_sources(opened.tally(CONTAMINATION, contamination.Taken)),
        documents=own["documents"],
        dropped=own["dropped"],
        cut=own["cut"],
        searched=opened.counts(MATCHES)["searched"],
    )


def _tasks(suited: Iterable[Suited], dirty: Mapping[tuple[str, str], Dirty]) -> list[Task]:
    """Those that were looked for; canaries, which are of no task, as one more with the name "canary"."""
    found = {(row.suite, row.task): row for row in suited}
    rows = []
    for key in sorted({*found, *dirty}):
        asked, there = found.get(key), dirty.get(key)
        rows.append(
            Task(
                suite=key[0] or "canary",
                task=key[1],
                items=asked.items if asked else 0,
                unchecked=asked.unchecked if asked else 0,
                dirty=there.items if there else 0,
                whole=there.whole if there else 0,
                common=there.common if there else 0,
            )
        )
    return sorted(rows, key=lambda row: (-row.dirty, row.suite, row.task))


def _sources(taken: Iterable[contamination.Taken]) -> list[Source]:
    rows = [
        Source(source=row.source, language=row.language, documents=row.documents, dropped=row.dropped, cut=row.cut)
        for row in taken
    ]
    return sorted(rows, key=lambda row: (-row.documents, row.source, row.language))


SECTION: Section[None, Facts, None] = Section(
    name="contamination",
    key="contamination",
    links=(("contamination", "Evaluation suites"),),
    reads=reads,
    facts=facts,
)
