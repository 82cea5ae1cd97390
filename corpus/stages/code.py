"""Fingerprints of source code to pairs of contents with the containment of each in the other."""

from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.duplicates.recipe_tables import Code
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.ingest import INGEST
from corpus.stages.stage import Stage, Written, signals, without

if TYPE_CHECKING:
    from corpus.stages.request import Request

CONTAINMENTS = pa.schema(
    [  # contents of code that share fingerprints; those of boilerplate are left out of every number
        column("a", pa.binary(16)),  # content key of the one with more fingerprints
        column("b", pa.binary(16)),
        column("a_fingerprints", pa.int32()),
        column("b_fingerprints", pa.int32()),
        column("shared", pa.int32()),
        column("a_in_b", pa.float64()),  # shared / a_fingerprints; 1.0 where the code is the same
        column("b_in_a", pa.float64()),  # shared / b_fingerprints
        column("jaccard", pa.float64()),  # shared / (a + b - shared)
        column(
            "a_words_in_b", pa.float64()
        ),  # of the distinct 5-word shingles of the texts without comments: names count
        column("b_words_in_a", pa.float64()),
        column("same", pa.bool_()),  # token by token, whatever the comments: one may go for the other
    ]
)

FINGERPRINTS = signals("code")


def _params(request: "Request") -> Code | None:
    """Which documents are code is the filter's; how much containment takes one out is the election's."""
    code = request.recipe.code
    return without(code, "languages", "sources", "containment", "words") if code else None


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("candidates and pairs compared", counts["candidates"], counts.get("containments", 0))
    ledger.equal("pairs counted and written", counts.get("containments", 0), ledger.own.rows("containments"))


CODE: Stage[Code] = Stage(
    name="code",
    version=2,
    writes={"containments": Written(schema=CONTAINMENTS)},
    params=_params,
    reads=lambda _: (INGEST.documents, FINGERPRINTS, signals("content")),
    balance=_balance,
)
