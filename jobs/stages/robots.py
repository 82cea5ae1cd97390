"""Documents and archived files of sites to what these say of training on them.

Reads: address, date and rights of documents, `robots`. Writes: `said`, aligned. Cost: for each part of documents kinds,
sites, addresses and dates of all files are read, and the texts of those that it has documents of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urljoin

import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.addresses import canonical
from corpus.sources.record import ROBOTS, TDM_FILE, TERMS
from corpus.stages.ingest import INGEST
from corpus.stages.robots import SAID, Asked
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import Column, at_least, integers, same, strings
from filters.optout import answers, robots, rsl, sites, tdm_file
from filters.optout.robots import Robots
from filters.optout.rsl import Terms
from filters.optout.snapshots import Snapshots
from filters.optout.statement import Statement, order
from filters.optout.tdm_file import TdmFile
from jobs.engine.job import Job

_MOST = 8  # statements kept of a document, the strictest first; the first of them decides
_OK = 200
_FAILED = 500  # what a server that fails would have said is not known (RFC 9309, 2.3.1.4: it must not be read as leave)


def build(job: Job[Asked]) -> str:
    """Ask the site of every document."""
    documents = job.documents()
    task = AskPart(folder=job.folder, documents=documents, robots=job.table(INGEST.robots), asked=job.params)
    job.run(documents.parts, task, reads=documents.files)
    counts = job.finish(parts=documents.parts).counts
    return f"files of their sites in the archives speak of {counts['known']:,} of {counts['documents']:,} documents"


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file of a site, and the text in it."""

    kind: str
    key: str  # site; of terms site and path
    date: int | None  # seconds since 1970
    status: int
    text: str
    cut: bool

    @property
    def day(self) -> str:
        return "" if self.date is None else datetime.fromtimestamp(self.date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class _Link:
    """A line that names terms."""

    row: int
    place: str
    raw: str
    keys: tuple[str, ...]  # site and path of each; "" for what is no address


@dataclass(kw_only=True)
class _Part:
    """What is known of the documents of a part, and what is found."""

    parted: Sequence[tuple[str, str]]  # host and path
    dates: Sequence[int | None]
    found: list[set[Statement]] = field(init=False)

    def __post_init__(self) -> None:
        self.found = [set() for _ in self.parted]

    def by_site(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, (host, _) in enumerate(self.parted):
            if host:
                rows.setdefault(sites.site(host), []).append(row)
        return rows


@dataclass(frozen=True, kw_only=True)
class AskPart:
    """The task: one part of documents."""

    folder: str
    documents: Table
    robots: Table
    asked: Asked

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        heads = self.documents.read(part, ["url", "date", "rights"])
        urls = heads.column("url").to_pylist()
        own = _Part(parted=[sites.parted(url) for url in urls], dates=_seconds(heads.column("date")))
        named = self._of_sites(own)
        links = [*_links(urls, heads.column("rights").to_pylist()), *named]
        self._of_terms(own, links)
        rows = [[one._asdict() for one in sorted(said, key=order)[:_MOST]] for said in own.found]
        written = write_whole(self.folder, "said", f"part-{part:05d}", pa.table({"said": rows}, schema=SAID))
        known = sum(1 for one in rows if one)
        counts = {"documents": len(rows), "known": known, "silent": len(rows) - known}
        return {self.folder: Receipt(task=part, files={"said": [written]}, counts=counts)}

    def _of_sites(self, own: _Part) -> list[_Link]:
        """Statements of robots.txt and tdmrep.json; the terms that robots.txt names."""
        by_site = own.by_site()
        places = list(self._places("site", by_site, (ROBOTS, TDM_FILE)))
        snapshots = _snapshots(places)
        named: set[_Link] = set()
        for file in self._files(places, "site"):
            said = tdm_file.parse(file.text) if file.kind == TDM_FILE else _said(file)
            for row in by_site[file.key]:
                if self._counts(snapshots, file, own.dates[row]):
                    made = self._statements(said, own.parted[row][1], file.day)
                    own.found[row].update(made)
                    named |= {link for one in made if (link := _named(row, one))}
        return sorted(named, key=lambda link: (link.row, link.raw))

    def _statements(self, said: Robots | TdmFile, path: str, day: str) -> list[Statement]:
        if isinstance(said, TdmFile):
            return list(said.statements(path, day))
        return list(said.statements(path, self.asked.agents, day))

    def _of_terms(self, own: _Part, links: Sequence[_Link]) -> None:
        """What terms say that the archive holds, in place of the line that names them: of one all, or none is read."""
        wanted: dict[str, list[_Link]] = {}
        for link in links:
            for key in link.keys:
                wanted.setdefault(key, []).append(link)
        places = list(self._places("url", wanted, (TERMS,)))
        snapshots = _snapshots(places)
        read: dict[_Link, dict[str, list[Statement]]] = {}
        for file in self._files(places, "url"):
            terms = _terms(file)
            for link in wanted[file.key]:
                if self._counts(snapshots, file, own.dates[link.row]):
                    host, path = own.parted[link.row]
                    made = terms.statement(host, path, link.place, file.day, link.raw)
                    read.setdefault(link, {}).setdefault(file.key, []).append(made)
        for link, by_key in read.items():
            if {*link.keys} == by_key.keys():
                said = own.found[link.row]
                said -= {
                    one for one in said if (one.protocol, one.place, one.raw) == (rsl.PROTOCOL, link.place, link.raw)
                }
                said.update(one for several in by_key.values() for one in several)

    def _counts(self, snapshots: Mapping[tuple[str, str], Snapshots], file: _File, page: int | None) -> bool:
        return snapshots[file.kind, file.key].count(file.date, page, retroactive=self.asked.retroactive)

    def _places(self, by: str, wanted: Mapping[str, object], kinds: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """Parts of `robots`, and of the wanted files in them the rows, kinds, keys and dates. Of files that could not
        be had those of robots.txt count whose server failed."""
        names = pa.array(sorted(wanted), pa.string())
        for part, entry in enumerate(self.robots.files):
            if entry.rows and wanted:
                heads = self.robots.read(part, ["kind", by, "date", "status"])
                heads = heads.append_column("row", pa.array(range(heads.num_rows), pa.int64()))
                heads = heads.append_column("key", _keys(heads.column(by), addresses=by == "url"))
                status, kind = heads.column("status"), heads.column("kind")
                says = pc.or_(same(status, _OK), pc.and_(at_least(status, _FAILED), same(kind, ROBOTS)))
                there = pc.and_(
                    pc.is_in(kind, value_set=pa.array(kinds)), pc.is_in(heads.column("key"), value_set=names)
                )
                yield part, heads.filter(pc.and_(says, there))

    def _files(self, places: Sequence[tuple[int, pa.Table]], by: str) -> Iterator[_File]:
        """One after the other: the texts of few are in memory."""
        for part, heads in places:
            rows = integers(heads.column("row"))
            for batch in self.robots.take(part, rows, ["kind", by, "date", "status", "text", "cut"]):
                keys = strings(_keys(batch.column(by), addresses=by == "url"))
                for row, date in enumerate(_seconds(batch.column("date"))):
                    own = {name: batch.column(name)[row].as_py() for name in ("kind", "status", "text", "cut")}
                    yield _File(key=keys[row], date=date, **own)


def _keys(values: Column, *, addresses: bool) -> Column:
    if not addresses:
        return values
    return pa.array([_key(url) for url in strings(values)], pa.string())


def _key(url: str) -> str:
    """Site and path: whatever scheme, and with www. or without, as sites are looked up."""
    host, path = sites.parted(canonical(url))
    return f"{sites.site(host)}{path}" if host else ""


def _links(urls: Sequence[str | None], rights: Sequence[str | None]) -> Iterator[_Link]:
    """Of answers and pages."""
    for row, (url, said) in enumerate(zip(urls, rights, strict=True)):
        for place, raw, addresses in answers.terms(said) if said else ():
            yield _Link(row=row, place=place, raw=raw, keys=_absolute(url or "", addresses))


def _named(row: int, one: Statement) -> _Link | None:
    """The terms that a line of robots.txt names, which must be a whole address."""
    if one.protocol != rsl.PROTOCOL:
        return None
    address = one.raw.partition(":")[2].strip()
    return _Link(row=row, place=one.place, raw=one.raw, keys=_absolute("", (address,)))


def _absolute(base: str, addresses: Iterable[str]) -> tuple[str, ...]:
    found = []
    for one in addresses:
        try:
            whole = urljoin(base, one)
        except ValueError:  # no address: brackets that do not close
            whole = ""
        found.append(_key(whole))
    return tuple(dict.fromkeys(found))


def _said(file: _File) -> Robots:
    if file.status != _OK:
        return Robots(unread=f"its server failed with {file.status}")
    found = robots.parse(file.text)
    return replace(found, unread=robots.MORE) if file.cut else found


def _terms(file: _File) -> Terms:
    return Terms(unread=rsl.UNREADABLE) if file.cut else rsl.parse(file.text)


def _seconds(dates: Column) -> list[int | None]:
    """Since 1970: Parquet knows no seconds, and gives milliseconds."""
    found: list[int | None] = dates.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_pylist()
    return found


def _snapshots(places: Sequence[tuple[int, pa.Table]]) -> dict[tuple[str, str], Snapshots]:
    """Days of the files of each kind and site, or address."""
    days: dict[tuple[str, str], list[int | None]] = {}
    for _, heads in places:
        own = zip(
            *(strings(heads.column(name)) for name in ("kind", "key")), _seconds(heads.column("date")), strict=True
        )
        for kind, key, date in own:
            days.setdefault((kind, key), []).append(date)
    return {key: Snapshots(own) for key, own in days.items()}
