"""Held-out splits without withdrawn documents; clusters of near copies are smaller by these."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.shards.splits import SPLITS
from corpus.shards.tallies import Chosen, Held
from corpus.store.manifest import FileEntry
from corpus.withdrawal.before import Before
from corpus.withdrawal.folder import Patch, Restated, linked, rewritten
from corpus.withdrawal.gone import Gone
from filters.arrow import array, strings

Place = tuple[int, int]


def splits(
    patch: Patch, gone: Gone, was: Before, sums: Restated
) -> tuple[dict[str, list[FileEntry]], frozenset[Place]]:
    """Files of `copies` and `held`, and which withdrawn documents were held out."""
    held: list[FileEntry] = []
    out: set[Place] = set()
    for part, entry in enumerate(patch.old.table("held").files):
        rows = patch.old.table("held").read(part, ["row", "split", "tokens", "cluster"])
        mine = np.isin(rows.column("row").to_numpy(), gone.of(part))
        for one in rows.filter(array(mine)).to_pylist():
            place, name = (part, one["row"]), SPLITS[one["split"]]
            out.add(place)
            own = Held(
                split=name,
                source=was.source[place],
                language=was.language[place],
                documents=1,
                tokens=one["tokens"],
            )
            sums.add([own, Chosen(split=name, taken=1)], -1)
        named = any(one in gone.ids for one in strings(rows.column("cluster")))
        held.append(
            rewritten(patch, "held", part, _Change(part, gone, Counter()))
            if mine.any() or named
            else linked(patch, "held", entry)
        )
    return {"held": held, "copies": _copies(patch, gone, sums)}, frozenset(out)


def _copies(patch: Patch, gone: Gone, sums: Restated) -> list[FileEntry]:
    source = patch.old.table("copies")
    less: Counter[str] = Counter()
    for part, rows in gone.rows.items():
        own = source.read(part, ["row", "cluster"])
        less.update(strings(own.filter(array(np.isin(own.column("row").to_numpy(), rows))).column("cluster")))
    clusters = pa.array(sorted({*less, *gone.ids}), pa.string())
    files = []
    for part, entry in enumerate(source.files):
        here = source.read(part, ["cluster"]).column("cluster")
        touched = bool(pc.any(pc.is_in(here, value_set=clusters)).as_py())
        files.append(
            rewritten(patch, "copies", part, _Change(part, gone, less)) if touched else linked(patch, "copies", entry)
        )
    sums.counts["copies"] = sum(entry.rows for entry in files)
    return files


class _Change:
    """Of one part: rows of withdrawn documents go, and those of clusters of which one document is left."""

    def __init__(self, part: int, gone: Gone, less: Counter[str]) -> None:
        self._rows, self._ids, self._less = gone.of(part), gone.ids, less

    def __call__(self, batch: pa.RecordBatch, _: int) -> pa.RecordBatch:
        columns = {name: batch.column(name) for name in batch.schema.names}
        names = strings(columns["cluster"])
        keep = ~np.isin(columns["row"].to_numpy(), self._rows)
        if "size" in columns:
            size = columns["size"].to_numpy() - np.array([self._less[name] for name in names], np.int64)
            keep &= size > 1
            columns["size"] = pa.array(size)
        columns["cluster"] = pa.array([self._ids.get(name, name) for name in names], pa.string())
        return pa.RecordBatch.from_arrays(list(columns.values()), schema=batch.schema).filter(array(keep))
