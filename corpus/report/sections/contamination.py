"""Evaluation suites: which of their items stand in documents, and what was done with these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import plural
from corpus.stages import contamination
from corpus.stages.contamination import CONTAMINATION, Dirty
from corpus.stages.matches import MATCHES, Suited
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from filters.arrow import same

PROOFS = CONTAMINATION.proofs
MARK = "mark"  # what is done with a document that stays as it is
HELM = "contamination.yaml"

Marked = list[list[Any]]  # suite, task, item, whether it stands there whole; in order


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
class Left:
    """Items of a task that stand in documents which are marked and stay as they are."""

    suite: str
    task: str
    items: int
    whole: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was looked for and found; tasks with most dirty items first, sources with most documents."""

    left: Sequence[Left]  # by suite and task
    tasks: Sequence[Task]
    sources: Sequence[Source]
    documents: int
    dropped: int
    cut: int
    searched: int


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(MATCHES), PROOFS


def tally(part: Part) -> Marked:
    rows = part.read(PROOFS, ["suite", "task", "item", "whole", "done"])
    kept = rows.filter(same(rows.column("done"), MARK)).select(["suite", "task", "item", "whole"])
    return _sorted(kept.to_pylist())


def merge(_: Audit, values: Sequence[Marked]) -> Marked:
    names = ("suite", "task", "item", "whole")
    return _sorted(dict(zip(names, row, strict=True)) for value in values for row in value)


def _sorted(rows: Iterable[Mapping[str, Any]]) -> Marked:
    """Each item once: whole if it is anywhere."""
    found: dict[tuple[str, str, str], bool] = {}
    for row in rows:
        key = row["suite"], row["task"], row["item"]
        found[key] = found.get(key, False) or row["whole"]
    return [[*key, whole] for key, whole in sorted(found.items())]


def facts(opened: Opened, marked: Marked) -> Facts:
    dirty = {(row.suite, row.task): row for row in opened.tally(CONTAMINATION, Dirty)}
    own = opened.counts(CONTAMINATION)
    return Facts(
        left=_left(marked),
        tasks=_tasks(opened.tally(MATCHES, Suited), dirty),
        sources=_sources(opened.tally(CONTAMINATION, contamination.Taken)),
        documents=own["documents"],
        dropped=own["dropped"],
        cut=own["cut"],
        searched=opened.counts(MATCHES)["searched"],
    )


def _left(marked: Marked) -> list[Left]:
    found: dict[tuple[str, str], list[bool]] = {}
    for suite, task, _, whole in marked:
        if suite:  # a canary string is of no task
            found.setdefault((suite, task), []).append(whole)
    return [Left(suite=suite, task=task, items=len(own), whole=sum(own)) for (suite, task), own in found.items()]


def helm(opened: Opened, facts: Facts, _: None) -> Mapping[str, bytes]:
    """What HELM's presentation reads of models whose training data had a scenario's instances: a point a suite and
    task, weak where words of items stand in the corpus, strong where whole items do. JSON strings are YAML's."""
    lines = ["points:" if facts.left else "points: []"]
    for one in facts.left:
        said = f"{one.items:,} items stand in the corpus {opened.recipe.name}, {one.whole:,} of them whole"
        lines += [
            f"- models: [{_quoted(opened.recipe.name)}]",
            f"  groups: [{_quoted(one.task or one.suite)}]",
            f"  level: {'strong' if one.whole else 'weak'}",
            f"  description: {_quoted(f'{one.suite}: {said}')}",
        ]
    return {HELM: "\n".join([*lines, ""]).encode()}


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


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


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """Items that stand in documents which stay as they are."""
    items, whole = (sum(getattr(one, name) for one in known.left) for name in ("items", "whole"))
    if items:
        yield Warned(
            kind="contaminated",
            words=f"{plural(items, 'item')} of evaluation suites stand in documents that stay, {whole:,} whole.",
            at="contamination",
            weight=items,
        )


SECTION: Section[Marked, Facts, None] = Section(
    name="contamination",
    key="contamination",
    links=(("contamination", "Evaluation suites"),),
    reads=reads,
    over=(PROOFS,),
    tally=tally,
    merge=merge,
    facts=facts,
    files=helm,
    warnings=warnings,
)
