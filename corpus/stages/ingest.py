"""Sources to documents: what stood in the files, a row a record, and what could not be read, with the reason."""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.errors import RecipeError
from corpus.html import trafilatura_text
from corpus.sources.accounts import Noted, Read
from corpus.sources.formats import READERS
from corpus.sources.gate import Wanted
from corpus.sources.inventory import SourceFile
from corpus.sources.limits import Ingest
from corpus.sources.source import Source
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.stage import Located, Stage, Written, without
from corpus.tombstones import ledger
from corpus.tombstones.ledger import Ledger as Withdrawn
from corpus.tombstones.stopping import Stops

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
        column(
            "rights", pa.string(), nullable=True
        ),  # what its answer ("header name: value") and page ("page ...") say of use, a line each
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
        column("lost", pa.int64()),  # bytes of the file, as it is stored, that were not read for it
    ]
)


ROBOTS = pa.schema(
    [  # files of sites that say what may be done with documents, as the archives hold them, a row an answer
        column("kind", pa.string()),  # of corpus.sources.record.SITE_FILES
        column("source", pa.string()),
        column("file", pa.string()),
        column("offset", pa.int64()),
        column("site", pa.string()),  # its host in small letters, without www.
        column("url", pa.string()),
        column("date", pa.timestamp("s", tz="UTC"), nullable=True),  # of the answer
        column("status", pa.int32()),  # of the answer
        column("text", pa.string()),  # as it stands, at most 500 KiB; "" for a status other than 200
        column("cut", pa.bool_()),  # whether there was more
    ]
)


@dataclass(frozen=True, kw_only=True)
class SourceFiles:
    """A source without its path, for where files lie is not what they are, without what only deduplication asks
    and without its entry's name; with its files, each by name, bytes and sha256."""

    source: Source
    files: tuple[Located[SourceFile], ...]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What documents follow from."""

    limits: Ingest
    sources: tuple[SourceFiles, ...]
    trafilatura: str  # its version if a source asks for it, else ""
    stops: Stops | None = None  # what was withdrawn before, where anything was

    def identity(self) -> object:
        """Without a word of withdrawals where there are none."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return found if self.stops else {name: value for name, value in found.items() if name != "stops"}


def _params(request: "Request") -> Sources:
    found = [
        SourceFiles(
            source=replace(one.source, path="-", restricted=False, uid="", skip=tuple(sorted(one.source.skip))),
            files=tuple(Located(what=(file.file, file.size, file.sha256), at=file) for file in one.files),
        )
        for one in request.inputs
    ]
    asked = any(one.source.extractor == "trafilatura" for one in request.inputs)
    return Sources(
        limits=without(request.recipe.ingest, "max_reject_share"),
        sources=tuple(found),
        trafilatura=trafilatura_text.version() if asked else "",
        stops=_named(request),
    )


def _named(request: "Request") -> Stops | None:
    """The ledger of another root that the recipe names. Raises RecipeError if there is none."""
    table = request.recipe.withdrawals
    if not table.ledger:
        return None
    address = request.address(table.ledger)
    found = ledger.read(address)
    if not found.entries:
        raise RecipeError(f"[withdrawals] ledger: {address} holds no ledger: name the output folder of a run")
    return Stops(folders=(found.folder,), heads=(found.head,), key=table.key)


def stopped(params: Sources, own: Withdrawn, number: int, key: str) -> Sources:
    """The same under the root's own ledger as it was after entry `number`."""
    stops = params.stops or Stops(folders=(), heads=(), key=key)
    more = Stops(folders=(own.folder, *stops.folders), heads=(own.heads[number - 1], *stops.heads), key=key)
    return replace(params, stops=more)


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    rows = {table: ledger.own.rows(table) for table in ("documents", "rejects", "robots")}
    for table, count in rows.items():
        ledger.equal(f"{table} counted and written", counts.get(table, 0), count)
    ledger.equal("records read and documents + rejects", counts.get("records", 0), rows["documents"] + rows["rejects"])
    ledger.summed(Read, "sources", "records", "rejects", "documents", "bytes", "lost_bytes")
    noted = sum(note.count for note in ledger.own.tally(Noted))
    ledger.equal("notes and their sum over sources, kinds and details", ledger.own.counts["notes"], noted)


INGEST: Stage[Sources] = Stage(
    name="ingest",
    version=10,
    writes={
        "documents": Written(schema=DOCUMENTS),
        "rejects": Written(schema=REJECTS),
        "robots": Written(schema=ROBOTS),
    },
    tallies=(Read, Noted),
    params=_params,
    modules=READERS,
    libraries=("brotli", "chardetng-py", "google-re2", "unicodedata"),
    balance=_balance,
    gate=lambda request: Wanted(
        max_share=request.recipe.ingest.max_reject_share,
        skips={one.source.name: one.source.skip for one in request.inputs},
        fields={one.source.name: one.source.named_fields() for one in request.inputs},
    ),
)
