"""Personal data: spans by kind and action, how well each kind is found, and texts that are equal once redacted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from corpus.report.counting import added_rows, cells
from corpus.report.opened import Opened, Part, Repeated
from corpus.report.section import Section
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.report import Audit
from corpus.store.tally import Cells, Row, read
from filters.pii import quality_card

REDACTIONS = RELEASE.redactions
EQUAL = Repeated(rows=RELEASE.corpus, key="content", summed="redacted")  # key: 16 bytes of each text


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of personal data and what was done with it; of a kind on the card, how well it is found."""

    kind: str
    action: str
    spans: int
    precision: float | None = None
    recall: float | None = None
    labelled: int | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was found."""

    spans: int
    redactions: Sequence[Kind]
    redacted_equal: int  # redacted documents whose text is now that of another
    pii_dropped: int  # documents


def reads(_: Audit) -> tuple[Ref, ...]:
    return REDACTIONS, EQUAL.rows


@dataclass(frozen=True, kw_only=True)
class Found(Row):
    """Spans by kind and action."""

    NAME: ClassVar[str] = "redactions"
    kind: str
    action: str
    spans: int = 0


Tally = list[Cells]  # rows of Found


def tally(part: Part) -> Tally:
    columns = (column.to_pylist() for column in part.read(REDACTIONS, ["kind", "action"]).columns)
    found = Counter(zip(*columns, strict=True))
    return cells(Found(kind=kind, action=action, spans=spans) for (kind, action), spans in found.items())


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(opened: Opened, found: Tally) -> Facts:
    counts = opened.counts(RELEASE)
    return Facts(
        spans=counts.get("spans", 0),
        redactions=_kinds(read(Found, found)),
        redacted_equal=opened.repeated[EQUAL],
        pii_dropped=counts.get("pii_dropped", 0),
    )


def _kinds(found: Iterable[Found]) -> list[Kind]:
    measured = quality_card.load()
    rows = []
    for row in sorted(found, key=lambda row: (row.kind, row.action)):
        quality = vars(measured[row.kind]) if row.kind in measured else {}
        rows.append(Kind(kind=row.kind, action=row.action, spans=row.spans, **quality))
    return rows


SECTION: Section[Tally, Facts, None] = Section(
    name="personal",
    links=(("personal", "Personal data"),),
    reads=reads,
    over=(REDACTIONS,),
    tally=tally,
    merge=merge,
    repeated=(EQUAL,),
    facts=facts,
)
