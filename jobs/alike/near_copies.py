"""Near copies among released documents: clusters over pairs that were verified, and not only those that removed one.

Edges are pairs of at least the similarity that is asked for (those below the threshold of removal too), containments of
code, documents whose released text is equal, and documents out of which a passage was cut with the one that keeps it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.components import components
from corpus.duplicates.contents import split
from corpus.duplicates.groups import begins
from corpus.stages.code import CODE
from corpus.stages.dedup import Containment
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE
from corpus.stages.splits import COPIES, COPIES_STEP, HeldOut
from corpus.stages.stage import signals
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import array, strings
from filters.content import NO_TEXT
from jobs.alike import edges
from jobs.alike.edges import Edges
from jobs.engine import in_process
from jobs.engine.job import Job

_RELEASED = "key long, node long, id string, language string, content binary"


def find(job: Job[HeldOut]) -> Table:
    """Write the table `copies`: components of contents, among which released ones are found."""
    corpus = job.table(RELEASE.corpus)
    emit = EmitReleased(corpus=corpus, contents=job.table(signals("content")))
    between, cuts = alike(job), passages(job)
    most = between.most + (cuts.cuts.rows if cuts else 0)
    writer = WriteCopies(folder=job.folder)
    with job.emit(corpus.parts, emit.__call__, _RELEASED, rows=corpus.rows) as released:
        if released.few and most <= in_process.FEW_EDGES:
            job.write_rows(corpus.parts, _here(job, released.table(), between, cuts), writer, COPIES_STEP)
        else:
            from jobs.frames import copies  # noqa: PLC0415  (only where Spark starts)

            copies.write(job, job.frame(released), between, cuts, writer)
    found = job.collected(**{COPIES_STEP: corpus.parts})
    return Table(folder=job.folder, name="copies", files=found.tables.get("copies", ()))


def alike(job: Job[HeldOut]) -> Edges:
    """Verified pairs and containments of the similarity that is asked for."""
    similarity = job.params.table.similarity
    looser = Containment(containment=similarity, words=0.0)
    return edges.of(job.table(PAIRS.pairs), job.optional(CODE.containments), similarity, looser)


def passages(job: Job[HeldOut]) -> "EmitPassages | None":
    """What reads documents out of which passages were cut, if any were looked for."""
    cuts = job.optional(PASSAGES.cuts)
    return EmitPassages(cuts=cuts, contents=job.table(signals("content"))) if cuts else None


def _here(job: Job[HeldOut], released: pa.Table, between: Edges, cuts: "EmitPassages | None") -> pa.Table:
    """A row for each released document that is not alone in its component: part, row, cluster, language, size."""
    nodes, labels = labelled(_ends(job, released, between, cuts))
    rows = np.flatnonzero(np.isin(released.column("node").to_numpy(), nodes))
    members = released.select(["key", "node", "id", "language"]).take(array(rows))
    component = labels[np.searchsorted(nodes, members.column("node").to_numpy())]
    members = members.append_column("component", array(component))
    members = members.sort_by([("component", "ascending"), ("id", "ascending")])
    starts = begins([members.column("component").to_numpy()])
    size = np.diff(starts, append=members.num_rows)
    leader = np.repeat(starts, size)
    key = members.column("key").to_numpy()
    found = pa.table(
        {
            "part": array(key >> 32),
            "row": array(key & 0xFFFFFFFF),
            "cluster": members.column("id").take(array(leader)),
            "language": members.column("language").take(array(leader)),
            "size": array(np.repeat(size, size)),
        }
    )
    return found.take(array(np.flatnonzero(np.repeat(size, size) > 1))).sort_by(
        [("part", "ascending"), ("row", "ascending")]
    )


def labelled(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nodes of edges (int64[2, edges]), ascending, and of each the place of its component's least node."""
    nodes, places = np.unique(ends, return_inverse=True)
    one, other = places.reshape(2, -1)
    return nodes, components(len(nodes), np.ascontiguousarray(one), np.ascontiguousarray(other))


def _ends(job: Job[HeldOut], released: pa.Table, between: Edges, cuts: "EmitPassages | None") -> np.ndarray:
    """int64[2, edges] of nodes, without loops. A document that is not released joins its neighbours all the same."""
    session, label = job.session, job.stage.name
    met = [b for parts, emit in between.emitters for b in in_process.over_parts(session, label, parts, emit)]
    node = released.column("node").to_numpy()
    content = released.column("content").combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.lexsort([node, content])
    first = begins([content[order]])
    least = np.repeat(node[order][first], np.diff(first, append=len(order)))
    found = [np.stack([_numbers(met, "a_high"), _numbers(met, "b_high")]), np.stack([node[order], least])]
    if cuts:
        cut = in_process.over_parts(session, label, cuts.cuts.parts, cuts)
        of = pa.chunked_array([batch.column("id") for batch in cut], pa.string())
        keeper = pc.index_in(of, released.column("id").combine_chunks())
        there = np.flatnonzero(np.asarray(pc.is_valid(keeper), bool))
        found.append(np.stack([_numbers(cut, "u")[there], node[keeper.take(array(there)).to_numpy()]]))
    ends = np.concatenate(found, axis=1)
    return ends[:, ends[0] != ends[1]]


def _numbers(batches: Sequence[pa.RecordBatch], name: str) -> np.ndarray:
    return np.concatenate([np.empty(0, np.int64), *(batch.column(name).to_numpy() for batch in batches)])


@dataclass(frozen=True, kw_only=True)
class EmitReleased:
    """Released documents of a part. A node is the first half of the content key, or of the id where there is no text:
    should two contents share 64 bits, they go the same way, which harms nothing."""

    corpus: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        found = self.corpus.read(part, ["id", "row", "language", "content"])
        rows = found.column("row").to_numpy()
        contents = self.contents.read(part, ["key"]).column("key").take(array(rows)).combine_chunks()
        nodes, _ = split(contents)
        empty = np.flatnonzero(np.asarray(pc.equal(contents, pa.scalar(NO_TEXT, pa.binary(16)))))
        ids = found.column("id").combine_chunks()
        own = [int.from_bytes(bytes.fromhex(i)[:8], "big", signed=True) for i in strings(ids.take(array(empty)))]
        nodes[empty] = own
        yield pa.RecordBatch.from_arrays(
            [
                pa.array((np.int64(part) << np.int64(32)) | rows),
                pa.array(nodes),
                ids,
                found.column("language").combine_chunks(),
                found.column("content").cast(pa.binary()).combine_chunks(),
            ],
            names=["key", "node", "id", "language", "content"],
        )


@dataclass(frozen=True, kw_only=True)
class EmitPassages:
    """Nodes of documents out of which passages were cut, with the documents that keep them."""

    cuts: Table
    contents: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        cuts = self.cuts.read(part, ["row", "of_id"])
        contents = self.contents.read(part, ["key"]).column("key").take(cuts.column("row").combine_chunks())
        nodes, _ = split(contents.combine_chunks())
        yield pa.RecordBatch.from_arrays([pa.array(nodes), cuts.column("of_id").combine_chunks()], names=["u", "id"])


@dataclass(frozen=True, kw_only=True)
class WriteCopies:
    """One part of `copies`."""

    folder: str

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        table = rows.select(COPIES.names).cast(COPIES)
        entry = write_whole(self.folder, "copies", f"part-{part:05d}", table)
        return Receipt(task=part, files={"copies": [entry]}, counts={"copies": entry.rows})
