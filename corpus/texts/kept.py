"""Which documents are there still: what deduplication kept, without what stages after it dropped."""

from dataclasses import dataclass

import numpy as np

from corpus.store.table import Table
from filters.arrow import equal


@dataclass(frozen=True, kw_only=True)
class Kept:
    """By part; `emptied` and `passages` are None for a recipe without those stages, or before they have run."""

    clusters: Table
    emptied: Table | None = None  # documents of which no line is left, by row
    passages: Table | None = None  # aligned
    contaminated: Table | None = None  # aligned

    def __call__(self, part: int) -> np.ndarray:
        """bool, a value for each document of the part."""
        found = equal(self.clusters.read(part, ["outcome"]).column("outcome"), "kept").copy()
        if self.emptied:
            found[self.emptied.read(part, ["row"]).column("row").to_numpy()] = False
        for table in (self.contaminated, self.passages):
            if table:
                found &= ~np.asarray(table.read(part, ["dropped"]).column("dropped"), bool)
        return found
