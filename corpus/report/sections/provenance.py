"""What is known of documents beside their text: how many of each source have an address, a licence, a date, a declared
language, and a custodian in the catalogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from corpus.report.counting import added_rows, cells
from corpus.report.opened import Opened, Part
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.report.words import listed, plural
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.store.tally import Cells, Row, read

DOCUMENTS = INGEST.documents
_KNOWN = ("url", "licence", "date", "language")
_NAMED = 8  # sources in a warning

Tally = list[Cells]  # rows of Known


@dataclass(frozen=True, kw_only=True)
class Known(Row):
    """Documents of a source, and of these those that have each."""

    NAME: ClassVar[str] = "known"
    source: str
    documents: int = 0
    url: int = 0
    licence: int = 0
    date: int = 0
    language: int = 0  # declared


@dataclass(frozen=True, kw_only=True)
class Source:
    """Documents of a source, and of these those that have each; all have the custodian of its entry, or none."""

    name: str
    documents: int
    url: int
    licence: int
    date: int
    language: int
    custodian: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Sources by name."""

    sources: Sequence[Source]


def reads(_: Audit) -> tuple[Ref, ...]:
    return (DOCUMENTS,)


def tally(part: Part) -> Tally:
    if not part.has(DOCUMENTS):
        return []
    columns = part.read(DOCUMENTS, ["source", *_KNOWN])
    found = columns.group_by("source").aggregate([(name, "count") for name in ("source", *_KNOWN)])
    return cells(
        Known(
            source=row["source"],
            documents=row["source_count"],
            **{name: row[f"{name}_count"] for name in _KNOWN},
        )
        for row in found.to_pylist()
    )


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(opened: Opened, found: Tally) -> Facts:
    known = set(opened.recipe.custodians)
    rows = sorted(read(Known, found), key=lambda row: row.source)
    return Facts(
        sources=[
            Source(
                name=row.source,
                documents=row.documents,
                **{name: getattr(row, name) for name in _KNOWN},
                custodian=row.documents * (row.source in known),
            )
            for row in rows
        ]
    )


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """Fields that no document of a source has; of licences the head says more."""
    for name in ("url", "date"):
        empty = [row.name for row in known.sources if row.documents and not getattr(row, name)]
        if empty:
            yield Warned(
                kind="field",
                words=f"No document of {plural(len(empty), 'source')} has a {name}: {listed(empty, _NAMED)}.",
                at="provenance",
                weight=len(empty) / len(known.sources),
            )


SECTION: Section[Tally, Facts, None] = Section(
    name="provenance",
    key="provenance",
    links=(("provenance", "Provenance"),),
    reads=reads,
    over=(DOCUMENTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    warnings=warnings,
)
