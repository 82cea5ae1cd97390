"""Lines that repeat within a source: what cutting them took by rule and source, and the commonest of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report import commonest, documents
from corpus.report.commonest import Span
from corpus.report.documents import DOCUMENTS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.samples import Shelf
from corpus.report.section import Section
from corpus.stages import lines
from corpus.stages.lines import LINES
from corpus.stages.ref import Ref
from corpus.stages.report import Audit

CUTS = LINES.cuts

_SHOWN = 20
_CHARS = 200  # of a line

Tally = list[list[Any]]  # corpus.report.commonest; the label is the rule


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a rule cut out of a source."""

    rule: str
    source: str
    lines: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that was cut, personal data replaced."""

    rule: str
    source: str
    count: int  # documents that have it
    text: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the stage cut."""

    taken: Sequence[Taken]  # most bytes first
    emptied: int  # documents of which no line was left
    commonest: Sequence[Line]


def reads(_: Audit) -> tuple[Ref, ...]:
    return DOCUMENTS, VERDICTS, CUTS


def tally(part: Part) -> Tally:
    return commonest.of_part(part, CUTS, "rule", _SHOWN)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return commonest.merged(values, _SHOWN)


def facts(opened: Opened, found: Tally) -> Facts:
    return Facts(
        taken=taken(opened.tally(LINES, lines.Taken)),
        emptied=opened.counts(LINES)["emptied"],
        commonest=samples(documents.shelf(opened), commonest.spans(found)),
    )


def taken(found: Iterable[lines.Taken]) -> list[Taken]:
    """From what the stage counted."""
    rows = [Taken(rule=row.rule, source=row.source, lines=row.lines, bytes=row.bytes) for row in found]
    return sorted(rows, key=lambda row: (-row.bytes, row.rule, row.source))


def samples(shelf: Shelf, spans: Sequence[Span]) -> list[Line]:
    """The lines as they stand in their places."""
    found = []
    for span in spans:
        piece = shelf.piece(span.part, span.row, span.start, span.end)
        text = piece.text.strip()[:_CHARS]
        found.append(Line(rule=span.label, source=piece.source, count=span.documents, text=text))
    return found


SECTION: Section[Tally, Facts, None] = Section(
    name="lines", key="lines", reads=reads, over=(CUTS,), tally=tally, merge=merge, facts=facts
)
