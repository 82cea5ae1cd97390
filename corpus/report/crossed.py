"""What deduplication took by source and language together."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.duplicates import losses
from corpus.report.counting import SEPARATOR
from corpus.report.documents import Flow

_MOST = 100  # rows, the largest losses


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """Documents and bytes that the filters kept, and those of them that were lost."""

    source: str
    language: str
    documents: int
    bytes: int
    lost: int
    lost_bytes: int


def crossed(flow: Flow) -> list[Crossed]:
    """Those that lost most documents first; none that lost nothing."""
    sizes = _by_both(flow["bytes"])
    rows = [
        Crossed(
            source=source,
            language=language,
            documents=sum(documents.values()),
            bytes=sum(sizes[source, language].values()),
            lost=_lost(documents),
            lost_bytes=_lost(sizes[source, language]),
        )
        for (source, language), documents in _by_both(flow["documents"]).items()
    ]
    lost = [row for row in rows if row.lost]
    return sorted(lost, key=lambda row: (-row.lost, row.source, row.language))[:_MOST]


def _by_both(flow: Mapping[str, int]) -> dict[tuple[str, str], dict[str, int]]:
    """Counts of outcomes by source and language, but of what filters dropped."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for name, count in flow.items():
        source, language, outcome = name.split(SEPARATOR)
        if outcome != "filtered":
            found.setdefault((source, language), {})[outcome] = count
    return found


def _lost(outcomes: Mapping[str, int]) -> int:
    return sum(count for outcome, count in outcomes.items() if losses.is_lost(outcome))
