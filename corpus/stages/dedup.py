"""Verdicts and pairs to clusters: of documents that are alike, one stays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.duplicates import rank
from corpus.duplicates.earlier import Earlier
from corpus.duplicates.recipe_tables import Dedup
from corpus.losses.alarm import Limits
from corpus.losses.deduplicated import Outcome
from corpus.stages.balance import Ledger
from corpus.stages.code import CODE
from corpus.stages.columns import column
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.ref import Ref, optional
from corpus.stages.stage import Stage, Written, signals, without
from corpus.store import tally

if TYPE_CHECKING:
    from corpus.stages.request import Request

OUTCOMES = ("kept", "filtered", "exact", "near", "url", "contained")

CLUSTERS = pa.schema(
    [
        column("id", pa.string()),
        column("outcome", pa.string()),  # one of OUTCOMES
        column("kept_id", pa.string(), nullable=True),  # for those that deduplication took: the document that stays
        column("jaccard", pa.float64(), nullable=True),  # exact similarity to it; for contained: share that is in it;
        # null for url
        column("size", pa.int32()),  # for kept: documents it stands for, itself included; else 0
        column("cluster", pa.string(), nullable=True),  # smallest id of those that speak for the contents joined to it
        column("restricted", pa.bool_()),  # for kept: it, or a document that it resembles, may not be used freely
    ]
)


@dataclass(frozen=True, kw_only=True)
class Containment:
    """From which share of its fingerprints, and of its words, in another on, code goes."""

    containment: float
    words: float


@dataclass(frozen=True, kw_only=True)
class Election:
    """What who stays follows from; of [dedup] all but the bands and what is judged of losses when it is over."""

    table: Dedup
    code: Containment | None
    restricted_sources: tuple[str, ...]
    earlier: Earlier


_ELSEWHERE = ("recall", "bands", "rows", "leaders", "max_loss_share", "allow_vanish", "against", "index")


def _params(request: "Request") -> Election:
    recipe = request.recipe
    code = recipe.code
    return Election(
        table=without(recipe.dedup, *_ELSEWHERE),
        code=Containment(containment=code.containment, words=code.words) if code else None,
        restricted_sources=tuple(sorted(source.name for source in recipe.sources if source.restricted)),
        earlier=request.params(PAIRS).earlier,
    )


def _reads(request: "Request") -> tuple[Ref, ...]:
    ranked = dict.fromkeys(["content", *rank.measured(request.recipe.dedup.prefer)])
    measured = (signals(name) for name in ranked)
    return (INGEST.documents, DECIDE.verdicts, PAIRS.pairs, optional(CODE.containments), *measured)


def _balance(ledger: Ledger) -> None:
    found = ledger.own.counts
    counts = {name: found.get(name, 0) for name in (*OUTCOMES, "size")}
    ledger.equal("documents and outcomes", ledger.own.rows("clusters"), sum(counts[name] for name in OUTCOMES))
    by_outcome = tally.total(ledger.own.tally(Outcome), lambda row: row.outcome, lambda row: row.documents)
    for name in OUTCOMES:
        what = f"documents of outcome {name} and their sum over sources and languages"
        ledger.equal(what, counts[name], by_outcome.get(name, 0))
    if not ledger.has(DECIDE):
        return
    decided = ledger.counts(DECIDE)
    kept = decided.get("kept", 0)
    ledger.equal("documents that decide dropped", counts["filtered"], decided.get("dropped", 0))
    taken = sum(counts[name] for name in OUTCOMES if name != "filtered")
    ledger.equal("kept + exact + near + url + contained and documents that decide kept", taken, kept)
    known = found.get("known", 0)  # dropped for a document of an earlier release
    ledger.equal("cluster sizes + known and documents that decide kept", counts["size"] + known, kept)


DEDUP: Stage[Election] = Stage(
    name="dedup",
    version=4,
    writes={"clusters": Written(schema=CLUSTERS, aligned=True)},
    tallies=(Outcome,),
    params=_params,
    reads=_reads,
    balance=_balance,
    gate=lambda request: Limits(
        max_share=request.recipe.dedup.max_loss_share, allow_vanish=request.recipe.dedup.allow_vanish
    ),
)
