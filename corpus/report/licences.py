"""Licences of the documents of the corpus, by source."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.report.counting import cells
from corpus.report.opened import Part
from corpus.stages.release import RELEASE
from corpus.store.tally import Cells, Row

UNKNOWN = ""
_OTHERS = "(other)"
_MOST = 200  # licences of a source in one part: of a field that holds something else no table grows with documents
_CHARS = 120  # code points of one: the expressions of SPDX in use are shorter


@dataclass(frozen=True, kw_only=True)
class Licensed(Row):
    """Documents of the corpus by source and licence."""

    NAME: ClassVar[str] = "licensed"
    source: str
    licence: str  # UNKNOWN for none
    documents: int = 0


def of(part: Part) -> list[Cells]:
    """Rows of Licensed. Reads RELEASE.corpus."""
    if not part.has(RELEASE.corpus):
        return []
    found = (
        part.read(RELEASE.corpus, ["source", "licence"]).group_by(["source", "licence"]).aggregate([([], "count_all")])
    )
    rows = sorted(found.to_pylist(), key=lambda row: (row["source"], -row["count_all"], row["licence"] or ""))
    seen: dict[str, int] = {}
    made = []
    for row in rows:
        seen[row["source"]] = seen.get(row["source"], 0) + 1
        named = (row["licence"] or UNKNOWN).strip()[:_CHARS]
        licence = named if seen[row["source"]] <= _MOST or not named else _OTHERS
        made.append(Licensed(source=row["source"], licence=licence, documents=row["count_all"]))
    return cells(made)
