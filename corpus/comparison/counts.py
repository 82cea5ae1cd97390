"""Counts of two releases side by side: the funnel, rules, sources and languages, from their manifests alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from corpus.comparison.sides import Side
from corpus.losses.filtered import Fired, Judged
from corpus.shards.tallies import Pair
from corpus.stages.built import Finished
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Row:
    """A count in both."""

    name: str
    a: int
    b: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """A source or a language in both: documents that came, those in the corpus, and their tokens."""

    name: str
    documents: Row
    kept: Row
    tokens: Row

    @property
    def differs(self) -> bool:
        return any(row.a != row.b for row in (self.documents, self.kept, self.tokens))


_FUNNEL: Mapping[str, tuple[Stage, str]] = {  # type: ignore[type-arg]
    "records read": (INGEST, "records"),
    "rejected": (INGEST, "rejects"),
    "documents": (INGEST, "documents"),
    "dropped by filters": (DECIDE, "dropped"),
    "of a known address": (DEDUP, "url"),
    "exact duplicates": (DEDUP, "exact"),
    "near duplicates": (DEDUP, "near"),
    "contained in code": (DEDUP, "contained"),
    "items of suites": (CONTAMINATION, "dropped"),
    "no line left": (LINES, "emptied"),
    "repeated passages": (PASSAGES, "dropped"),
    "dropped for personal data": (RELEASE, "pii_dropped"),
    "documents in the corpus": (RELEASE, "documents"),
    "bytes of text": (RELEASE, "bytes"),
    "spans of personal data": (RELEASE, "spans"),
    "tokens": (ENCODE, "tokens"),
}


def funnel(a: Side, b: Side) -> list[Row]:
    """In the order of the stages; what neither counts is left out."""
    rows = [
        Row(name=name, a=_count(a, stage, count), b=_count(b, stage, count)) for name, (stage, count) in _FUNNEL.items()
    ]
    return [row for row in rows if row.a or row.b]


def _count(side: Side, stage: Stage, name: str) -> int:  # type: ignore[type-arg]
    found = side.opened.stages.get(stage)
    return found.counts.get(name, 0) if found else 0


def rules(a: Side, b: Side) -> list[Row]:
    """Documents on which each rule fired, by name."""
    left, right = (_fired(side.opened.stages) for side in (a, b))
    return _rows(left, right)


def _fired(stages: Finished) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in stages[DECIDE].tally(Fired):
        found[row.rule] += row.documents
    return found


def groups(a: Side, b: Side, by: str) -> list[Group]:
    """By `source` or `language`, most documents first."""
    counted = [[_by(side, by, *what) for what in _COUNTS] for side in (a, b)]
    names = {name for own in counted for counter in own for name in counter}
    found = [
        Group(
            name=name,
            **{
                kind: Row(name=kind, a=left[name], b=right[name])
                for kind, left, right in zip(("documents", "kept", "tokens"), *counted, strict=True)
            },
        )
        for name in names
    ]
    return sorted(found, key=lambda one: (-max(one.documents.a, one.documents.b), one.name))


def _judged(stages: Finished) -> Iterable[Judged]:
    return stages[DECIDE].tally(Judged)


def _encoded(stages: Finished) -> Iterable[Pair]:
    return stages[ENCODE].tally(Pair) if ENCODE in stages else ()


_COUNTS: tuple[tuple[Callable[[Finished], Iterable[Judged | Pair]], str], ...] = (
    (_judged, "documents"),
    (_encoded, "documents"),
    (_encoded, "tokens"),
)


def _by(side: Side, by: str, rows: Callable[[Finished], Iterable[Judged | Pair]], summed: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows(side.opened.stages):
        found[getattr(row, by)] += getattr(row, summed)
    return found


def _rows(left: Mapping[str, int], right: Mapping[str, int]) -> list[Row]:
    return [Row(name=name, a=left.get(name, 0), b=right.get(name, 0)) for name in sorted({*left, *right})]
