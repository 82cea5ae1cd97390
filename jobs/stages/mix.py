"""Token parts to copies: how often each document comes in the shards, and where.

Reads: `tokens`, of which ids, sources, languages and lengths. Writes: `copies`, a row a copy; `about/mixture.json`.
Cost: the narrow columns of the token parts, once, and twice more where a group comes a broken number of times.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.groups import begins
from corpus.mixture import by_buckets, documents, realised
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.copies import make
from corpus.mixture.remainder import NOTHING, SALT, Cut, Place, cut, place, ranges
from corpus.mixture.solve import Group, sizes, solve
from corpus.mixture.tallies import Given, Owed
from corpus.shards.copies import write_copies
from corpus.shards.expected import trained
from corpus.shards.order import order_keys
from corpus.shards.tallies import Held, Pair
from corpus.shards.tokens import TokenPart, token_parts
from corpus.stages.buckets import BUCKETS
from corpus.stages.encode import ENCODE
from corpus.stages.mix import ABOUT, Mixing
from corpus.stages.splits import SPLITS
from corpus.store import storage, tally
from corpus.store.manifest import PARTS, FileEntry, Receipt
from corpus.store.table import Table
from filters.arrow import array
from jobs.engine import sums
from jobs.engine.job import Job

_RANGES = "group int, range int, tokens long"
_KEYS = "group int, key long, tokens long"  # Spark has no unsigned numbers: the same 64 bits
_64_BITS = (1 << 64) - 1


def build(job: Job[Mixing]) -> str:
    """Solve, find where each group stops, write the copies."""
    encoded, mixture = job.built(ENCODE), job.params.mixture
    once = trained(encoded.tally(Pair), job.tally(SPLITS, Held) if job.has(SPLITS) else None)
    groups = tuple(
        by_buckets.of(job.tally(BUCKETS, Celled), job.tally(BUCKETS, Clustered), mixture)
        if mixture.listed
        else solve(sizes(once), mixture)
    )
    parts = token_parts(encoded.folder, encoded.manifest, job.optional(SPLITS.held))
    buckets = job.optional(BUCKETS.buckets)
    cuts = _cuts(job, parts, groups, buckets)
    task = MixPart(folder=job.folder, parts=parts, groups=groups, cuts=cuts, seed=job.params.seed, buckets=buckets)
    job.run(len(parts), task, reads=parts.files)
    _describe(job, groups, cuts, len(parts))
    owed = [
        Owed(group=group.key, tokens=group.whole * group.tokens + cut.tokens)
        for group, cut in zip(groups, cuts, strict=True)
    ]
    counts = job.finish(rows=owed, parts=len(parts), about=1).counts
    times = counts["documents"] / max(sum(row.documents for row in once), 1)
    out = [group for group in groups if not group.wanted]
    left = f"; {sum(group.documents for group in out):,} documents of {len(out):,} groups come never" if out else ""
    return f"{counts['documents']:,} documents, {times:.2f} times those there are, {counts['tokens']:,} tokens{left}"


def _cuts(
    job: Job[Mixing], parts: Sequence[TokenPart], groups: tuple[Group, ...], buckets: Table | None
) -> tuple[Cut, ...]:
    """Where each group stops: tasks that sum tokens by range of keys, then such as take the documents of a range."""
    broken = {number: group.rest for number, group in enumerate(groups) if group.rest}
    if not broken:
        return (NOTHING,) * len(groups)
    reader = Reader(parts=parts, groups=groups, numbers=tuple(broken), seed=job.params.seed, buckets=buckets)
    by_range: dict[int, dict[int, int]] = {}
    with job.emit(len(parts), SumRanges(reader=reader).__call__, _RANGES) as keys:
        for row in sums.by(job, keys, ["group", "range"], "tokens").to_pylist():
            by_range.setdefault(row["group"], {})[row["range"]] = row["tokens"]
    places = {number: place(by_range[number], rest) for number, rest in broken.items()}
    with job.emit(len(parts), TakeRange(reader=reader, places=places).__call__, _KEYS) as keys:
        taken = keys.table().to_pylist()
    found: dict[int, list[tuple[int, int]]] = {number: [] for number in broken}
    for row in taken:
        found[row["group"]].append((row["key"] & _64_BITS, row["tokens"]))
    return tuple(
        cut(places[number], found[number], broken[number]) if number in broken else NOTHING
        for number in range(len(groups))
    )


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Groups that come a broken number of times, with the keys by which their documents are chosen."""

    parts: Sequence[TokenPart]
    groups: tuple[Group, ...]
    numbers: tuple[int, ...]
    seed: int
    buckets: Table | None

    def __call__(self, part: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Number of the group, keys (uint64) and tokens of its documents, batch by batch."""
        for batch in documents.read(self.parts[part], self.groups, self.buckets):
            own = np.flatnonzero(np.isin(batch.groups, self.numbers))
            rows = own[np.argsort(batch.groups[own], kind="stable")]
            keys = order_keys(batch.ids.take(array(rows)), self.seed, SALT)
            starts = begins([batch.groups[rows]]) if len(rows) else np.empty(0, np.int64)
            for first, end in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=False):
                yield int(batch.groups[rows[first]]), keys[first:end], batch.tokens[rows[first:end]]


@dataclass(frozen=True, kw_only=True)
class SumRanges:
    """The task: tokens by group and range of keys of one part."""

    reader: Reader

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for number, keys, tokens in self.reader(part):
            found, inverse = np.unique(ranges(keys), return_inverse=True)
            total = np.zeros(len(found), np.int64)
            np.add.at(total, inverse, tokens)
            columns: list[np.ndarray] = [np.full(len(found), number, np.int32), found.astype(np.int32), total]
            yield pa.RecordBatch.from_arrays([array(c) for c in columns], names=["group", "range", "tokens"])


@dataclass(frozen=True, kw_only=True)
class TakeRange:
    """The task: documents of one part that are in the range where their group stops."""

    reader: Reader
    places: Mapping[int, Place]

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        for number, keys, tokens in self.reader(part):
            rows = np.flatnonzero(ranges(keys) == self.places[number].range)
            columns: list[np.ndarray] = [np.full(len(rows), number, np.int32), keys[rows].view(np.int64), tokens[rows]]
            yield pa.RecordBatch.from_arrays([array(c) for c in columns], names=["group", "key", "tokens"])


@dataclass(frozen=True, kw_only=True)
class MixPart:
    """The task: the copies of one part."""

    folder: str
    parts: Sequence[TokenPart]
    groups: tuple[Group, ...]
    cuts: tuple[Cut, ...]
    seed: int
    buckets: Table | None

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        made = make(self.parts[part], self.groups, self.cuts, self.seed, self.buckets)
        entry = write_copies(self.folder, f"part-{part:05d}", made.copies)
        receipt = Receipt(task=part, files={"copies": [entry]}, counts=made.counts, tallies=tally.cells(made.rows))
        return {self.folder: receipt}


def _describe(job: Job[Mixing], groups: Sequence[Group], cuts: Sequence[Cut], parts: int) -> None:
    """The last receipt: what was wanted and what there is."""
    given = job.collected(**{PARTS: parts}).tally(Given)
    with storage.publish(storage.join(job.folder, "about"), realised.FILE) as sink:
        sink.write(realised.describe(job.params.mixture, groups, cuts, given))
    about = FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
    job.publish(Receipt(task=0, files={"about": [about]}), ABOUT)
