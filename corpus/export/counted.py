"""What an export holds, by what its readers ask for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.documents import DROPPED
from corpus.store.manifest import Json
from filters.arrow import filled, string_array, strings

BY = ("language", "source", "licence", "split", "outcome")


@dataclass
class Counted:
    """Documents, bytes of their texts in UTF-8, and documents by columns. `unknown` are those of which the conditions
    could not be told."""

    documents: int = 0
    bytes: int = 0
    restricted: int = 0
    unknown: int = 0
    by: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in BY})
    splits: dict[str, Counter[str]] = field(default_factory=dict)  # of each language

    def add(self, batch: pa.RecordBatch) -> None:
        sizes = np.asarray(pc.binary_length(string_array(batch.column("text"))), np.int64)
        self.documents += batch.num_rows
        self.bytes += int(sizes.sum())
        self.restricted += int(np.asarray(filled(batch.column("restricted"), False), bool).sum())
        for name, counter in self.by.items():
            counter.update(strings(filled(batch.column(name), "")))
        for language, split in zip(strings(batch.column("language")), strings(batch.column("split")), strict=True):
            self.splits.setdefault(language, Counter())[split] += 1

    @property
    def dropped(self) -> int:
        return self.by["split"][DROPPED]

    def facts(self) -> dict[str, Json]:
        """As JSON; keys in order."""
        by: dict[str, Json] = {name: dict(sorted(counter.items())) for name, counter in self.by.items()}
        found: dict[str, Json] = {name: getattr(self, name) for name in ("documents", "bytes", "restricted", "unknown")}
        return found | {"by": by}

    def most(self, name: str) -> Sequence[tuple[str, int]]:
        """Values of a column, most documents first."""
        return sorted(self.by[name].items(), key=lambda item: (-item[1], item[0]))
