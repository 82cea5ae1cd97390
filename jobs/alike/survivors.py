"""Documents that take part in the election: what they are alike by, how they rank, what binds them.

Reads: verdicts, content keys, the narrow columns of documents and the signals that the order of election names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates import addresses
from corpus.duplicates.contents import split
from corpus.duplicates.earlier import Earlier
from corpus.duplicates.rank import Key, parse, ranks
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import Election
from corpus.stages.stage import signals
from corpus.store.table import Table
from filters.arrow import Array, ChunkedArray, array, filled, joined, strings
from filters.content import NO_TEXT
from jobs.engine.job import Job
from jobs.engine.tasks import names_of

# Ranks of documents of this release begin with a byte that says whether all others come before them: 0 or 1. One byte
# more in front of each, where there are earlier releases, puts theirs first.
_FIRST, _AFTER = b"\0", b"\1"
SCHEMA = (
    "high long, low long, rank binary, key long, id string, restricted boolean, url_high long, url_low long, date long"
)


def emitter(job: Job[Election]) -> "EmitSurvivors":
    """The task that reads the survivors of a part."""
    keys = tuple(parse(text) for text in job.params.table.prefer)
    names = dict.fromkeys(["content", *(key.filter for key in keys if key.filter)])
    return EmitSurvivors(
        election=job.params,
        keys=keys,
        documents=job.documents(),
        verdicts=job.table(DECIDE.verdicts),
        signals={name: job.table(signals(name)) for name in names},
    )


@dataclass(frozen=True, kw_only=True)
class EmitSurvivors:
    """Documents that decide kept, that have text and whose source is not exempt."""

    election: Election
    keys: tuple[Key, ...]
    documents: Table
    verdicts: Table
    signals: Mapping[str, Table]

    @property
    def earlier(self) -> Earlier:
        return self.election.earlier

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        if part >= self.documents.parts:
            yield self._known(part)
            return
        dedup = self.election.table
        verdicts = self.verdicts.read(part, ["id", "source", "kept"])
        contents = self.signals["content"].read(part, ["key"]).column("key")
        document = self._documents(part, verdicts)
        some = pc.not_equal(contents, pa.scalar(NO_TEXT, pa.binary(16)))
        own = np.asarray(pc.and_(verdicts.column("kept"), some)) & ~exempt(self.election, verdicts.column("source"))
        taken = array(np.flatnonzero(own))
        document = document.take(taken)
        urls = self._urls(document)
        columns = {"document": document, "content": self.signals["content"].read(part).take(taken)}
        for key in self.keys:
            if key.filter and key.filter not in columns:
                columns[key.filter] = self.signals[key.filter].read(part).take(taken)
        bound = restricted(self.election, document.column("source"), document.column("licence"))
        outranked = ~bound if dedup.restricted == "stays" else np.zeros(len(bound), bool)
        lists = {"source": dedup.prefer_sources, "licence": dedup.prefer_licences}
        high, low = split(contents.take(taken).combine_chunks())
        url_high, url_low = split(filled(urls, NO_TEXT))
        unknown = np.asarray(pc.is_null(urls), bool)
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(high),
                pa.array(low),
                self._ranks(columns, lists, outranked),
                pa.array((np.int64(part) << np.int64(32)) | taken.to_numpy()),
                document.column("id").combine_chunks(),
                pa.array(bound),
                pa.array(url_high, mask=unknown),
                pa.array(url_low, mask=unknown),
                document.column("date").cast(pa.int64()).combine_chunks(),
            ],
            names=names_of(SCHEMA),
        )

    def _ranks(
        self, columns: Mapping[str, pa.Table], lists: Mapping[str, Sequence[str]], outranked: np.ndarray
    ) -> Array:
        found = ranks(self.keys, columns, lists, outranked)
        if not self.earlier.parts:
            return found
        behind: Array = joined([pa.scalar(_AFTER), found], pa.scalar(b""))
        return behind

    def _known(self, part: int) -> pa.RecordBatch:
        """Documents of an earlier release: they rank before all others, by id, and stay whatever they are."""
        index, place = self.earlier.locate(part - self.documents.parts)
        found = index.read(place, ["id", "restricted", "key", "url"])
        rows = np.flatnonzero(np.asarray(pc.not_equal(found.column("key"), pa.scalar(NO_TEXT, pa.binary(16)))))
        found = found.take(array(rows)).combine_chunks()
        high, low = split(found.column("key").combine_chunks())
        urls = found.column("url").combine_chunks()
        if self.election.table.url == "off":
            urls = pa.nulls(len(rows), pa.binary(16))
        url_high, url_low = split(filled(urls, NO_TEXT))
        unknown = np.asarray(pc.is_null(urls), bool)
        ids = found.column("id").combine_chunks()
        ranks_ = [_FIRST + bytes.fromhex(id_) for id_ in strings(ids)]
        columns = [
            pa.array(high),
            pa.array(low),
            pa.array(ranks_, pa.binary()),
            pa.array((np.int64(part) << np.int64(32)) | rows),
            ids,
            found.column("restricted").combine_chunks(),
            pa.array(url_high, mask=unknown),
            pa.array(url_low, mask=unknown),
            pa.nulls(len(rows), pa.int64()),
        ]
        return pa.RecordBatch.from_arrays(columns, names=names_of(SCHEMA))

    def _documents(self, part: int, verdicts: pa.Table) -> pa.Table:
        found = self.documents.read(part, ["licence", "date", *(["url"] if self.election.table.url != "off" else [])])
        return found.append_column("id", verdicts.column("id")).append_column("source", verdicts.column("source"))

    def _urls(self, document: pa.Table) -> Array:
        if self.election.table.url == "off":
            return pa.nulls(document.num_rows, pa.binary(16))
        whole = ~fits(document.column("source"), self.election.table.url_without_query)
        pairs = zip(document.column("url").to_pylist(), whole.tolist(), strict=True)
        return pa.array([addresses.key(url, query=query) for url, query in pairs], pa.binary(16))


def restricted(election: Election, sources: ChunkedArray, licences: ChunkedArray) -> np.ndarray:
    """bool[rows]: whether a document's source is restricted, or its licence, as it is written but in any case."""
    names = pa.array(election.restricted_sources, pa.string())
    listed = pa.array([licence.lower() for licence in election.table.restricted_licences], pa.string())
    return np.asarray(pc.or_(pc.is_in(sources, names), pc.is_in(pc.utf8_lower(licences), listed)), bool)


def exempt(election: Election, sources: ChunkedArray) -> np.ndarray:
    """bool[rows]: whether a document's source takes no part in the election."""
    return fits(sources, election.table.exempt)


def fits(sources: ChunkedArray, patterns: Sequence[str]) -> np.ndarray:
    """bool[rows]: whether a source fits one of the names or patterns."""
    known = pc.unique(sources)
    names = [name for name in strings(known) if any(fnmatchcase(name, pattern) for pattern in patterns)]
    return np.asarray(pc.is_in(sources, pa.array(names, pa.string())), bool)
