"""Passages that several of the documents hold which dedup kept: what is cut of all copies but one.

Reads: `documents`, `verdicts`, `clusters`. Writes: `cuts`, `passages`. Cost: two readings of the kept text, the second
of the documents that share a fingerprint; one shuffle of the fingerprints (16 bytes each, 2 in w + 1 words), one of a
128-bit digest for each window of words whose fingerprint is shared. No pair of documents is formed, so a passage that a
million pages share costs a million rows and nothing is left uncompared.

Two windows are taken for one if their 128-bit digests are equal. Two sequences of word hashes that differ have the same
digest with probability 2^-128: among 10^12 windows any two with 10^-15. Two words that differ have the same 64-bit hash
with 2^-64: of 10^9 pairs of windows that are alike but for one word, any pair is taken for the same with 10^-10.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from corpus import ledger
from corpus.duplicates.passages import RULE, Cut, Passages, cuts, left
from corpus.duplicates.runs import HELD, RUNS, WINDOWS, Repeats, as_runs, id_halves, join, repeats
from corpus.manifest import Receipt
from corpus.plan import Stage
from corpus.schema import CUTS, PASSAGES
from corpus.table import Table, write_whole
from filters.batch import Batch
from filters.kernels.boundaries import bounds
from filters.kernels.winnow import digests, fingerprints, shared_runs
from jobs import tasks, wide
from jobs.groups import whole_groups
from jobs.run import Run

_ROWS = 1 << 16  # windows handed to Spark at a time: 3.5 MB

_PRINT = "hash long, key long"
_WINDOW = "high long, low long, id_high long, id_low long, key long, start int, first int"
_HELD = "key long, start int, of_key long, of_start int, of_high long, of_low long, count long"
_RUN = "key long, start int, stop int, of_key long, of_start int, of_high long, of_low long, count long"


def build(run: Run, stage: Stage) -> str:
    """Find, cut, write."""
    table = run.plan.recipe.passages
    assert table is not None, "a plan has the stage if the recipe has the table"
    documents, kept = run.documents(), run.manifest("dedup").counts["kept"]
    source = Compared(documents=documents, clusters=run.table("dedup", "clusters"), table=table)
    # Fingerprints: a document of 800 words has some 60, and a row of them is a seventh of what a partition counts on.
    rows = shared(run.session.shuffle_for(documents.rows * 8), source)
    writer = WritePassages(
        folder=stage.folder,
        documents=documents,
        verdicts=run.table("decide", "verdicts"),
        clusters=source.clusters,
        table=table,
    )
    wide.write_parts(run.session, "passages", stage.folder, documents.parts, rows, ["key", "start"], writer)
    run.finish(stage, documents.parts, lambda w: ledger.passages(w, stage.folder, run.document_rows(), kept))
    counts = run.manifest("passages").counts
    return f"{counts['cuts']:,} passages, {counts['bytes']:,} bytes cut; {counts['dropped']:,} documents dropped"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The documents that are compared: those that dedup kept, of the sources that the table names."""

    documents: Table
    clusters: Table
    table: Passages

    def batches(self, part: int) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        """Rows in the part (int64) with their `id`, `source`, `text`."""
        outcome = self.clusters.read(part, ["outcome"]).column("outcome").to_pylist()
        kept = np.array([value == "kept" for value in outcome], bool)
        first = 0
        for batch in self.documents.batches(part, ["id", "source", "text"]):
            mine = np.array([self.names(source) for source in batch.column("source").to_pylist()], bool)
            rows = np.flatnonzero(kept[first : first + batch.num_rows] & mine)
            if len(rows):
                yield rows + first, batch.take(pa.array(rows))
            first += batch.num_rows

    def names(self, source: str) -> bool:
        return any(fnmatchcase(source, pattern) for pattern in self.table.sources)

    def seeds(self, sources: Sequence[str]) -> np.ndarray:
        """uint64: what is mixed into every hash of a document, so that only those of one scope meet."""
        if self.table.scope == "corpus":
            return np.zeros(len(sources), np.uint64)
        names = {name: int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") for name in set(sources)}
        return np.array([names[source] for source in sources], np.uint64)


def shared(spark: SparkSession, source: Compared) -> DataFrame:
    """Runs (RUNS, and `part`) of words that several documents have. Where they stand is all that is known of them."""
    parts = source.documents.parts
    prints = tasks.over_parts(spark, parts, EmitFingerprints(source=source).__call__, _PRINT)
    met = prints.repartition("hash").sortWithinPartitions("hash").mapInArrow(keep_shared, _PRINT)
    placed = met.repartition(f.shiftright("key", 32)).sortWithinPartitions("key", "hash")
    windows = placed.mapInArrow(EmitWindows(source=source).__call__, _WINDOW)
    ranked = windows.repartition("high").sortWithinPartitions("high", "low", "id_high", "id_low", "start")
    held = ranked.mapInArrow(name_holders, _HELD)
    together = held.repartition(f.shiftright("key", 32)).sortWithinPartitions("key", "start")
    return together.mapInArrow(join_runs, _RUN).withColumn("part", f.shiftright("key", 32))


@dataclass(frozen=True, kw_only=True)
class EmitFingerprints:
    """The distinct fingerprints of each document of a part."""

    source: Compared

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for rows, batch in self.source.batches(part):
            index = Batch(documents=batch).index
            seeds = self.source.seeds(batch.column("source").to_pylist())
            offsets, values = fingerprints(index.word_hash, index.word_offsets, seeds, *self.source.table.sizes)
            keys = np.repeat((np.int64(part) << np.int64(32)) | rows, np.diff(offsets))
            yield from _sliced({"hash": values.view(np.int64), "key": keys}, np.ones(len(keys), bool))


@dataclass(frozen=True, kw_only=True)
class EmitWindows:
    """Shared fingerprints, by document, to the windows of words that they stand for; reads only row groups with any."""

    source: Compared

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            keys, hashes = (batch.column(batch.schema.get_field_index(name)).to_numpy() for name in ("key", "hash"))
            for part in np.unique(keys >> 32):
                mine = keys >> 32 == part
                yield from self._part(int(part), keys[mine], hashes[mine].view(np.uint64))

    def _part(self, part: int, keys: np.ndarray, hashes: np.ndarray) -> Iterator[pa.RecordBatch]:
        distinct, first = np.unique(keys, return_index=True)
        ends = np.append(first[1:], len(keys))
        done = 0
        for batch in self.source.documents.take(part, (distinct & 0xFFFFFFFF).tolist(), ["id", "source", "text"]):
            here = slice(done, done + batch.num_rows)
            done += batch.num_rows
            begin, end = first[here], ends[here]
            own = [np.sort(hashes[a:b]) for a, b in zip(begin, end, strict=True)]
            yield from self._windows(distinct[here], batch, np.concatenate(own), np.append(begin, end[-1]) - begin[0])

    def _windows(
        self, keys: np.ndarray, batch: pa.RecordBatch, shared: np.ndarray, offsets: np.ndarray
    ) -> Iterator[pa.RecordBatch]:
        table = self.source.table
        index = Batch(documents=batch).index
        seeds = self.source.seeds(batch.column("source").to_pylist())
        row, start = shared_runs(index.word_hash, index.word_offsets, seeds, table.sizes, offsets, shared)
        places = index.word_offsets[row] + start
        values = digests(index.word_hash, places, seeds[row], table.min_tokens).view(np.int64)
        id_high, id_low = id_halves(batch.column("id").to_pylist())
        columns = {
            "high": values[:, 0],
            "low": values[:, 1],
            "id_high": id_high[row],
            "id_low": id_low[row],
            "key": keys[row],
            "start": start.astype(np.int32),
            "first": _first(row, values),
        }
        yield from _sliced(columns, np.ones(len(row), bool))


def _first(row: np.ndarray, values: np.ndarray) -> np.ndarray:
    """int32: 1 for the first window of its document with these values, 0 for its repeats there."""
    order = np.lexsort((values[:, 1], values[:, 0], row))  # stable: the first of a document comes first
    fresh = np.ones(len(order), bool)
    fresh[1:] = (row[order][1:] != row[order][:-1]) | np.any(values[order][1:] != values[order][:-1], axis=1)
    out = np.zeros(len(order), np.int32)
    out[order[fresh]] = 1
    return out


def keep_shared(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Fingerprints by hash, without those that one document alone has."""
    for columns, begins in whole_groups(batches, ["hash"]):
        sizes = np.diff(begins, append=len(columns["hash"]))
        yield from _sliced(columns, np.repeat(sizes > 1, sizes))


def name_holders(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Windows by digest, id and place to those that two documents have (WINDOWS): a copy's holder is the first, and the
    holder's own says HELD. Other places in the holder are neither: a document may repeat itself."""
    for columns, begins in whole_groups(batches, ["high", "low"]):
        sizes = np.diff(begins, append=len(columns["high"]))
        documents = np.add.reduceat(columns["first"].astype(np.int64), begins)
        of = np.repeat(begins, sizes)
        own = columns["key"] == columns["key"][of]
        first = np.zeros(len(of), bool)
        first[begins] = True
        found = {
            "key": columns["key"],
            "start": columns["start"],
            "of_key": np.where(own, HELD, columns["key"][of]),
            "of_start": columns["start"][of],
            "of_high": columns["id_high"][of],
            "of_low": columns["id_low"][of],
            "count": np.repeat(documents, sizes),
        }
        yield from _sliced(found, (found["count"] > 1) & (first | ~own))


def _sliced(columns: Mapping[str, np.ndarray], wanted: np.ndarray) -> Iterator[pa.RecordBatch]:
    """The wanted rows in batches of _ROWS."""
    chosen = {name: column[wanted] for name, column in columns.items()}
    for first in range(0, int(wanted.sum()), _ROWS):
        arrays = [pa.array(np.ascontiguousarray(column[first : first + _ROWS])) for column in chosen.values()]
        yield pa.RecordBatch.from_arrays(arrays, names=[*chosen])


def join_runs(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Windows by key and start to runs, in constant memory: the last run of a batch waits for the next."""
    waiting: pa.RecordBatch | None = None
    for batch in batches:
        windows = pa.RecordBatch.from_arrays(
            [batch.column(batch.schema.get_field_index(name)) for name in WINDOWS.names], schema=WINDOWS
        )
        pieces = [as_runs(windows)] if waiting is None else [waiting, as_runs(windows)]
        joined = join(pa.Table.from_batches(pieces).combine_chunks().to_batches()[0])
        waiting = joined.slice(joined.num_rows - 1)
        yield joined.slice(0, joined.num_rows - 1)
    if waiting is not None:
        yield waiting


@dataclass(frozen=True, kw_only=True)
class WritePassages:
    """One part: what is cut of each document, and which are dropped."""

    folder: str
    documents: Table
    verdicts: Table
    clusters: Table
    table: Passages

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        about = self.verdicts.read(part, ["id", "source", "language"])
        outcome = self.clusters.read(part, ["outcome"]).column("outcome").to_pylist()
        ids, sources, languages = (about.column(name).to_pylist() for name in ("id", "source", "language"))
        share, dropped = np.zeros(len(ids)), np.zeros(len(ids), bool)
        counts: Counter[str] = Counter(cuts=0, bytes=0, changed=0, dropped_bytes=0, repeated_words=0, held_words=0)
        written: list[tuple[object, ...]] = []
        found = {repeat.row: repeat for repeat in repeats(rows.select(RUNS.names), self.table.min_tokens)}
        for repeat in found.values():
            counts.update(repeated_words=repeat.repeated, held_words=repeat.held)
        for row, text, words, whole in self._texts(part, found):
            repeat = found[row]
            gone = sum(len(text[cut.start : cut.end].encode()) for cut in whole)
            share[row] = repeat.repeated / words
            dropped[row] = self._dropped(repeat, words, left(text, whole))
            if dropped[row]:
                counts["dropped_bytes"] += len(text.encode())
            elif self.table.policy == "drop" or not whole:
                continue
            else:
                counts.update({"changed": 1, "bytes": gone})
                counts.update({f"source.{sources[row]}": gone, f"language.{languages[row]}": gone})
            written += [(ids[row], row, cut.start, cut.end, RULE, cut.piece.count, cut.piece.of_id) for cut in whole]
        kept = sum(value == "kept" for value in outcome)
        counts.update(cuts=len(written), dropped=int(dropped.sum()), kept=kept - int(dropped.sum()))
        label = f"part-{part:05d}"
        columns = [list(column) for column in zip(*written, strict=True)] or [[] for _ in CUTS]
        cut = pa.Table.from_arrays([pa.array(c, t.type) for c, t in zip(columns, CUTS, strict=True)], schema=CUTS)
        aligned = pa.Table.from_arrays([about.column("id"), pa.array(share), pa.array(dropped)], schema=PASSAGES)
        files = {
            "cuts": [write_whole(self.folder, "cuts", label, cut)],
            "passages": [write_whole(self.folder, "passages", label, aligned)],
        }
        return Receipt(task=part, files=files, counts=dict(sorted(counts.items())))

    def _texts(self, part: int, found: Mapping[int, Repeats]) -> Iterator[tuple[int, str, int, list[Cut]]]:
        """Row, text, words and what may be cut of each document that has anything to cut."""
        rows = [row for row, repeat in found.items() if repeat.pieces]
        done = 0
        for texts in self.documents.take(part, rows, ["text"]):
            batch = Batch(documents=texts)
            data, offsets = batch.buffers
            words = batch.index.words
            for place, text in enumerate(texts.column("text").to_pylist()):
                row = rows[done + place]
                where = bounds(data, int(offsets[place]), int(offsets[place + 1]), int(words[place]))
                yield row, text, int(words[place]), cuts(text, where, found[row].pieces, self.table.min_tokens)
            done += texts.num_rows

    def _dropped(self, repeat: Repeats, words: int, rest: str) -> bool:
        """Documents that others' passages stand on stay: no passage is lost with its holder. A text that is cut until
        no word is left is dropped by either policy."""
        if repeat.holder:
            return False
        if self.table.max_share is not None:
            return repeat.repeated > self.table.max_share * words
        return repeat.repeated == words and not any(map(str.isalnum, rest))
