"""Documents and archived robots.txt to what these say of training on them.

Reads: address and date of documents, `robots`. Writes: `said`, aligned. Cost: for each part of documents sites and
dates of all files are read, and the texts of those that it has documents of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from corpus.stages.ingest import INGEST
from corpus.stages.robots import SAID, Asked
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import Column, at_least, integers, same, strings
from filters.optout import robots, sites
from filters.optout.robots import Robots
from filters.optout.snapshots import Snapshots
from filters.optout.statement import Statement, order
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
    return f"{counts['known']:,} of {counts['documents']:,} documents have a robots.txt in the archives"


@dataclass(frozen=True, kw_only=True)
class _File:
    """A robots.txt of a site."""

    site: str
    date: int | None  # seconds since 1970
    said: Robots

    @property
    def day(self) -> str:
        return "" if self.date is None else datetime.fromtimestamp(self.date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class AskPart:
    """The task: one part of documents."""

    folder: str
    documents: Table
    robots: Table
    asked: Asked

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        heads = self.documents.read(part, ["url", "date"])
        parted = [sites.parted(url) for url in heads.column("url").to_pylist()]
        dates = _seconds(heads.column("date"))
        by_site: dict[str, list[int]] = {}
        for row, (host, _) in enumerate(parted):
            if host:
                by_site.setdefault(sites.site(host), []).append(row)
        places = list(self._places(by_site))
        snapshots = _snapshots(places)
        found: list[set[Statement]] = [set() for _ in parted]
        known: set[int] = set()
        for file in self._files(places):
            for row in by_site[file.site]:
                if snapshots[file.site].count(file.date, dates[row], retroactive=self.asked.retroactive):
                    known.add(row)
                    found[row].update(file.said.statements(parted[row][1], self.asked.agents, file.day))
        rows = [[one._asdict() for one in sorted(own, key=order)[:_MOST]] for own in found]
        written = write_whole(self.folder, "said", f"part-{part:05d}", pa.table({"said": rows}, schema=SAID))
        counts = {"documents": len(rows), "known": len(known), "silent": len(rows) - len(known)}
        return {self.folder: Receipt(task=part, files={"said": [written]}, counts=counts)}

    def _places(self, wanted: Mapping[str, Sequence[int]]) -> Iterator[tuple[int, pa.Table]]:
        """Parts of `robots`, and of the wanted sites' files in them the rows, sites and dates."""
        names = pa.array(sorted(wanted), pa.string())
        for part, entry in enumerate(self.robots.files):
            if entry.rows and wanted:
                heads = self.robots.read(part, ["site", "date", "status"])
                heads = heads.append_column("row", pa.array(range(heads.num_rows), pa.int64()))
                status = heads.column("status")
                says = pc.or_(same(status, _OK), at_least(status, _FAILED))
                yield part, heads.filter(pc.and_(says, pc.is_in(heads.column("site"), value_set=names)))

    def _files(self, places: Sequence[tuple[int, pa.Table]]) -> Iterator[_File]:
        """One after the other: the texts of few are in memory."""
        for part, heads in places:
            rows = integers(heads.column("row"))
            for batch in self.robots.take(part, rows, ["site", "date", "status", "text", "cut"]):
                dates = _seconds(batch.column("date"))
                for row, date in enumerate(dates):
                    site, status, text, cut = (batch.column(n)[row].as_py() for n in ("site", "status", "text", "cut"))
                    yield _File(site=site, date=date, said=_said(status, text, cut=cut))


def _said(status: int, text: str, *, cut: bool) -> Robots:
    if status != _OK:
        return Robots(unread=f"its server failed with {status}")
    found = robots.parse(text)
    return replace(found, unread=robots.MORE) if cut else found


def _seconds(dates: Column) -> list[int | None]:
    """Since 1970: Parquet knows no seconds, and gives milliseconds."""
    found: list[int | None] = dates.cast(pa.timestamp("s", tz="UTC")).cast(pa.int64()).to_pylist()
    return found


def _snapshots(places: Sequence[tuple[int, pa.Table]]) -> dict[str, Snapshots]:
    """Days of the files of each site."""
    days: dict[str, list[int | None]] = {}
    for _, heads in places:
        dates = _seconds(heads.column("date"))
        for site, date in zip(strings(heads.column("site")), dates, strict=True):
            days.setdefault(site, []).append(date)
    return {site: Snapshots(own) for site, own in days.items()}
