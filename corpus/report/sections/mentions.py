"""Of whom the corpus speaks: how often, with which words, and what rules and deduplication took of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.report import taken
from corpus.report.documents import CLUSTERS, LENGTHS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.people import mentioned, whom
from corpus.report.people.mentioned import FLAGGED, MENTIONS, Documents, Spoken, Tally
from corpus.report.people.ratios import Ratio, Stratum, pooled, ratio
from corpus.report.people.whom import Language
from corpus.report.section import Section
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.tally import read
from filters import programming
from filters.people.lists import AXES, by_language, files_of

_SHOWN = 100  # rows of sources on the page; facts.json has all
EVERY = ""  # instead of a language: all that have a list
_GENDER = "gender"


@dataclass(frozen=True, kw_only=True)
class Unmeasured:
    """A language without a list."""

    name: str
    documents: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """Documents of a source in a language that has a list; of each axis that the list has, those that mention it."""

    language: str
    name: str
    documents: int
    measured: int  # all but those that were withdrawn
    kept: int
    mentioning: Mapping[str, int]
    kept_mentioning: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a rule, or deduplication, took of documents that mention an axis and of others."""

    language: str  # "": all that have a list with the axis
    taker: str
    axis: str
    documents: int  # that came and mention it
    taken: int
    others: int
    others_taken: int
    ratio: Ratio | None  # of the two shares; null over all languages, which differ in both
    alike: Ratio  # the same between documents of one language and about one length


