"""What files of a document's site say of training on it, of those that the archives hold: its robots.txt, its
tdmrep.json, and terms in RSL that these, the answer or the page name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.ingest import INGEST
from corpus.stages.stage import Stage, Written

if TYPE_CHECKING:
    from corpus.stages.request import Request

STATEMENT = pa.struct(
    [  # filters.optout.statement.Statement
        column("train_ai", pa.string()),
        column("protocol", pa.string()),
        column("place", pa.string()),
        column("date", pa.string()),  # of the file that says so, ISO 8601; "" if it is not known
        column("raw", pa.string()),
        column("unread", pa.bool_()),
    ]
)

SAID = pa.schema([column("said", pa.list_(pa.field("item", STATEMENT, nullable=False)))])  # the strictest first


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of which crawlers it is asked, and whether files of a later day count."""

    agents: tuple[str, ...]
    retroactive: bool


def _params(request: "Request") -> Asked | None:
    """By the filter that reads it."""
    found: Any = next((choice.base for choice in request.recipe.choices if choice.name == "rights"), None)
    return Asked(agents=found.agents, retroactive=found.retroactive) if found else None


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    if ledger.has(INGEST):
        ledger.equal("documents that came and those asked of", ledger.rows(INGEST.documents), counts["documents"])
    ledger.equal(
        "documents of which files say something, and others", counts["documents"], counts["known"] + counts["silent"]
    )


ROBOTS: Stage[Asked] = Stage(
    name="robots",
    version=2,
    writes={"said": Written(schema=SAID, aligned=True)},
    params=_params,
    reads=lambda _: (INGEST.documents, INGEST.robots),
    balance=_balance,
)
