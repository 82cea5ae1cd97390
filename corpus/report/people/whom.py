"""Of whom texts of a language speak, as facts: axes and groups, how equally, beside which words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.report.people import representation
from corpus.report.people.mentioned import Beside, Documents, Named, Spoken, Tally
from corpus.report.people.ratios import Ratio, ratio
from corpus.store.tally import added, read
from filters.people.lists import AXES, TARGETS, TermList


@dataclass(frozen=True, kw_only=True)
class About:
    """What a list says of itself."""

    name: str
    version: int
    variety: str
    author: str
    source: str
    licence: str
    limits: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Documents that mention a group, and terms of it; of these the kept ones."""

    name: str
    listed: int  # terms of its list
    documents: int
    terms: int
    kept_documents: int
    kept_terms: int


@dataclass(frozen=True, kw_only=True)
class Axis:
    """An axis in a language. All numbers are null where the list of the language lacks it: it is not measured."""

    name: str
    measured: bool
    documents: int | None
    terms: int | None
    kept_documents: int | None
    kept_terms: int | None
    representation: float | None  # total variation from uniform of terms over the length of their lists; null of none
    kept_representation: float | None
    associations: Mapping[str, float | None]  # by kind of target word: mean of the same over them, of kept documents
    flagged: Ratio | None  # share with flagged words over that of documents without the axis; null: not measured
    groups: Sequence[Group]


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language that has a list."""

    name: str
    documents: int
    measured: int  # all but those that were withdrawn
    kept: int
    about: About
    axes: Sequence[Axis]
    pairs: Mapping[str, Mapping[str, int]]  # by target and group: terms of both, multiplied, of each kept document


def documents(found: Tally) -> list[Documents]:
    """A row a language, most documents first."""
    rows = added(Documents, (replace(row, source="") for row in read(Documents, found["documents"])))
    return sorted(rows, key=lambda row: (-row.documents, row.language))


def languages(found: Tally, rows: Iterable[Documents], lists: Mapping[str, TermList]) -> list[Language]:
    """Those of these rows that have a list."""
    spoken = added(Spoken, (replace(row, source="") for row in read(Spoken, found["spoken"])))
    counts = _Counts(
        spoken={(row.language, row.axis): row for row in spoken},
        named={(row.language, row.group): row for row in read(Named, found["named"])},
        beside={(row.language, row.axis): row for row in read(Beside, found["beside"])},
    )
    return [
        Language(
            name=row.language,
            documents=row.documents,
            measured=row.measured,
            kept=row.kept,
            about=_about(lists[row.language]),
            axes=[
                _measured(axis, row.language, lists[row.language], counts, found["together"].get(row.language, {}))
                if axis in lists[row.language].axes
                else _lacking(axis)
                for axis in AXES
            ],
            pairs=found["together"].get(row.language, {}),
        )
        for row in rows
        if row.language in lists
    ]


@dataclass(frozen=True, kw_only=True)
class _Counts:
    """By language and axis or group."""

    spoken: Mapping[tuple[str, str], Spoken]
    named: Mapping[tuple[str, str], Named]
    beside: Mapping[tuple[str, str], Beside]


def _about(one: TermList) -> About:
    return About(
        name=one.name,
        version=one.version,
        variety=one.variety,
        author=one.author,
        source=one.source,
        licence=one.licence,
        limits=one.limits,
    )


def _lacking(axis: str) -> Axis:
    numbers = ("documents", "terms", "kept_documents", "kept_terms", "representation", "kept_representation", "flagged")
    nothing: dict[str, None] = dict.fromkeys(numbers)
    return Axis(name=axis, measured=False, associations=dict.fromkeys(TARGETS), groups=[], **nothing)


def _measured(axis: str, language: str, own: TermList, counts: _Counts, pairs: Mapping[str, Mapping[str, int]]) -> Axis:
    row = counts.spoken.get((language, axis), Spoken(language=language, source="", axis=axis))
    groups = [_group(f"{axis}.{name}", len(terms), language, counts) for name, terms in sorted(own.axes[axis].items())]
    sizes = {group.name: group.listed for group in groups}
    return Axis(
        name=axis,
        measured=True,
        documents=row.documents,
        terms=row.terms,
        kept_documents=row.kept_documents,
        kept_terms=row.kept_terms,
        representation=representation.from_uniform({one.name: one.terms for one in groups}, sizes),
        kept_representation=representation.from_uniform({one.name: one.kept_terms for one in groups}, sizes),
        associations={kind: _association(kind, own, pairs, sizes) for kind in TARGETS},
        flagged=_flagged(counts.beside.get((language, axis))),
        groups=groups,
    )


def _group(name: str, listed: int, language: str, counts: _Counts) -> Group:
    row = counts.named.get((language, name), Named(language=language, group=name))
    return Group(
        name=name,
        listed=listed,
        documents=row.documents,
        terms=row.terms,
        kept_documents=row.kept_documents,
        kept_terms=row.kept_terms,
    )


def _association(
    kind: str, own: TermList, pairs: Mapping[str, Mapping[str, int]], sizes: Mapping[str, int]
) -> float | None:
    names = (f"{kind}.{name}" for name in own.targets.get(kind, {}))
    return representation.association((pairs.get(name, {}) for name in names), sizes)


def _flagged(row: Beside | None) -> Ratio | None:
    return ratio(row.flagged, row.documents, row.others_flagged, row.others) if row else None
