"""Licences of the corpus: which its documents have, and the sources of those that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.report import licences
from corpus.report.counting import added_rows
from corpus.report.licences import Licensed
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import listed, percent, plural
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.report import Audit
from corpus.store.tally import Cells, read, total

_NAMED = 12  # sources in a warning


@dataclass(frozen=True, kw_only=True)
class Licence:
    """Documents of the corpus that have it, and how many sources and languages these are of; "" for none."""

    name: str
    documents: int
    sources: int
    languages: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """Documents of a source that are in the corpus, and those of them without a licence."""

    name: str
    documents: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Most documents first; `unknown` has the sources that lack some."""

    documents: int
    licences: Sequence[Licence]
    unknown: Sequence[Source]


Tally = list[Cells]  # rows of Licensed


def reads(_: Audit) -> tuple[Ref, ...]:
    return (RELEASE.corpus,)


def tally(part: Part) -> Tally:
    return part.once(licences.of)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(_: Opened, found: Tally) -> Facts:
    rows = read(Licensed, found)
    by_name: dict[str, list[Licensed]] = {}
    for row in rows:
        by_name.setdefault(row.licence, []).append(row)
    every = total(rows, lambda row: row.source, lambda row: row.documents)
    lacking = total(by_name.get(licences.UNKNOWN, ()), lambda row: row.source, lambda row: row.documents)
    named = [
        Licence(
            name=name,
            documents=sum(row.documents for row in own),
            sources=len({row.source for row in own}),
            languages=len({row.language for row in own}),
        )
        for name, own in by_name.items()
    ]
    unknown = [Source(name=name, documents=every[name], unknown=count) for name, count in lacking.items()]
    return Facts(
        documents=sum(every.values()),
        licences=sorted(named, key=lambda one: (-one.documents, one.name)),
        unknown=sorted(unknown, key=lambda one: (-one.unknown, one.name)),
    )


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """A source all of whose documents lack a licence may have lost them on the way."""
    lacking = sum(one.unknown for one in known.unknown)
    if not lacking:
        return
    whole = [one.name for one in known.unknown if one.unknown == one.documents]
    part = [f"{one.name} ({percent(one.unknown, one.documents)})" for one in known.unknown if one.name not in whole]
    of = [f"all of {plural(len(whole), 'source')}: {listed(whole, _NAMED)}"] if whole else []
    of += [f"some of {plural(len(part), 'source')}: {listed(part, _NAMED)}"] if part else []
    yield Warned(
        kind="licence",
        words=f"{percent(lacking, known.documents)} of the corpus' documents ({lacking:,}) have no licence; "
        f"{'; '.join(of)}.",
        at="licences",
        weight=lacking / known.documents,
    )


SECTION: Section[Tally, Facts, None] = Section(
    name="licences",
    key="licences",
    links=(("licences", "Licences"),),
    reads=reads,
    over=(RELEASE.corpus,),
    tally=tally,
    merge=merge,
    facts=facts,
    warnings=warnings,
)
