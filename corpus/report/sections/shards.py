"""What a trainer reads: files, documents and tokens of both layouts, and how sequences are packed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.shards.tallies import Packed
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.shard import SHARD
from corpus.stages.stage import counts

_LAYOUTS = ("arrow", "megatron")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Ends of documents are tokens here."""

    name: str
    files: int
    bytes: int
    documents: int
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """What sequences hold of a source: documents, those in more than one sequence, and how many pieces of documents a
    sequence that holds one of it has on average."""

    name: str
    documents: int
    cut: int
    sequences: int
    company: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`packed`: counts of sequences, padding and cuts; none where every row is a document."""

    layouts: Sequence[Layout]
    packed: Mapping[str, int]
    sources: Sequence[Source]


def reads(_: Audit) -> tuple[Ref, ...]:
    return (counts(SHARD),)


def facts(opened: Opened, _: None) -> Facts:
    own, tables = opened.counts(SHARD), opened.stage(SHARD).manifest.tables
    layouts = []
    for name in _LAYOUTS:
        entries = [entry for table in tables if table.split("/")[0] == name for entry in tables[table]]
        layouts.append(
            Layout(
                name=name,
                files=len(entries),
                bytes=sum(entry.bytes for entry in entries),
                documents=own.get(f"{name}.documents", 0),
                tokens=own.get(f"{name}.tokens", 0),
            )
        )
    sources = [
        Source(
            name=row.source,
            documents=row.documents,
            cut=row.cut,
            sequences=row.sequences,
            company=row.company / row.sequences if row.sequences else 0.0,
        )
        for row in opened.tally(SHARD, Packed)
    ]
    return Facts(
        layouts=layouts,
        packed={name.removeprefix("packed."): count for name, count in own.items() if name.startswith("packed.")},
        sources=sorted(sources, key=lambda row: (-row.documents, row.name)),
    )


SECTION: Section[None, Facts, None] = Section(
    name="shards", key="shards", links=(("shards", "Shards and packing"),), reads=reads, facts=facts
)
