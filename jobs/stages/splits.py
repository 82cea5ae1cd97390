"""Released documents to held-out splits: clusters of near copies go whole.

Reads: ids of `corpus`, content keys, `pairs`, `containments` and cuts of passages if there are, `tokens` for lengths.
Writes: `copies` (documents that are not alone in their cluster), `held` (documents that are held out); both by part.
Cost: one shuffle of the released documents' keys and one of the edges; no text is read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.shards.splits import BUCKET_BITS, SPLITS, Bounds, crossing, digests, threshold
from corpus.shards.tallies import Chosen, Held
from corpus.shards.tokens import TokenPart, token_parts
from corpus.stages.encode import ENCODE
from corpus.stages.release import RELEASE
from corpus.stages.splits import HELD, HELD_STEP, HeldOut
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import array, at_most, strings
from jobs.alike import near_copies
from jobs.engine import sums
from jobs.engine.job import Job

_END = 1 << 64  # past every digest


def build(job: Job[HeldOut]) -> str:
    """Find clusters of near copies, then hold out those with the smallest digests."""
    corpus, most = job.table(RELEASE.corpus), job.params.table.max_cluster
    clusters = EmitClusters(corpus=corpus, copies=near_copies.find(job), seed=job.params.seed)
    bounds, taken, wanted = _bounds(job, clusters)
    encoded = job.built(ENCODE)
    tokens = token_parts(encoded.folder, encoded.manifest)
    task = HoldOut(folder=job.folder, clusters=clusters, most=most, bounds=bounds, tokens=tokens)
    job.run(corpus.parts, task, HELD_STEP, reads=corpus.files)
    chosen = [Chosen(split=name, wanted=wanted[name], taken=taken[name]) for name in SPLITS]
    written = job.finish(rows=chosen, copies=corpus.parts, held=corpus.parts)
    shares = ", ".join(  # as many were written as were taken: the stage's balance
        f"{row.split} {row.taken:,} of {row.wanted:,} documents asked for" for row in chosen if row.wanted
    )
    return f"{shares or 'nothing held out'}; {written.counts['copies']:,} documents have near copies"


@dataclass(frozen=True, kw_only=True)
class EmitClusters:
    """For a part its documents with their cluster, the digest, size and language of that."""

    corpus: Table
    copies: Table
    seed: int

    def read(self, part: int) -> pa.Table:
        """Columns row, id, source, own (language of the document), cluster, language, size (int64), digest (uint64)."""
        found = self.corpus.read(part, ["row", "id", "source", "language"])
        joined = self.copies.read(part)
        places = np.searchsorted(found.column("row").to_numpy(), joined.column("row").to_numpy())
        cluster = np.array(found.column("id").to_pylist(), object)
        language = np.array(strings(found.column("language")), object)
        size = np.ones(len(cluster), np.int64)
        cluster[places] = joined.column("cluster").to_pylist()
        language[places] = joined.column("language").to_pylist()
        size[places] = joined.column("size").to_numpy()
        clusters = pa.array(cluster, pa.string())
        table = found.rename_columns(["row", "id", "source", "own"]).append_column("cluster", clusters)
        table = table.append_column("language", pa.array(language, pa.string())).append_column("size", pa.array(size))
        return table.append_column("digest", pa.array(digests(clusters, self.seed)))

    def leaders(self, part: int) -> pa.Table:
        """Of each cluster the one document that bears its name."""
        found = self.read(part)
        return found.filter(pc.equal(found.column("id"), found.column("cluster")))


@dataclass(frozen=True, kw_only=True)
class EmitSums:
    """Documents of a part's clusters by language and bucket of digests; bucket -1 has those of all clusters."""

    clusters: EmitClusters
    most: int

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        found = self.clusters.leaders(part)
        buckets = (found.column("digest").to_numpy() >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)
        small = at_most(found.column("size"), self.most)
        eligible = found.select(["language", "size"]).append_column("bucket", pa.array(buckets)).filter(small)
        every = found.select(["language", "size"]).append_column("bucket", pa.array(np.full(len(buckets), -1)))
        added = pa.concat_tables([eligible, every]).group_by(["language", "bucket"]).aggregate([("size", "sum")])
        yield from added.select(["language", "bucket", "size_sum"]).combine_chunks().to_batches()


