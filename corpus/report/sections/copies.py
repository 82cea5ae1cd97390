"""Copies within and across sources: whose documents went for whose."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.losses.alarm import FEWEST
from corpus.losses.deduplicated import Outcome
from corpus.report import copies
from corpus.report.copies import Copied
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import percent
from corpus.stages.dedup import DEDUP
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.store.tally import total

EARLIER = "(an earlier release)"
_MATRIX = 24  # sources of the matrix, those that lost most; pairs of all stand in facts.json
_PAIRS = 200  # rows of the list of pairs
_COPY = 0.25  # share of a source's documents that another has, from which it is told


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Documents of a source that went for documents of another, or of the same; `of`: that the filters kept of it."""

    source: str
    kept_in: str
    documents: int
    of: int

    @property
    def share(self) -> float:
        return self.documents / self.of if self.of else 0.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A source: what the filters kept of it, what deduplication took of that, and for which of the columns."""

    name: str
    total: int
    taken: int
    counts: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Pairs with most documents first."""

    pairs: Sequence[Pair]
    columns: Sequence[str]
    matrix: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The first of the pairs."""

    pairs: Sequence[Pair]


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(DEDUP), *copies.READS


def facts(opened: Opened, _: None) -> Facts:
    outcomes = [row for row in opened.tally(DEDUP, Outcome) if row.outcome != "filtered"]
    came = total(outcomes, lambda row: row.source, lambda row: row.documents)
    rows = opened.copied
    pairs = [
        Pair(
            source=row.source,
            kept_in=row.kept_in or EARLIER,
            documents=row.documents,
            of=came.get(row.source, 0),
        )
        for row in rows
    ]
    columns, matrix = _matrix(rows, came)
    return Facts(
        pairs=sorted(pairs, key=lambda one: (-one.documents, one.source, one.kept_in)), columns=columns, matrix=matrix
    )


def _matrix(rows: Sequence[Copied], came: dict[str, int]) -> tuple[list[str], list[Row]]:
    lost = total(rows, lambda row: row.source, lambda row: row.documents)
    stays = total(rows, lambda row: row.kept_in, lambda row: row.documents)
    names = sorted(lost, key=lambda name: (-lost[name], name))[:_MATRIX]
    columns = sorted(stays, key=lambda name: (-stays[name], name))[:_MATRIX]
    found = {(row.source, row.kept_in): row.documents for row in rows}
    matrix = [
        Row(
            name=name,
            total=came.get(name, 0),
            taken=lost[name],
            counts=[found.get((name, other), 0) for other in columns],
        )
        for name in names
    ]
    return [name or EARLIER for name in columns], matrix


def shown(_: Opened, __: None, known: Facts) -> Shown:
    return Shown(pairs=known.pairs[:_PAIRS])


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """A source that is largely another's: it was read twice, or is a copy of it."""
    large = list(_large(known.pairs))
    ends = {(one.source, one.kept_in): one for one in large}
    for one in large:
        other = ends.get((one.kept_in, one.source))
        if other is not None and one.source < other.source:
            yield Warned(
                kind="copied",
                words=f"Sources {one.source} and {other.source} are largely the same: of documents that the filters "
                f"kept {percent(one.documents, one.of)} of {one.of:,} in {one.source} and "
                f"{percent(other.documents, other.of)} of {other.of:,} in {other.source} are copies of documents that "
                "stay in the other. Was it read twice?",
                at="copies",
                weight=one.share + other.share,
            )
        if other is not None:
            continue
        yield Warned(
            kind="copied",
            words=f"Source {one.source}: {percent(one.documents, one.of)} of the {one.of:,} documents that the filters "
            f"kept are copies of documents that stay in {one.kept_in}.",
            at="copies",
            weight=one.share,
        )


def _large(pairs: Iterable[Pair]) -> Iterator[Pair]:
    return (one for one in pairs if one.source != one.kept_in and one.documents >= FEWEST and one.share >= _COPY)


SECTION: Section[None, Facts, Shown] = Section(
    name="copies",
    key="copies",
    links=(("copies", "Copies across sources"),),
    reads=reads,
    facts=facts,
    shown=shown,
    warnings=warnings,
    copied=True,
)
