"""What deduplication took of each source and language.

Shares are of the documents that the filters kept. A source of which nothing stays was copied whole from others, or was
taken for something that it is not (marin#6854: 51,160 unrelated books in one cluster), so it stops the run.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.losses.alarm import Loss, Taker, in_order
from corpus.store.table import Table
from corpus.store.tally import Row
from filters.arrow import array, equal, strings

TRACED = 100_000  # documents of a source that vanished whose keepers are looked up: ids of 3 MB

TAKER = Taker(name="deduplication", table="dedup", look="look at its pairs in the report")


@dataclass(frozen=True, kw_only=True)
class Outcome(Row):
    """Documents of a source and language that stage dedup gave one outcome."""

    NAME: ClassVar[str] = "outcomes"
    source: str
    language: str
    outcome: str
    documents: int = 0


def is_lost(outcome: str) -> bool:
    """Whether deduplication took a document of this outcome: whatever is neither kept nor dropped before it."""
    return outcome not in ("kept", "filtered")


def counted(sources: Iterable[str], languages: Iterable[str], outcomes: Iterable[str]) -> list[Outcome]:
    """Rows of a part, from columns of its documents."""
    found = Counter(zip(sources, languages, outcomes, strict=True))
    return [
        Outcome(source=source, language=language, outcome=outcome, documents=count)
        for (source, language, outcome), count in found.items()
    ]


def of(outcomes: Iterable[Outcome]) -> list[Loss]:
    """Sources, then languages, by name."""
    documents: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for row in outcomes:
        for place in (("source", row.source), ("language", row.language)):
            if row.outcome != "filtered":
                documents[place] += row.documents
                lost[place] += row.documents if is_lost(row.outcome) else 0
    return in_order(
        Loss(kind=k, name=n, documents=d, lost=lost[k, n], sure=lost[k, n] if k == "source" else 0)
        for (k, n), d in documents.items()
    )


def keepers(clusters: Table, verdicts: Table, source: str) -> Counter[str]:
    """Documents of a source that deduplication took (the first TRACED), by the source of the document that stays."""
    kept: Counter[str] = Counter()
    both = zip(clusters.each(["outcome", "kept_id"]), verdicts.each(["source"]), strict=True)
    for outcomes, sources in both:
        mine = equal(sources.column("source"), source)
        taken = [is_lost(outcome) for outcome in strings(outcomes.column("outcome"))]
        for id_ in outcomes.column("kept_id").take(array(np.flatnonzero(mine & np.array(taken, bool)))).to_pylist():
            if id_ is not None and kept.total() < TRACED:
                kept[id_] += 1
    ids = pa.array(sorted(kept), pa.string())
    found: Counter[str] = Counter()
    seen: set[str] = set()
    for read in verdicts.each(["id", "source"]):
        rows = read.filter(pc.is_in(read.column("id"), value_set=ids))
        for id_, name in zip(strings(rows.column("id")), strings(rows.column("source")), strict=True):
            if id_ not in seen:
                seen.add(id_)
                found[name] += kept[id_]
    return found


def refusal(name: str, documents: int, taken: Counter[str]) -> str:
    """The line that stops a run."""
    order = sorted(taken.items(), key=lambda item: (-item[1], item[0]))
    where = ", ".join(f"{other!r} ({count:,})" for other, count in order) or "documents that could not be found"
    return (
        f"source {name!r} vanished: deduplication took all of the {documents:,} documents that the filters kept, for "
        f'documents of {where}; if that is right, say [dedup] allow_vanish = ["{name}"], else raise [dedup] threshold '
        "or put it first in prefer_sources"
    )
