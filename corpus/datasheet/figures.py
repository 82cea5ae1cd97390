"""What is released, counted in the tables themselves: documents and bytes by source, licence and domain, and dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.store import cores, entries, storage
from filters.arrow import filled
from filters.optout import sites
from filters.optout.registered import registered

_COLUMNS = ("row", "source", "url", "licence", "text")


@dataclass
class Sum:
    """Documents and bytes of their text."""

    documents: int = 0
    bytes: int = 0

    def add(self, documents: int, size: int) -> None:
        self.documents += documents
        self.bytes += size


@dataclass
class Dated:
    """Documents that have a date, and the first and last of these; seconds since 1970 UTC."""

    documents: int = 0
    first: int = 1 << 62
    last: int = -(1 << 62)

    def add(self, other: "Dated") -> None:
        self.documents += other.documents
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)


@dataclass
class Figures:
    """Of the corpus as it is released; a text that a document has not is ""."""

    sources: dict[str, Sum] = field(default_factory=dict)
    licences: dict[str, Sum] = field(default_factory=dict)
    domains: dict[tuple[str, str], Sum] = field(default_factory=dict)  # source and registered domain
    dates: dict[str, Dated] = field(default_factory=dict)  # by source

    def merge(self, other: "Figures") -> None:
        for own, more in ((self.sources, other.sources), (self.licences, other.licences)):
            for name, one in more.items():
                own.setdefault(name, Sum()).add(one.documents, one.bytes)
        for key, one in other.domains.items():
            self.domains.setdefault(key, Sum()).add(one.documents, one.bytes)
        for name, dated in other.dates.items():
            self.dates.setdefault(name, Dated()).add(dated)

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.sources.values())

    @property
    def documents(self) -> int:
        return sum(one.documents for one in self.sources.values())


def of(release: Finished) -> Figures:
    """Reads the corpus once, part by part, and the dates of its documents. Raises DataError for a damaged table."""
    folder = release[RELEASE].folder
    threads = cores.usable() if storage.is_local(folder) else entries.READERS
    parts = range(release[RELEASE].table("corpus").parts)
    whole = Figures()
    for one in entries.ahead(lambda part: _part(release, part), parts, threads):
        whole.merge(one)
    return whole


def _part(release: Finished, part: int) -> Figures:
    dates = release[INGEST].table("documents").read(part, ["date"]).column("date")
    found = Figures()
    for batch in release[RELEASE].table("corpus").batches(part, _COLUMNS):
        columns: dict[str, Any] = {name: batch.column(name) for name in _COLUMNS}
        days: Any = dates.take(columns["row"])
        table = pa.table(
            {
                "source": columns["source"],
                "licence": filled(columns["licence"], ""),
                "domain": _domains(filled(columns["url"], "")),
                "bytes": pc.binary_length(columns["text"]).cast(pa.int64()),
                "date": days.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()),
            }
        )
        for name, one in _sums(table, ["source"]):
            found.sources.setdefault(name[0], Sum()).add(*one)
        for name, one in _sums(table, ["licence"]):
            found.licences.setdefault(name[0], Sum()).add(*one)
        for name, one in _sums(table, ["source", "domain"]):
            if name[1]:
                found.domains.setdefault((name[0], name[1]), Sum()).add(*one)
        _add_dates(found.dates, table)
    return found


def _sums(table: pa.Table, by: list[str]) -> Iterable[tuple[tuple[str, ...], tuple[int, int]]]:
    grouped = table.group_by(by).aggregate([("bytes", "count"), ("bytes", "sum")])
    for row in grouped.to_pylist():
        yield tuple(row[name] for name in by), (row["bytes_count"], row["bytes_sum"])


def _add_dates(dates: dict[str, Dated], table: pa.Table) -> None:
    grouped = table.group_by(["source"]).aggregate([("date", "count"), ("date", "min"), ("date", "max")])
    for row in grouped.to_pylist():
        if row["date_count"]:
            one = Dated(documents=row["date_count"], first=row["date_min"], last=row["date_max"])
            dates.setdefault(row["source"], Dated()).add(one)


def _domains(urls: Any) -> Any:
    """The registered domain of each address, "" where there is none."""
    distinct = urls.dictionary_encode()
    return pa.array([_domain(url) for url in distinct.dictionary.to_pylist()], pa.string()).take(distinct.indices)


def _domain(url: str) -> str:
    host = sites.parted(url)[0] if url else ""
    return registered(host) or host


def largest(domains: Mapping[tuple[str, str], Sum], wanted: Iterable[str]) -> list[tuple[str, Sum]]:
    """Domains of some sources, those with most bytes first, then by name."""
    sources = set(wanted)
    found: dict[str, Sum] = {}
    for (source, domain), one in domains.items():
        if source in sources:
            found.setdefault(domain, Sum()).add(one.documents, one.bytes)
    return sorted(found.items(), key=lambda item: (-item[1].bytes, item[0]))
