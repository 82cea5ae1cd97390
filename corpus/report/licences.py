"""Licences of the documents of the corpus, by source and language."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from corpus.report.counting import cells
from corpus.report.opened import Part
from corpus.stages.release import RELEASE
from corpus.store.tally import Cells, Row

UNKNOWN = ""
_OTHERS = "(other)"
_MOST = 200  # licences of a source in one part: of a field that holds something else no table grows with documents
_CHARS = 120  # code points of one: the expressions of SPDX in use are shorter
_KEYS = ["source", "language", "licence"]


@dataclass(frozen=True, kw_only=True)
class Licensed(Row):
    """Documents of the corpus by source, language and licence."""

    NAME: ClassVar[str] = "licensed"
    source: str
    language: str
    licence: str  # UNKNOWN for none
    documents: int = 0


def of(part: Part) -> list[Cells]:
    """Rows of Licensed. Reads RELEASE.corpus."""
    if not part.has(RELEASE.corpus):
        return []
    found = part.read(RELEASE.corpus, _KEYS).group_by(_KEYS).aggregate([([], "count_all")]).to_pylist()
    for row in found:
        row["licence"] = (row["licence"] or UNKNOWN).strip()[:_CHARS]
    named = _named(found)
    return cells(
        Licensed(
            source=row["source"],
            language=row["language"],
            licence=row["licence"] if (row["source"], row["licence"]) in named else _OTHERS,
            documents=row["count_all"],
        )
        for row in found
    )


def _named(rows: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Licences of each source that most documents have, and none."""
    by_source: dict[str, Counter[str]] = {}
    for row in rows:
        by_source.setdefault(row["source"], Counter())[row["licence"]] += row["count_all"]
    named = {(source, UNKNOWN) for source in by_source}
    for source, own in by_source.items():
        most = sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        named |= {(source, licence) for licence, _ in most}
    return named