@dataclass(frozen=True, kw_only=True)
class Taker:
    """A rule, any rule, or deduplication, and how many documents it took."""

    language: str  # "": all that have a list
    name: str
    taken: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is counted, languages with most documents first."""

    languages: Sequence[Language]
    unmeasured: Sequence[Unmeasured]
    sources: Sequence[Source]
    takers: Sequence[Taker]
    taken: Sequence[Taken]
    flagged: bool  # whether the recipe measures flagged words


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a taker took of a language: by axis, none where it took nothing of what the axis is measured of."""

    taker: str
    taken: int
    cells: Sequence[Taken | None]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was taken as tables by language, target words beside genders, and the first sources."""

    axes: Sequence[str]
    measured: Mapping[str, Sequence[str]]  # axes by language
    tables: Mapping[str, Sequence[Line]]
    code: int  # documents of source code, of which no list is
    unmeasured: Sequence[Unmeasured]  # without these
    genders: Mapping[str, tuple[Sequence[str], Sequence[tuple[str, Sequence[int]]]]]  # groups; target and its counts
    sources: Sequence[Source]


def reads(audit: Audit) -> tuple[Ref, ...]:
    return (MENTIONS, VERDICTS, CLUSTERS, LENGTHS, *((FLAGGED,) if _flagged(audit) else ()))


def _flagged(audit: Audit) -> bool:
    return "flagged" in audit.judging


def tally(part: Part) -> Tally:
    return mentioned.tally(part, flagged=_flagged(part.recipe))


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return mentioned.merge(values)


def facts(opened: Opened, found: Tally) -> Facts:
    lists = by_language(files_of(opened.recipe.lexicons))
    rows = whom.documents(found)
    languages = whom.languages(found, rows, lists)
    return Facts(
        languages=languages,
        unmeasured=[
            Unmeasured(name=row.language, documents=row.documents, kept=row.kept)
            for row in rows
            if row.language not in lists
        ],
        sources=_sources(found, languages),
        takers=_takers(found, languages),
        taken=_taken(found, languages),
        flagged=_flagged(opened.recipe),
    )


def _sources(found: Tally, languages: Sequence[Language]) -> list[Source]:
    spoken = {(row.language, row.source, row.axis): row for row in read(Spoken, found["spoken"])}
    axes = _axes(languages)
    rows = []
    for row in read(Documents, found["documents"]):
        if row.language in axes:
            own = {axis: spoken.get((row.language, row.source, axis)) for axis in axes[row.language]}
            rows.append(
                Source(
                    language=row.language,
                    name=row.source,
                    documents=row.documents,
                    measured=row.measured,
                    kept=row.kept,
                    mentioning={axis: one.documents if one else 0 for axis, one in own.items()},
                    kept_mentioning={axis: one.kept_documents if one else 0 for axis, one in own.items()},
                )
            )
    return sorted(rows, key=lambda row: (-row.documents, row.language, row.name))


def _axes(languages: Sequence[Language]) -> dict[str, list[str]]:
    """Axes that are measured, by language."""
    return {one.name: [axis.name for axis in one.axes if axis.measured] for one in languages}


def _takers(found: Tally, languages: Sequence[Language]) -> list[Taker]:
    """Of all languages, then of each; most taken first."""
    names = [one.name for one in languages]
    rows = [
        Taker(language=scope, name=name, taken=count)
        for scope in (EVERY, *names)
        for name in found["took"]
        if (count := taken.total(found["took"], name, [scope] if scope else names))
    ]
    order = {scope: place for place, scope in enumerate((EVERY, *names))}
    return sorted(rows, key=lambda row: (order[row.language], -row.taken, row.name))


def _taken(found: Tally, languages: Sequence[Language]) -> list[Taken]:
    """Of all languages, then of each; takers that took nothing of it are left out."""
    axes = _axes(languages)
    rows = []
    for scope in (EVERY, *axes):
        for taker in found["took"]:
            for axis in AXES:
                own = [name for name in ([scope] if scope else axes) if axis in axes[name]]
                strata = [one for name in own for one in taken.strata(found["came"], found["took"], taker, axis, name)]
                if any(one.hits or one.others for one in strata):
                    rows.append(_one(scope, taker, axis, strata))
    return rows


def _one(language: str, taker: str, axis: str, strata: Sequence[Stratum]) -> Taken:
    hits, of, others, of_others = (
        sum(getattr(one, name) for one in strata) for name in ("hits", "of", "others", "of_others")
    )
    return Taken(
        language=language,
        taker=taker,
        axis=axis,
        documents=of,
        taken=hits,
        others=of_others,
        others_taken=others,
        ratio=ratio(hits, of, others, of_others) if language else None,
        alike=pooled(strata),
    )


def shown(_: Opened, __: Tally, known: Facts) -> Shown:
    measured = _axes(known.languages)
    every = [axis for axis in AXES if any(axis in own for own in measured.values())]
    coded = [one for one in known.unmeasured if one.name.startswith(programming.PREFIX)]
    return Shown(
        axes=AXES,
        measured={EVERY: every, **measured},
        tables={language: _lines(known, language) for language in (EVERY, *measured)},
        code=sum(one.documents for one in coded),
        unmeasured=[one for one in known.unmeasured if one not in coded],
        genders={one.name: _genders(one) for one in known.languages},
        sources=known.sources[:_SHOWN],
    )


def _lines(known: Facts, language: str) -> list[Line]:
    own = {(row.taker, row.axis): row for row in known.taken if row.language == language}
    return [
        Line(taker=row.name, taken=row.taken, cells=[own.get((row.name, axis)) for axis in AXES])
        for row in known.takers
        if row.language == language
    ]


def _genders(one: Language) -> tuple[Sequence[str], Sequence[tuple[str, Sequence[int]]]]:
    """Groups, and target words that stand beside any of them, most often met first."""
    groups = [group.name for axis in one.axes if axis.name == _GENDER for group in axis.groups]
    rows = [(target, [own.get(group, 0) for group in groups]) for target, own in one.pairs.items()]
    return groups, sorted((row for row in rows if sum(row[1])), key=lambda row: (-sum(row[1]), row[0]))


SECTION: Section[Tally, Facts, Shown] = Section(
    name="mentions",
    key="mentions",
    links=(("mentions", "Of whom it speaks"),),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
)
