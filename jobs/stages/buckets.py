"""Documents that are trained on to buckets: what a mixture by a list tells them apart by, and how large each is.

Reads: `tokens`, of which rows, sources, languages and lengths; the signals that the list names; of clusters content
keys and `pairs`. Writes: `buckets`, a row a document; `sizes` of clusters; `about/buckets.json`, with the ends of
quantiles. Cost: the narrow columns of the token parts, twice where there are quantiles; of clusters some 60 bytes a
document in this process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.components import components
from corpus.duplicates.contents import split
from corpus.mixture import bucketed, quantiles
from corpus.mixture.bucketed import Ends, Signals
from corpus.mixture.cells import Celled, Clustered
from corpus.shards.tokens import TokenPart, token_parts
from corpus.stages.buckets import ABOUT, BUCKETS_SCHEMA, SIZES, SIZES_STEP, Bucketing
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.pairs import PAIRS
from corpus.stages.splits import SPLITS
from corpus.stages.stage import signals as of
from corpus.store import storage, tally
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import array, same, strings
from filters.content import NO_TEXT
from jobs.alike import edges
from jobs.engine import in_process, sums
from jobs.engine.job import Job

FILE: Final = "buckets.json"
_KEYED: Final = "entry int, language string, key long, tokens long"
_MEMBERS: Final = "key long, node long, language string, kept boolean"


def build(job: Job[Bucketing]) -> str:
    """Sizes of clusters, ends of quantiles, then the bucket of every document."""
    params, encoded = job.params, job.built(ENCODE)
    parts = token_parts(encoded.folder, encoded.manifest, job.optional(SPLITS.held))
    clustered, sizes = _clusters(job) if params.clustered else ([], None)
    tables = {one.signal: job.table(of(one.signal)) for one in params.by if one.signal}
    found = Signals(by=params.by, tables=tables, sizes=sizes)
    ends = _ends(job, parts, found)
    job.run(len(parts), BucketPart(folder=job.folder, parts=parts, signals=found, ends=ends), reads=parts.files)
    _describe(job, ends)
    several = job.documents().parts if params.clustered else 0
    written = job.finish(rows=clustered, parts=len(parts), about=1, sizes=several)
    buckets = len({row.values for row in written.tally(Celled)})
    return f"{written.counts['documents']:,} documents, {written.counts['tokens']:,} tokens in {buckets:,} buckets"


def _ends(job: Job[Bucketing], parts: Sequence[TokenPart], signals: Signals) -> Ends:
    wanted = [number for number, one in enumerate(signals.by) if one.quantiles]
    if not wanted:
        return {}
    emit = EmitKeyed(parts=parts, signals=signals)
    with job.emit(len(parts), emit.__call__, _KEYED) as keys:
        added = sums.by(job, keys, ["entry", "language", "key"], "tokens")
    found: dict[str, dict[str, np.ndarray]] = {}
    for number in wanted:
        one = signals.by[number]
        own = added.filter(same(added.column("entry"), number))
        for language in sorted(strings(own.column("language").unique())):
            rows = own.filter(same(own.column("language"), language))
            keyed, tokens = (rows.column(name).to_numpy() for name in ("key", "tokens"))
            found.setdefault(one.name, {})[language] = quantiles.ends(keyed, tokens, one.quantiles)
    return found


@dataclass(frozen=True, kw_only=True)
class EmitKeyed:
    """Tokens of one part by entry of `by`, language and ordered key."""

    parts: Sequence[TokenPart]
    signals: Signals

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        documents = bucketed.trained(self.parts[part])
        for number, one in enumerate(self.signals.by):
            if not one.quantiles:
                continue
            keys, known = bucketed.keyed(part, documents, self.signals, one)
            table = pa.table(
                {"language": documents.column("language"), "key": keys, "tokens": documents.column("tokens")}
            )
            added = sums.here(table.filter(array(known)), ["language", "key"], "tokens")
            entry = array(np.full(added.num_rows, number, np.int32))
            columns = {"entry": entry, **{name: added.column(name) for name in ("language", "key", "tokens")}}
            yield from pa.table(columns).combine_chunks().to_batches()


@dataclass(frozen=True, kw_only=True)
class BucketPart:
    """The task: the buckets of one part."""

    folder: str
    parts: Sequence[TokenPart]
    signals: Signals
    ends: Ends

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        documents = bucketed.trained(self.parts[part])
        values = pa.array(bucketed.values(part, documents, self.signals, self.ends), pa.string())
        table = documents.append_column("values", values).select(BUCKETS_SCHEMA.names).cast(BUCKETS_SCHEMA)
        entry = write_whole(self.folder, "buckets", f"part-{part:05d}", table)
        added = sums.here(table, ["source", "language", "values"], "tokens").rename_columns(
            ["source", "language", "values", "documents", "tokens"]
        )
        rows = [Celled(**row) for row in added.to_pylist()]
        counts = {"documents": table.num_rows, "tokens": sum(row.tokens for row in rows)}
        receipt = Receipt(task=part, files={"buckets": [entry]}, counts=counts, tallies=tally.cells(rows))
        return {self.folder: receipt}


def _clusters(job: Job[Bucketing]) -> tuple[list[Clustered], Table]:
    """Exact copies and verified pairs joined over all documents: sizes by language, and of those not alone by part."""
    documents = job.documents()
    emit = EmitMembers(documents=documents, contents=job.table(of("content")), verdicts=job.table(DECIDE.verdicts))
    between = edges.of(job.table(PAIRS.pairs), None, job.params.threshold or 1.0, None)
    session, label = job.session, job.stage.name
    met = [b for parts, read in between.emitters for b in in_process.over_parts(session, label, parts, read)]
    with job.emit(documents.parts, emit.__call__, _MEMBERS, rows=documents.rows) as keys:
        members = keys.table()
    nodes, place = np.unique(members.column("node").to_numpy(), return_inverse=True)
    ends = [
        np.concatenate([np.empty(0, np.int64), *(b.column(side).to_numpy() for b in met)])
        for side in ("a_high", "b_high")
    ]
    there = np.isin(ends[0], nodes) & np.isin(ends[1], nodes)
    one, other = (np.searchsorted(nodes, end[there]) for end in ends)
    labels = components(len(nodes), np.ascontiguousarray(one), np.ascontiguousarray(other))
    component = labels[place]
    size = np.bincount(component, minlength=len(nodes))[component]
    counted = pa.table(
        {
            "language": members.column("language"),
            "size": array(size),
            "dropped": pc.invert(members.column("kept")).cast(pa.int64()),
        }
    )
    rows = [
        Clustered(language=row["language"], size=str(row["size"]), documents=row["rows"], dropped=row["dropped"])
        for row in sums.here(counted, ["language", "size"], "dropped").to_pylist()
    ]
    key = members.column("key").to_numpy()
    several = np.flatnonzero(size > 1)
    several = several[np.argsort(key[several])]
    table = pa.table(
        {
            "part": array(key[several] >> 32),
            "row": array((key[several] & 0xFFFFFFFF).astype(np.int32)),
            "size": array(size[several].astype(np.int32)),
        }
    )
    job.write_rows(documents.parts, table, WriteSizes(folder=job.folder), SIZES_STEP)
    written = job.collected(**{SIZES_STEP: documents.parts})
    return rows, Table(folder=job.folder, name="sizes", files=written.tables.get("sizes", ()))


@dataclass(frozen=True, kw_only=True)
class EmitMembers:
    """Documents of a part with the node of their content; of those without text each has its own."""

    documents: Table
    contents: Table
    verdicts: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        verdicts = self.verdicts.read(part, ["id", "language", "kept"])
        contents = self.contents.read(part, ["key"]).column("key").combine_chunks()
        nodes, _ = split(contents)
        empty = np.flatnonzero(np.asarray(pc.equal(contents, pa.scalar(NO_TEXT, pa.binary(16)))))
        ids = verdicts.column("id").combine_chunks()
        nodes[empty] = [
            int.from_bytes(bytes.fromhex(i)[:8], "big", signed=True) for i in strings(ids.take(array(empty)))
        ]
        keys = (np.int64(part) << np.int64(32)) | np.arange(len(nodes))
        columns = [array(keys), array(nodes), *(verdicts.column(n).combine_chunks() for n in ("language", "kept"))]
        yield pa.RecordBatch.from_arrays(columns, names=["key", "node", "language", "kept"])


@dataclass(frozen=True, kw_only=True)
class WriteSizes:
    """One part of `sizes`."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        entry = write_whole(self.folder, "sizes", f"part-{part:05d}", rows.select(SIZES.names).cast(SIZES))
        return Receipt(task=part, files={"sizes": [entry]}, counts={"sizes": entry.rows})


def _describe(job: Job[Bucketing], ends: Ends) -> None:
    """The last receipt: what documents are told apart by, and where quantiles end."""
    facts = {
        "by": [one.name for one in job.params.by],
        "ends": {name: {language: last.tolist() for language, last in own.items()} for name, own in ends.items()},
    }
    with storage.publish(storage.join(job.folder, ABOUT), FILE) as sink:
        sink.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    about = FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
    job.publish(Receipt(task=0, files={ABOUT: [about]}), ABOUT)
