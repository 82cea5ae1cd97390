"""Windows of words that several documents have, found by keys: fingerprints that meet, then digests that do.

Two windows are taken for one if their 128-bit digests are equal. Two sequences of word hashes that differ have the same
digest with probability 2^-128: among 10^12 windows any two with 10^-15. Two words that differ have the same 64-bit hash
with 2^-64: of 10^9 pairs of windows that are alike but for one word, any pair is taken for the same with 10^-10.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from corpus.duplicates.passages import Passages
from corpus.duplicates.runs import HELD, RUNS, WINDOWS, as_runs, id_halves, join
from corpus.store.table import Table
from corpus.texts.cuts import apply
from corpus.texts.kept import Kept
from filters.arrow import array, string_array, strings
from filters.batch import Batch
from filters.kernels.winnow import digests, fingerprints, shared_runs
from jobs.engine.groups import whole_groups
from jobs.engine.keys import arrow_schema
from jobs.engine.placed import Rows

_ROWS = 1 << 16  # windows handed on at a time: 3.5 MB

PRINT = "hash long, key long"
WINDOW = "high long, low long, id_high long, id_low long, key long, start int, first int"
HELD_COLUMNS = "key long, start int, of_key long, of_start int, of_high long, of_low long, count long"
RUN = "key long, start int, stop int, of_key long, of_start int, of_high long, of_low long, count long"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The documents that are compared: those that dedup kept, of the sources that the table names; their texts without
    what stages before this one cut, so that a passage is held by what is released."""

    documents: Table
    kept: Kept
    before: tuple[Table, ...]  # of CUTS
    table: Passages

    def batches(self, part: int) -> Iterator[tuple[np.ndarray, pa.RecordBatch]]:
        """Rows in the part (int64) with their `id`, `source`, `text`."""
        kept = self.kept(part)
        gone, first = self._gone(part), 0
        for batch in self.documents.batches(part, ["id", "source", "text"]):
            mine = np.array([self.names(source) for source in strings(batch.column("source"))], bool)
            rows = np.flatnonzero(kept[first : first + batch.num_rows] & mine)
            if len(rows):
                yield rows + first, _without(gone, rows + first, batch.take(array(rows)))
            first += batch.num_rows

    def take(self, part: int, rows: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Some rows (ascending) of a part with their `id`, `source`, `text`."""
        gone, done = self._gone(part), 0
        for batch in self.documents.take(part, rows, ["id", "source", "text"]):
            yield _without(gone, np.array(rows[done : done + batch.num_rows], np.int64), batch)
            done += batch.num_rows

    def gone(self, part: int) -> Mapping[int, Sequence[tuple[int, int]]]:
        """Spans that stages before this one cut out of texts (code points), by row of the part and start."""
        found: dict[int, list[tuple[int, int]]] = {}
        for table in self._gone(part):
            for row, start, end in zip(*(column.to_pylist() for column in table.columns), strict=True):
                found.setdefault(row, []).append((start, end))
        return {row: _apart(spans) for row, spans in found.items()}

    def _gone(self, part: int) -> list[pa.Table]:
        return [table.read(part, ["row", "start", "end"]) for table in self.before]

    def names(self, source: str) -> bool:
        return any(fnmatchcase(source, pattern) for pattern in self.table.sources)

    def seeds(self, sources: Sequence[str]) -> np.ndarray:
        """uint64: what is mixed into every hash of a document, so that only those of one scope meet."""
        if self.table.scope == "corpus":
            return np.zeros(len(sources), np.uint64)
        names = {name: int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") for name in set(sources)}
        return np.array([names[source] for source in sources], np.uint64)


def _without(gone: Sequence[pa.Table], rows: np.ndarray, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Documents without the spans of their rows."""
    texts = apply(string_array(batch.column("text")), rows, gone)[0] if gone else batch.column("text")
    return batch.set_column(batch.schema.get_field_index("text"), "text", texts)


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those of several tables that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def shared(prints: pa.Table) -> pa.Table:
    """Fingerprints (hash, key) that two documents have or more, by document."""
    by_hash = _by(prints, ["hash"])
    met = pa.Table.from_batches(keep_shared(iter(by_hash.to_batches(max_chunksize=_ROWS))), prints.schema)
    return _by(met, ["key", "hash"])


def runs(windows: pa.Table) -> pa.Table:
    """Windows that two documents have or more, as runs (RUNS), by document and place."""
    ranked = _by(windows, ["high", "low", "id_high", "id_low", "start"])
    held = pa.Table.from_batches(name_holders(iter(ranked.to_batches(max_chunksize=_ROWS))), arrow_schema(HELD_COLUMNS))
    together = _by(held, ["key", "start"])
    return pa.Table.from_batches(join_runs(iter(together.to_batches(max_chunksize=_ROWS))), RUNS)


def _by(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    order = np.lexsort([rows.column(name).to_numpy() for name in reversed(names)])
    return rows.take(array(order)).combine_chunks()


def placed(rows: pa.Table) -> pa.Table:
    """The same with the part of each document (`part`, int64)."""
    return rows.append_column("part", array(rows.column("key").to_numpy() >> 32))


@dataclass(frozen=True, kw_only=True)
class WindowsOfPart:
    """`EmitWindows` of a part whose fingerprints are laid out."""

    emit: "EmitWindows"
    rows: Rows

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        return self.emit(iter(self.rows(part).to_batches()))


@dataclass(frozen=True, kw_only=True)
class EmitFingerprints:
    """The distinct fingerprints of each document of a part."""

    source: Compared

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for rows, batch in self.source.batches(part):
            index = Batch(documents=batch).index
            seeds = self.source.seeds(strings(batch.column("source")))
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
        for batch in self.source.take(part, (distinct & 0xFFFFFFFF).tolist()):
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
        seeds = self.source.seeds(strings(batch.column("source")))
        row, start = shared_runs(index.word_hash, index.word_offsets, seeds, table.sizes, offsets, shared)
        places = index.word_offsets[row] + start
        values = digests(index.word_hash, places, seeds[row], table.min_tokens).view(np.int64)
        id_high, id_low = id_halves(strings(batch.column("id")))
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
