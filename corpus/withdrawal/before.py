"""The withdrawn documents as they were: what stages counted of them is taken off what they count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from corpus.stages.built import Finished
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.withdrawal.gone import Gone

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Before:
    """The withdrawn documents as they were, by place."""

    release: Finished
    gone: Gone
    source: Mapping[Place, str]
    language: Mapping[Place, str]  # of the verdict
    text: Mapping[Place, str]
    url: Mapping[Place, str | None]
    declared: Mapping[Place, bool]  # whether its source told its language


def before(release: Finished, gone: Gone) -> Before:
    """Holds the withdrawn texts in memory."""
    documents, verdicts = release[INGEST].table("documents"), release[DECIDE].table("verdicts")
    found: dict[str, dict[Place, Any]] = {name: {} for name in ("source", "language", "text", "url", "label")}
    for part, rows in gone.rows.items():
        own = [
            one
            for b in documents.take(part, rows.tolist(), ["source", "language", "url", "text"])
            for one in b.to_pylist()
        ]
        labels = verdicts.read(part, ["language"]).column("language").take(pa.array(rows)).to_pylist()
        for row, one, label in zip(rows.tolist(), own, labels, strict=True):
            for name, value in {**one, "label": label}.items():
                found[name][part, row] = value
    return Before(
        release=release,
        gone=gone,
        source=found["source"],
        language=found["label"],
        text=found["text"],
        url=found["url"],
        declared={place: value is not None for place, value in found["language"].items()},
    )
