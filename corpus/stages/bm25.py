"""The corpus to an index of the words of its passages, by which they are ranked for a query."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.bm25 import blocks, terms
from corpus.stages import indexed
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written

if TYPE_CHECKING:
    from corpus.stages.request import Request


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """How much text is sorted together, and what a passage is."""

    block_bytes: int
    words: int
    overlap: int


def _params(request: "Request") -> Ranking | None:
    table = request.recipe.bm25
    return Ranking(block_bytes=table.block_bytes, words=terms.WORDS, overlap=terms.OVERLAP) if table else None


BM25: Stage[Ranking] = Stage(
    name="bm25",
    version=1,
    writes={blocks.TABLE: Written()},
    params=_params,
    reads=lambda _: (RELEASE.corpus,),
    libraries=("unicodedata",),
    balance=lambda ledger: indexed.balance(ledger, blocks.TABLE),
)
