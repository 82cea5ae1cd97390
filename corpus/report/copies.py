"""Documents that deduplication took, by their source and by that of the document that stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from corpus.losses import deduplicated
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.store.table import Table
from corpus.store.tally import Row, added
from filters.arrow import array, strings

READS = (DEDUP.clusters, DECIDE.verdicts)
KEYS = "key binary, source string, documents long"


@dataclass(frozen=True, kw_only=True)
class Copied(Row):
    """Documents of a source whose keeper is of a source; `kept_in` is "" for one that is not of this release."""

    NAME: ClassVar[str] = "copied"
    source: str
    kept_in: str
    documents: int = 0


def keys(clusters: Table, verdicts: Table, part: int) -> pa.Table:
    """Of one part: keepers of clusters by their id with no documents, and under the id of its keeper and by source the
    documents that went. Columns of KEYS."""
    rows = clusters.read(part, ["id", "outcome", "kept_id", "size"])
    sources = verdicts.read(part, ["source"]).column("source")
    gone = np.array([deduplicated.is_lost(one) for one in strings(rows.column("outcome"))], bool)
    gone &= ~np.asarray(rows.column("kept_id").is_null(), bool)
    stays = rows.column("size").to_numpy() > 1
    lost = pa.table({"key": rows.column("kept_id").filter(array(gone)), "source": sources.filter(array(gone))})
    lost = lost.group_by(["key", "source"]).aggregate([([], "count_all")])
    kept = pa.table({"key": rows.column("id").filter(array(stays)), "source": sources.filter(array(stays))})
    return pa.table(
        {
            "key": _bytes([*strings(kept.column("key")), *strings(lost.column("key"))]),
            "source": pa.array([*strings(kept.column("source")), *strings(lost.column("source"))], pa.string()),
            "documents": pa.array([*[0] * kept.num_rows, *lost.column("count_all").to_pylist()], pa.int64()),
        }
    )


def _bytes(ids: Sequence[str]) -> pa.BinaryArray:
    return pa.array([bytes.fromhex(one) for one in ids], pa.binary())


def met(found: pa.Table) -> tuple[Copied, ...]:
    """Rows of KEYS of all parts, brought together."""
    there = found.column("documents").to_numpy() == 0
    keepers = (
        found.filter(array(there)).group_by("key").aggregate([("source", "min")]).rename_columns(["key", "kept_in"])
    )
    both = found.filter(array(~there)).join(keepers, keys="key", join_type="left outer")
    sums = both.group_by(["source", "kept_in"]).aggregate([("documents", "sum")]).to_pylist()
    return summed((row["source"], row["kept_in"] or "", row["documents_sum"]) for row in sums)


def summed(rows: Iterable[tuple[str, str, int]]) -> tuple[Copied, ...]:
    """Source, source of the keeper, documents: added up, in order of names."""
    return added(Copied, (Copied(source=one, kept_in=other, documents=count) for one, other, count in rows))
