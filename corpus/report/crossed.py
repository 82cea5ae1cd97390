"""What deduplication took by source and language together."""

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.losses import deduplicated
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


def crossed(flows: Iterable[Flow]) -> list[Crossed]:
    """Those that lost most documents first; none that lost nothing."""
    by_both: dict[tuple[str, str], list[Flow]] = {}
    for row in flows:
        if row.outcome != "filtered":
            by_both.setdefault((row.source, row.language), []).append(row)
    rows = [
        Crossed(
            source=source,
            language=language,
            documents=sum(row.documents for row in own),
            bytes=sum(row.bytes for row in own),
            lost=sum(row.documents for row in own if deduplicated.is_lost(row.outcome)),
            lost_bytes=sum(row.bytes for row in own if deduplicated.is_lost(row.outcome)),
        )
        for (source, language), own in by_both.items()
    ]
    lost = [row for row in rows if row.lost]
    return sorted(lost, key=lambda row: (-row.lost, row.source, row.language))[:_MOST]
