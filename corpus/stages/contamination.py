"""Places where items stand in documents to verdicts: what is a common phrase, what is cut, which documents go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa

from corpus.contamination.recipe_table import Policy
from corpus.stages.balance import Ledger
from corpus.stages.columns import CUTS, column
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.matches import MATCHES, MATCHES_SCHEMA
from corpus.stages.stage import Stage, Written
from corpus.store.manifest import PARTS
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

CONTAMINATED = pa.schema(
    [  # aligned
        column("id", pa.string()),
        column("items", pa.int32()),  # that stand in it; a canary counts as one
        column("dropped", pa.bool_()),
    ]
)
PROOFS = pa.schema(
    [
        *MATCHES_SCHEMA,
        column("common", pa.bool_()),  # a phrase of more than max_documents documents: no proof
        column("done", pa.string()),  # mark, cut or drop; "" where it is no proof
    ]
)
CLEAN = "clean"
STATES = pa.schema(
    [  # every item, in the order of the suites
        column("suite", pa.string()),
        column("task", pa.string()),
        column("item", pa.string()),
        column("state", pa.string()),  # clean, part, whole; unchecked: too short to be told
    ]
)


@dataclass(frozen=True, kw_only=True)
class Dirty(Row):
    """Items of a task that stand in documents: by any proof, and whole; documents that have them."""

    NAME: ClassVar[str] = "tasks"
    suite: str
    task: str
    items: int = 0
    whole: int = 0
    matches: int = 0
    common: int = 0  # matches that are phrases of many documents


@dataclass(frozen=True, kw_only=True)
class Taken(Row):
    """Documents of a source that have items, and what was done with them."""

    NAME: ClassVar[str] = "documents"
    source: str
    language: str
    documents: int = 0
    dropped: int = 0
    cut: int = 0
    chars: int = 0  # code points cut out of those that stay


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What is done with what is found, by suite."""

    suites: Mapping[str, Policy]
    max_documents: int


def _params(request: "Request") -> Policies | None:
    table = request.recipe.contamination
    if table is None:
        return None
    return Policies(suites={suite.name: suite.policy for suite in table.suites}, max_documents=table.max_documents)


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("cuts counted and written", counts["cuts"], ledger.own.rows("cuts"))
    ledger.equal("proofs counted and written", counts["matches"], ledger.own.rows("proofs"))
    if ledger.has(MATCHES):
        ledger.equal("proofs and matches before", counts["matches"], ledger.rows(MATCHES.matches))
        ledger.equal("items and those looked for", ledger.own.rows("items"), ledger.counts(MATCHES)["items"])
    tasks = ledger.own.tally(Dirty)
    for name in ("matches", "common", "items", "whole"):
        ledger.equal(f"{name} and their sum over tasks", counts[name], sum(getattr(row, name) for row in tasks))
    found = ledger.own.tally(Taken)
    for name in ("documents", "dropped", "cut", "chars"):
        ledger.equal(f"{name} and their sum over sources", counts[name], sum(getattr(row, name) for row in found))


CONTAMINATION: Stage[Policies] = Stage(
    name="contamination",
    version=2,
    writes={
        "cuts": Written(schema=CUTS),
        "contaminated": Written(schema=CONTAMINATED, aligned=True),
        "proofs": Written(schema=PROOFS),
        "items": Written(schema=STATES),
    },
    tallies=(Dirty, Taken),
    params=_params,
    reads=lambda _: (INGEST.documents, MATCHES.matches, MATCHES.items, DECIDE.verdicts),
    balance=_balance,
    steps=(PARTS, "items"),
)
