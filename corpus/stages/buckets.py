"""Documents that are trained on to buckets: what a mixture by a list tells them apart by, and how large each is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from corpus.mixture import dimension
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.dimension import DUPLICATES, Dimension
from corpus.shards.expected import trained
from corpus.shards.tallies import Held, Pair
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import PAIRS
from corpus.stages.ref import Ref, optional
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, Written, signals
from corpus.store.manifest import PARTS

if TYPE_CHECKING:
    from corpus.stages.request import Request

SIZES_STEP: Final = "sizes"
ABOUT: Final = "about"

BUCKETS_SCHEMA = pa.schema(
    [  # by row; documents that a split holds out are left out
        column("row", pa.int32()),  # row in the documents part of the same number
        column("values", pa.string()),  # of `by`, in its order, as a JSON list
        column("tokens", pa.int64()),  # with an end of document
        column("source", pa.string()),
        column("language", pa.string()),
    ]
)
SIZES = pa.schema(
    [  # documents that are not alone in their cluster, whatever the filters said of them
        column("row", pa.int32()),  # row in the documents part of the same number
        column("size", pa.int32()),  # documents in its cluster
    ]
)


@dataclass(frozen=True, kw_only=True)
class Bucketing:
    """What documents are told apart by."""

    by: tuple[Dimension, ...]
    threshold: float | None  # from which similarity on documents are of one cluster; None where nobody asks

    @property
    def clustered(self) -> bool:
        return self.threshold is not None


def _params(request: "Request") -> Bucketing | None:
    mixture = request.recipe.mixture
    if mixture is None or not mixture.listed:
        return None
    by = tuple(dimension.parse(name, request.recipe.schemas) for name in mixture.listed)
    clustered = any(one.name == DUPLICATES for one in by)
    return Bucketing(by=by, threshold=request.recipe.dedup.threshold if clustered else None)


def _reads(request: "Request") -> tuple[Ref, ...]:
    params = request.params(BUCKETS)
    measured = (signals(one.signal) for one in params.by if one.signal)
    clusters = (signals("content"), PAIRS.pairs, DECIDE.verdicts) if params.clustered else ()
    return (INGEST.documents, ENCODE.tokens, optional(SPLITS.held), *dict.fromkeys([*measured, *clusters]))


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("documents counted and written", counts["documents"], ledger.own.rows("buckets"))
    ledger.equal("documents of clusters counted and written", counts.get("sizes", 0), ledger.own.rows("sizes"))
    ledger.summed(Celled, "buckets", "documents", "tokens")
    clustered = ledger.own.tally(Clustered)
    if clustered and ledger.has(INGEST):
        came = sum(row.documents for row in clustered)
        ledger.equal("documents that came and those in clusters of any size", ledger.rows(INGEST.documents), came)
    if ledger.has(ENCODE) and ledger.shipped(SPLITS):
        once = trained(ledger.tally(ENCODE, Pair), ledger.tally(SPLITS, Held) if ledger.has(SPLITS) else None)
        ledger.equal("documents trained on and in buckets", sum(row.documents for row in once), counts["documents"])
        tokens = sum(row.tokens + row.documents for row in once)
        ledger.equal("tokens trained on and in buckets, with their ends", tokens, counts["tokens"])


BUCKETS: Stage[Bucketing] = Stage(
    name="buckets",
    version=1,
    writes={"buckets": Written(schema=BUCKETS_SCHEMA), "sizes": Written(schema=SIZES), "about": Written()},
    tallies=(Celled, Clustered),
    params=_params,
    reads=_reads,
    balance=_balance,
    steps=(SIZES_STEP, PARTS, ABOUT),
)