@dataclass(frozen=True, kw_only=True)
class EmitBuckets:
    """Clusters of a part that fall into one bucket of each language."""

    clusters: EmitClusters
    most: int
    wanted: Mapping[str, int]

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        found = self.clusters.leaders(part)
        digest = found.column("digest").to_numpy()
        buckets = (digest >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)
        here = np.array([self.wanted.get(language, -1) for language in strings(found.column("language"))], np.int64)
        rows = array(np.flatnonzero((buckets == here) & (found.column("size").to_numpy() <= self.most)))
        chosen = found.select(["language", "size"]).append_column("digest", pa.array(digest.view(np.int64))).take(rows)
        yield from chosen.combine_chunks().to_batches()


def _bounds(job: Job[HeldOut], clusters: EmitClusters) -> tuple[Bounds, dict[str, int], dict[str, int]]:
    """Where splits end by language; documents taken, and asked for, by split."""
    asked = job.params.table
    emit = EmitSums(clusters=clusters, most=asked.max_cluster)
    schema = "language string, bucket long, size_sum long"
    with job.emit(clusters.corpus.parts, emit.__call__, schema) as keys:
        rows = sums.by(job, keys, ["language", "bucket"], "size_sum").to_pylist()
    histograms: dict[str, np.ndarray] = {}
    documents: Counter[str] = Counter()
    for row in rows:
        language, bucket, size = row["language"], row["bucket"], row["size_sum"]
        if bucket < 0:
            documents[language] = size
        else:
            histograms.setdefault(language, np.zeros(1 << BUCKET_BITS, np.int64))[bucket] = size
    ends: dict[str, list[int]] = {language: [] for language in sorted(histograms)}
    sofar = dict.fromkeys(ends, 0)
    taken, wanted = dict.fromkeys(SPLITS, 0), dict.fromkeys(SPLITS, 0)
    for name in SPLITS:
        quotas = {n: quota for n in ends if (quota := asked.wanted(n, name, documents[n]))}
        limits = {n: sofar[n] + quota for n, quota in quotas.items()}
        reached = _reach(job, clusters, histograms, limits)
        for language, found in ends.items():
            end, total = reached.get(language, (found[-1] if found else 0, sofar[language]))
            found.append(end)
            taken[name] += total - sofar[language]
            sofar[language] = total
        wanted[name] = sum(quotas.values())
    return Bounds(ends=ends), taken, wanted


def _reach(
    job: Job[HeldOut], clusters: EmitClusters, histograms: Mapping[str, np.ndarray], limits: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """For each language the first digest that does not fit under its limit, and the documents before it."""
    crossings = {n: found for n, limit in limits.items() if (found := crossing(histograms[n], limit))}
    reached = {n: (_END, int(histograms[n].sum())) for n in limits if n not in crossings}
    if not crossings:
        return reached
    wanted = {n: found.bucket for n, found in crossings.items()}
    emit = EmitBuckets(clusters=clusters, most=job.params.table.max_cluster, wanted=wanted)
    schema = "language string, size long, digest long"
    inside: dict[str, list[tuple[int, int]]] = {n: [] for n in crossings}
    with job.emit(clusters.corpus.parts, emit.__call__, schema) as keys:
        for row in keys.table().to_pylist():
            inside[row["language"]].append((row["digest"], row["size"]))
    for language, found in crossings.items():
        digest, size = np.array(inside[language], np.int64).T
        reached[language] = threshold(found, np.ascontiguousarray(digest).view(np.uint64), size)
    return reached


@dataclass(frozen=True, kw_only=True)
class HoldOut:
    """The task: a part of `held`."""

    folder: str
    clusters: EmitClusters
    most: int
    bounds: Bounds
    tokens: Sequence[TokenPart]

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        found = self.clusters.read(part)
        splits = self.bounds.place(strings(found.column("language")), found.column("digest").to_numpy())
        splits[found.column("size").to_numpy() > self.most] = len(SPLITS)
        rows = np.flatnonzero(splits < len(SPLITS))
        chosen = found.take(array(rows))
        lengths = self.tokens[part].lengths(chosen.column("row").to_numpy())
        columns = [chosen.column("row"), chosen.column("id"), pa.array(splits[rows]), chosen.column("cluster")]
        table = pa.Table.from_arrays([*columns, pa.array(lengths)], schema=HELD)
        entry = write_whole(self.folder, "held", f"part-{part:05d}", table)
        sources, languages = (strings(chosen.column(name)) for name in ("source", "own"))
        held = [
            Held(split=SPLITS[number], source=source, language=language, documents=1, tokens=length)
            for number, source, language, length in zip(splits[rows], sources, languages, lengths.tolist(), strict=True)
        ]
        return {self.folder: Receipt(task=part, files={"held": [entry]}, tallies=tally.cells(held))}
