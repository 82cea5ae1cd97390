"""Passages that several documents have, to cuts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa

from corpus.duplicates.passages import Passages
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.ref import optional
from corpus.stages.stage import Stage, Written
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

PASSAGES_SCHEMA = pa.schema(
    [  # aligned
        column("id", pa.string()),
        column("share", pa.float64()),  # words in passages that other documents hold / words
        column("dropped", pa.bool_()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Changed(Row):
    """Documents that were cut, and bytes that were cut out of them."""

    NAME: ClassVar[str] = "changed"
    source: str
    language: str
    documents: int = 0
    bytes: int = 0


def _params(request: "Request") -> Passages | None:
    return request.recipe.passages


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("rows of cuts and passages", ledger.own.rows("cuts"), counts["cuts"])
    changed = ledger.own.tally(Changed)
    ledger.equal("documents cut and their sum over sources", counts["changed"], sum(row.documents for row in changed))
    ledger.equal("bytes cut and their sum over sources", counts["bytes"], sum(row.bytes for row in changed))
    if ledger.has(DEDUP) and ledger.shipped(CONTAMINATION, LINES):
        came = (
            ledger.counts(DEDUP)["kept"] - ledger.rows(LINES.emptied) - ledger.counts(CONTAMINATION).get("dropped", 0)
        )
        ledger.equal("kept + dropped and documents that came", counts["kept"] + counts["dropped"], came)


PASSAGES: Stage[Passages] = Stage(
    name="passages",
    version=3,
    writes={"cuts": LINES.writes["cuts"], "passages": Written(schema=PASSAGES_SCHEMA, aligned=True)},
    tallies=(Changed,),
    params=_params,
    reads=lambda _: (
        INGEST.documents,
        DECIDE.verdicts,
        DEDUP.clusters,
        optional(CONTAMINATION.contaminated),
        optional(CONTAMINATION.cuts),
        optional(LINES.cuts),
        optional(LINES.emptied),
    ),
    libraries=("unicodedata",),
    balance=_balance,
)
