"""Signatures to pairs of contents with their exact Jaccard similarity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.duplicates import earlier
from corpus.duplicates.earlier import Earlier
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.ingest import INGEST
from corpus.stages.stage import Stage, Written, identity, signals
from corpus.store import current
from corpus.store.manifest import Json
from filters import measuring_parameters

if TYPE_CHECKING:
    from corpus.stages.request import Request

PAIRS_SCHEMA = pa.schema(
    [  # candidates that LSH proposed, with their exact similarity
        column("a", pa.binary(16)),  # content key of the one that sorts first
        column("b", pa.binary(16)),
        column("a_shingles", pa.int32()),  # distinct shingles
        column("b_shingles", pa.int32()),
        column("shared", pa.int32()),
        column("jaccard", pa.float64()),  # shared / (a + b - shared)
        column("crowded", pa.bool_()),  # they met where not all were compared: b may go for a, not a for b
    ]
)


PART_DOCUMENTS = 1 << 20  # documents for which a table of pairs gets another part
KEYS = ("minhash", "content")  # filters whose signals propose pairs, and are in an index


@dataclass(frozen=True, kw_only=True)
class Banding:
    """What proposed pairs follow from."""

    bands: int
    rows: int  # of a band
    leaders: int
    ngram: int  # words of a shingle, as minhash measured them
    earlier: Earlier


def measured(request: "Request") -> Mapping[str, Json]:
    """Version and parameters of each filter whose signals are in an index."""
    bases = {choice.name: choice.base for choice in request.recipe.choices}
    return {
        name: identity({"version": bases[name].version, "params": measuring_parameters(bases[name])}) for name in KEYS
    }


def _params(request: "Request") -> Banding:
    dedup = request.recipe.dedup
    places = [request.address(named) for named in dedup.against]
    folders = [current.folder(place, earlier.TABLE) or place for place in places]  # a run's root, or an index
    known = earlier.load(folders, measured(request))
    return Banding(bands=dedup.bands, rows=dedup.rows, leaders=dedup.leaders, ngram=request.recipe.ngram, earlier=known)


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("candidates and pairs compared", counts["candidates"], counts.get("pairs", 0))
    ledger.equal("pairs counted and written", counts.get("pairs", 0), ledger.own.rows("pairs"))


PAIRS: Stage[Banding] = Stage(
    name="pairs",
    version=4,
    writes={"pairs": Written(schema=PAIRS_SCHEMA)},
    params=_params,
    reads=lambda _: (INGEST.documents, *(signals(name) for name in KEYS)),
    balance=_balance,
)
