"""Sources to documents: what stood in the files, a row a record, and what could not be read, with the reason."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa

from corpus.html import trafilatura_text
from corpus.sources.formats import READERS
from corpus.sources.inventory import SourceFile
from corpus.sources.limits import Ingest
from corpus.sources.source import Source
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.stage import Located, Stage, Written, without
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

DOCUMENTS = pa.schema(
    [
        column("id", pa.string()),  # 32 hex digits: blake2b-128 of (source, locator, text)
        column("source", pa.string()),  # name of the source in the recipe
        column("locator", pa.string()),  # the record's own id, else "<file>#<offset>"
        column("file", pa.string()),  # path below the source's root
        column("offset", pa.int64()),  # bytes into the file (WARC, lines) or row number (columnar)
        column("url", pa.string(), nullable=True),
        column("licence", pa.string(), nullable=True),  # SPDX where known; the record's own, else the source's
        column("date", pa.timestamp("s", tz="UTC"), nullable=True),  # of the record: when it was fetched or published
        column("language", pa.string(), nullable=True),  # id declared by a source that is trusted for it, else null
        column("text", pa.string()),  # NFC, no control characters but tab, lines end in \n
        column("targets_at", pa.int32(), nullable=True),  # prompted: code point at which the targets begin, else null
    ]
)

REJECTS = pa.schema(
    [
        column("source", pa.string()),
        column("file", pa.string()),
        column("offset", pa.int64()),
        column("reason", pa.string()),  # one of corpus.sources.record.REASONS
        column("detail", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Read(Row):
    """What was read of a source."""

    NAME: ClassVar[str] = "sources"
    source: str
    records: int = 0
    rejects: int = 0
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class SourceFiles:
    """A source without its path, for where files lie is not what they are, and without what only deduplication asks;
    with its files, each by name, bytes and sha256."""

    source: Source
    files: tuple[Located[SourceFile], ...]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What documents follow from."""

    limits: Ingest
    sources: tuple[SourceFiles, ...]
    trafilatura: str  # its version if a source asks for it, else ""


@dataclass(frozen=True, kw_only=True)
class Rejects:
    """The gate: the share of a source's records of which more stops the run."""

    max_share: float
    sources: tuple[str, ...]


def _params(request: "Request") -> Sources:
    found = [
        SourceFiles(
            source=replace(one.source, path="-", restricted=False),
            files=tuple(
                Located(what=(file.file, file.size, digest), at=file)
                for file, digest in zip(one.files, one.digests, strict=True)
            ),
        )
        for one in request.inputs
    ]
    asked = any(one.source.extractor == "trafilatura" for one in request.inputs)
    return Sources(
        limits=without(request.recipe.ingest, "max_reject_share"),
        sources=tuple(found),
        trafilatura=trafilatura_text.version() if asked else "",
    )


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    rows = {table: ledger.own.rows(table) for table in ("documents", "rejects")}
    for table, count in rows.items():
        ledger.equal(f"{table} counted and written", counts.get(table, 0), count)
    ledger.equal("records read and documents + rejects", counts.get("records", 0), sum(rows.values()))
    ledger.summed(Read, "sources", "records", "rejects", "documents")


INGEST: Stage[Sources] = Stage(
    name="ingest",
    version=4,
    writes={"documents": Written(schema=DOCUMENTS), "rejects": Written(schema=REJECTS)},
    tallies=(Read,),
    params=_params,
    modules=READERS,
    libraries=("fastwarc", "resiliparse", "unicodedata"),
    balance=_balance,
    gate=lambda request: Rejects(
        max_share=request.recipe.ingest.max_reject_share, sources=tuple(one.source.name for one in request.inputs)
    ),
)
