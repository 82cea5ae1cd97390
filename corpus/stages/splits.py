"""Released documents to held-out splits: clusters of near copies go whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.shards.splits import SPLITS as NAMES
from corpus.shards.splits import Splits
from corpus.shards.tallies import Chosen, Held
from corpus.stages.balance import Ledger
from corpus.stages.code import CODE
from corpus.stages.columns import column
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import optional
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written, signals
from corpus.store import tally

if TYPE_CHECKING:
    from corpus.stages.request import Request

COPIES_STEP, HELD_STEP = "copies", "held"

COPIES = pa.schema(
    [  # released documents that are in a cluster of near copies with others
        column("row", pa.int32()),  # row in the documents part of the same number
        column("cluster", pa.string()),  # smallest id of the cluster
        column("language", pa.string()),  # of the document with that id
        column("size", pa.int64()),  # released documents in the cluster
    ]
)

HELD = pa.schema(
    [  # documents that are held out, by row; all others are trained on
        column("row", pa.int32()),  # row in the documents part of the same number
        column("id", pa.string()),
        column("split", pa.int8()),  # place in corpus.shards.splits.SPLITS
        column("cluster", pa.string()),  # smallest id of its cluster, or its own
        column("tokens", pa.int64()),  # without the end of document
    ]
)


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """What is held out follows from."""

    table: Splits
    seed: int


def _params(request: "Request") -> HeldOut | None:
    table = request.recipe.splits
    return HeldOut(table=table, seed=request.recipe.seed) if table else None


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    chosen = {row.split: row for row in ledger.own.tally(Chosen)}
    held = tally.total(ledger.own.tally(Held), lambda row: row.split, lambda row: row.documents)
    for name in NAMES:
        above = max(held.get(name, 0) - chosen[name].wanted, 0)
        ledger.equal(f"documents of {name} above those asked for", above, 0)
        ledger.equal(f"documents chosen for {name} and written", chosen[name].taken, held.get(name, 0))
    ledger.equal("documents with near copies counted and written", counts["copies"], ledger.own.rows("copies"))
    rows = ledger.own.rows("held")
    ledger.equal("documents chosen and rows of held", sum(row.taken for row in chosen.values()), rows)


SPLITS: Stage[HeldOut] = Stage(
    name="splits",
    version=1,
    writes={"copies": Written(schema=COPIES), "held": Written(schema=HELD)},
    tallies=(Held, Chosen),
    params=_params,
    reads=lambda _: (
        INGEST.documents,
        PAIRS.pairs,
        optional(CODE.containments),
        optional(PASSAGES.cuts),
        signals("content"),
        RELEASE.corpus,
        ENCODE.tokens,
    ),
    balance=_balance,
    steps=(COPIES_STEP, HELD_STEP),
)
