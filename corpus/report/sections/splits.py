"""What no trainer may see: documents and tokens of each split by language and by source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.shards.splits import SPLITS as NAMES
from corpus.shards.tallies import Chosen, Held, Pair
from corpus.stages.encode import ENCODE
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.splits import SPLITS
from corpus.stages.stage import counts
from corpus.store.tally import total

_SHORT = 0.5  # share of the documents that were asked for a split: clusters go whole, so some are always missing


@dataclass(frozen=True, kw_only=True)
class Split:
    """Documents that were asked for and taken."""

    name: str
    wanted: int
    documents: int
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """A language or a source: its documents in the corpus, and of them those in each split."""

    name: str
    documents: int
    held: Sequence[int]  # in order of splits


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Those with most documents first."""

    splits: Sequence[Split]
    copies: int  # documents of the corpus in clusters of near copies, which go whole
    languages: Sequence[Row]
    sources: Sequence[Row]


def reads(_: Audit) -> tuple[Ref, ...]:
    return counts(SPLITS), counts(ENCODE)


def facts(opened: Opened, _: None) -> Facts:
    held, chosen = opened.tally(SPLITS, Held), opened.tally(SPLITS, Chosen)
    documents, tokens = (
        total(held, lambda row: row.split, lambda row, name=name: getattr(row, name))  # type: ignore[misc]
        for name in ("documents", "tokens")
    )
    wanted = total(chosen, lambda row: row.split, lambda row: row.wanted)
    pairs = opened.tally(ENCODE, Pair)
    return Facts(
        splits=[
            Split(name=n, wanted=wanted.get(n, 0), documents=documents.get(n, 0), tokens=tokens.get(n, 0))
            for n in NAMES
        ],
        copies=opened.counts(SPLITS).get("copies", 0),
        languages=_rows(held, pairs, "language"),
        sources=_rows(held, pairs, "source"),
    )


def _rows(held: Sequence[Held], pairs: Sequence[Pair], side: str) -> list[Row]:
    came = total(pairs, lambda row: str(getattr(row, side)), lambda row: row.documents)
    found = total(held, lambda row: (str(getattr(row, side)), row.split), lambda row: row.documents)
    rows = [
        Row(name=name, documents=count, held=[found.get((name, split), 0) for split in NAMES])
        for name, count in came.items()
    ]
    return sorted(rows, key=lambda row: (-row.documents, row.name))


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """A split that got much less than was asked for."""
    for one in known.splits:
        if one.documents < _SHORT * one.wanted:
            yield Warned(
                kind="short",
                words=f"Split {one.name} has {one.documents:,} documents where {one.wanted:,} were asked for: clusters "
                "of near copies go whole, and languages have few.",
                at="splits",
                weight=1 - one.documents / one.wanted,
            )


SECTION: Section[None, Facts, None] = Section(
    name="splits", key="splits", links=(("splits", "Splits"),), reads=reads, facts=facts, warnings=warnings
)
