"""Personal data: spans by kind and action, how well each kind is found, and texts that are equal once redacted."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.report.counting import SEPARATOR, Counts, added, counted
from corpus.report.opened import Opened, Part, Repeated
from corpus.report.section import Section
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.report import Audit
from filters.pii import quality_card as card

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


def tally(part: Part) -> Counts:
    """Spans by kind and action."""
    columns = (column.to_pylist() for column in part.read(REDACTIONS, ["kind", "action"]).columns)
    return counted(SEPARATOR.join(names) for names in zip(*columns, strict=True))


def merge(_: Audit, values: Sequence[Counts]) -> Counts:
    return added(values)


def facts(opened: Opened, found: Counts) -> Facts:
    counts = opened.counts(RELEASE)
    return Facts(
        spans=counts.get("spans", 0),
        redactions=_kinds(found),
        redacted_equal=opened.repeated[EQUAL],
        pii_dropped=counts.get("pii_dropped", 0),
    )


def _kinds(found: Counts) -> list[Kind]:
    measured = card.load()
    rows = []
    for name, spans in sorted(found.items()):
        kind, action = name.split(SEPARATOR)
        quality = vars(measured[kind]) if kind in measured else {}
        rows.append(Kind(kind=kind, action=action, spans=spans, **quality))
    return rows


SECTION: Section[Counts, Facts, None] = Section(
    name="personal",
    links=(("personal", "Personal data"),),
    reads=reads,
    over=(REDACTIONS,),
    tally=tally,
    merge=merge,
    repeated=(EQUAL,),
    facts=facts,
)
