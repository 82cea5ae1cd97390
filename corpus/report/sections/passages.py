"""Repeated passages: how much was cut where, and the passages that most documents have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report import commonest, documents
from corpus.report.documents import DOCUMENTS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.samples import Sample
from corpus.report.section import Section
from corpus.stages.passages import PASSAGES, Changed
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.tally import total

CUTS = PASSAGES.cuts

Tally = list[list[Any]]  # corpus.report.commonest; the label is the id of the document that keeps the passage


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the stage cut or dropped; sources and languages with the bytes cut out of them, most first."""

    cuts: int
    bytes: int
    changed: int
    dropped: int
    dropped_bytes: int
    repeated_words: int
    held_words: int
    sources: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A passage that was cut."""

    documents: int  # that have it
    holder: str  # id of the document that keeps it
    sample: Sample


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Those that most documents have."""

    passages: Sequence[Passage]


def reads(_: Audit) -> tuple[Ref, ...]:
    return DOCUMENTS, VERDICTS, CUTS


def tally(part: Part) -> Tally:
    return commonest.of_part(part, CUTS, "of_id", part.recipe.report.pairs)


def merge(recipe: Audit, values: Sequence[Tally]) -> Tally:
    return commonest.merged(values, recipe.report.pairs)


def facts(opened: Opened, _: Tally) -> Facts:
    counts, changed = opened.counts(PASSAGES), opened.tally(PASSAGES, Changed)
    return Facts(
        cuts=counts["cuts"],
        bytes=counts["bytes"],
        changed=counts["changed"],
        dropped=counts["dropped"],
        dropped_bytes=counts["dropped_bytes"],
        repeated_words=counts["repeated_words"],
        held_words=counts["held_words"],
        sources=_most_first(total(changed, lambda row: row.source, lambda row: row.bytes)),
        languages=_most_first(total(changed, lambda row: row.language, lambda row: row.bytes)),
    )


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def shown(opened: Opened, found: Tally, _: Facts) -> Shown:
    shelf = documents.shelf(opened)
    return Shown(
        passages=[
            Passage(
                documents=span.documents,
                holder=span.label,
                sample=shelf.head(shelf.piece(span.part, span.row, span.start, span.end)),
            )
            for span in commonest.spans(found)
        ]
    )


SECTION: Section[Tally, Facts, Shown] = Section(
    name="passages", key="passages", reads=reads, over=(CUTS,), tally=tally, merge=merge, facts=facts, shown=shown
)
