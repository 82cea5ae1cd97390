"""The corpus to an index of its texts, by which phrases and sources of texts are found without reading all of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.stages import indexed
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written
from corpus.textindex import blocks
from filters.kernels.suffixes import STEP

if TYPE_CHECKING:
    from corpus.stages.request import Request


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """How much text is sorted together, and which of its suffixes."""

    block_bytes: int
    step: int


def _params(request: "Request") -> Blocks | None:
    table = request.recipe.textindex
    return Blocks(block_bytes=table.block_bytes, step=STEP) if table else None


TEXTINDEX: Stage[Blocks] = Stage(
    name="textindex",
    version=1,
    writes={blocks.TABLE: Written()},
    params=_params,
    reads=lambda _: (RELEASE.corpus,),
    balance=lambda ledger: indexed.balance(ledger, blocks.TABLE),
)
