"""Two releases compared: all that is said of them, as facts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.comparison import changes, counts, parameters, samples
from corpus.comparison.changes import Changes, Kind
from corpus.comparison.counts import Group, Row
from corpus.comparison.parameters import Different, Files
from corpus.comparison.samples import Sample
from corpus.comparison.sides import Side

CHANGES = ("dropped", "kept", "text", "only A", "only B")  # in the order in which they are told


@dataclass(frozen=True, kw_only=True)
class Named:
    """A release: as it was asked for, and what names it by its stages."""

    name: str
    release: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """Documents of one kind of change, and some of them. Kinds that rules make overlap: see `Documents`."""

    what: str  # one of CHANGES
    by: str  # a rule, or what else took them; "" for what has no reason
    documents: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Documents of both. `newly_dropped`, `newly_kept`, `other_text` and those that one alone has count each once."""

    both: int
    only_a: int
    only_b: int
    kept: int  # in both releases
    dropped: int  # in both
    newly_dropped: int
    newly_kept: int
    other_text: int  # kept in both, with another text
    other_reason: int  # dropped in both, not for the same
    other_language: int
    repeats_a: int  # records that are the same as another of that release, which are counted once
    repeats_b: int
    sources: Mapping[str, Mapping[str, int]]  # of those that changed, by CHANGES
    languages: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """B against A."""

    a: Named
    b: Named
    parameters: Sequence[Different]
    files: Sequence[Files]
    funnel: Sequence[Row]
    rules: Sequence[Row]
    sources: Sequence[Group]
    languages: Sequence[Group]
    documents: Documents
    changes: Sequence[Change]

    @property
    def same(self) -> bool:
        """Whether they are one release, stage by stage."""
        return self.a.release == self.b.release


def compare(
    a: Side, b: Side, count: int, seed: int, chars: int, done: Callable[[int], None] = lambda _: None
) -> Comparison:
    """`count` samples of each kind of change, chosen by `seed`, of `chars` code points; `done` is told how many
    documents of A are behind. Raises DataError."""
    found = changes.between(a.opened, b.opened, count, seed, done)
    return Comparison(
        a=Named(name=a.name, release=a.mark),
        b=Named(name=b.name, release=b.mark),
        parameters=parameters.different(a, b),
        files=parameters.files(a, b),
        funnel=counts.funnel(a, b),
        rules=counts.rules(a, b),
        sources=counts.groups(a, b, "source"),
        languages=counts.groups(a, b, "language"),
        documents=_documents(found),
        changes=[
            Change(
                what=kind.what,
                by=kind.by,
                documents=documents,
                samples=tuple(samples.fetched(a, b, kind, found.samples.get(kind, ()), chars)),
            )
            for kind, documents in sorted(found.kinds.items(), key=_order)
            if documents
        ],
    )


def _order(item: tuple[Kind, int]) -> tuple[int, int, str]:
    kind, documents = item
    return CHANGES.index(kind.what), -documents, kind.by


def _documents(found: Changes) -> Documents:
    totals = found.totals
    return Documents(
        both=found.common,
        only_a=totals["only A"],
        only_b=totals["only B"],
        kept=found.kept,
        dropped=found.dropped,
        newly_dropped=totals["dropped"],
        newly_kept=totals["kept"],
        other_text=totals["text"],
        other_reason=found.other_reason,
        other_language=found.other_language,
        repeats_a=found.repeats_a,
        repeats_b=found.repeats_b,
        sources=_sorted(found.sources),
        languages=_sorted(found.languages),
    )


def _sorted(places: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    ordered = sorted(places.items(), key=lambda item: (-item[1].total(), item[0]))
    return {name: {what: count[what] for what in CHANGES} for name, count in ordered}
