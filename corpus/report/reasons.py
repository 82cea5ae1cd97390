"""The reasons for which documents of a part were dropped, as columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report.documents import VERDICTS
from corpus.report.opened import Part
from filters.arrow import typed


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Every reason that fired: the row of its document, and its rule; rows ascend."""

    rows: np.ndarray
    rules: np.ndarray

    @staticmethod
    def of(part: Part) -> "Reasons":
        """Reads VERDICTS."""
        lists = part.read(VERDICTS, ["reasons"]).column("reasons").combine_chunks()
        rows = pc.list_parent_indices(lists).to_numpy()
        rules = typed(typed(lists, pa.ListArray).flatten(), pa.StructArray).field("rule").to_pylist()
        return Reasons(rows=rows, rules=np.array(rules, object))

    def alone(self) -> list[str]:
        """Rules that fired where no other did: what they dropped no other would have dropped."""
        _, place, count = np.unique(self.rows, return_index=True, return_counts=True)
        rules: list[str] = self.rules[place[count == 1]].tolist()
        return rules

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of rules that fired on the same document, each in order of name."""
        found = []
        cuts = np.flatnonzero(np.diff(self.rows)) + 1
        for group in np.split(self.rules, cuts):
            names = sorted(group.tolist())
            found += [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        return found
