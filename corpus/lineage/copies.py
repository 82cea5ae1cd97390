"""Documents that went because another that is alike stays."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.store.table import Table


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A document that went, as what (a value of `outcome`), and how alike the two are; `jaccard` None: by address."""

    id: str
    outcome: str
    jaccard: float | None

    def __str__(self) -> str:
        alike = "" if self.jaccard is None else f", Jaccard {self.jaccard:.4f}"
        return f"{self.id} ({self.outcome}{alike})"


def of(clusters: Table, ids: Iterable[str]) -> dict[str, list[Copy]]:
    """By the id of the document that stays, in order of part and row; of ids for which none went, nothing."""
    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, list[Copy]] = {}
    for rows in clusters.each(["id", "outcome", "kept_id", "jaccard"]) if len(wanted) else ():
        own = np.asarray(pc.is_in(rows.column("kept_id"), value_set=wanted), bool)
        for one in rows.filter(pa.array(own)).to_pylist():
            copy = Copy(id=one["id"], outcome=one["outcome"], jaccard=one["jaccard"])
            found.setdefault(one["kept_id"], []).append(copy)
    return found
