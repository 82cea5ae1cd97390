"""The tables of a release that have texts, as search reads them: the corpus, or all documents as they came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from corpus.search.selection import Selection
from corpus.sources.accounts import Read
from corpus.stages.built import Finished
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.store.table import Table
from filters.arrow import filled, string_array, strings

CORPUS: Final = "corpus"
DOCUMENTS: Final = "documents"
NARROW: Final = ("id", "source", "url", "licence", "language")
EMPTY: Final = ""  # what stands for no language, address or licence


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Batches of texts with their languages. Picklable."""

    name: str
    table: Table
    verdicts: Table | None = None  # aligned with `table`: which languages its documents were taken for

    @property
    def parts(self) -> int:
        return self.table.parts

    def batches(
        self, part: int, selection: Selection, share: int = 0, of: int = 1
    ) -> Iterator[tuple[int, pa.StringArray, np.ndarray]]:
        """Texts of some documents at a time, in order, with the row of the first and which of them are chosen
        (bool[rows]); of one of `of` shares of the part. Where none is chosen texts are not read."""
        taken = None if selection.everything else self._verdicts(part)
        for group in self.table.groups(part, share, of):
            chosen = np.ones(group.rows, bool)
            if not selection.everything:
                known = group.read(["source", "language"])
                own = _plain(known, "language") if taken is None else taken[group.first : group.first + group.rows]
                chosen = selection.chosen(own, strings(known.column("source")))
            if chosen.any():
                yield group.first, string_array(group.read(["text"]).column("text")), chosen

    def take(self, part: int, rows: Sequence[int]) -> Iterator[dict[str, str]]:
        """Some documents (rows ascending): NARROW and `text`, and `row`, where they stand in `documents`."""
        taken = self._verdicts(part)
        own = ["row"] if self.name == CORPUS else []
        done = 0
        for batch in self.table.take(part, rows, [*NARROW, "text", *own]):
            for one in batch.to_pylist():
                language = one["language"] or EMPTY if taken is None else taken[rows[done]]
                yield {**one, "language": language, "row": one.get("row", rows[done])}
                done += 1

    def _verdicts(self, part: int) -> list[str] | None:
        return None if self.verdicts is None else strings(self.verdicts.read(part, ["language"]).column("language"))


def of(release: Finished, name: str) -> Texts:
    """The table of this name. Raises RecipeError where its stage is not in the release."""
    if name == CORPUS:
        return Texts(name=name, table=release[RELEASE].table("corpus"))
    return Texts(name=name, table=release[INGEST].table("documents"), verdicts=release.table(DECIDE.verdicts))


def sources(release: Finished) -> set[str]:
    """Names of the recipe's sources."""
    return {row.source for row in release[INGEST].tally(Read)}


def _plain(batch: pa.RecordBatch, name: str) -> list[str]:
    return strings(filled(batch.column(name), EMPTY))
