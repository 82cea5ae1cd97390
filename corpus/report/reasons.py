"""The reasons for which documents of a part were dropped, as columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report.counting import SEPARATOR
from corpus.report.documents import VERDICTS
from corpus.report.opened import Part
from filters.arrow import ChunkedArray, array, typed


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

    def labelled(self, languages: ChunkedArray) -> list[str]:
        """Rule and language of each."""
        names = languages.take(array(self.rows)).to_pylist()
        return [f"{rule}{SEPARATOR}{name}" for rule, name in zip(self.rules, names, strict=True)]

    def alone(self, languages: ChunkedArray) -> list[str]:
        """Those that no other rule would have dropped."""
        _, place, count = np.unique(self.rows, return_index=True, return_counts=True)
        single = place[count == 1]
        return Reasons(rows=self.rows[single], rules=self.rules[single]).labelled(languages)

    def overlaps(self) -> list[str]:
        """Unordered pairs of rules that fired on the same document."""
        found = []
        cuts = np.flatnonzero(np.diff(self.rows)) + 1
        for group in np.split(self.rules, cuts):
            names = sorted(group.tolist())
            found += [f"{a}{SEPARATOR}{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
        return found
