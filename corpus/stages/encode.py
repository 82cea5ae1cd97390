"""Corpus to token parts: every released document encoded, sorted by language and order."""

from dataclasses import dataclass

from corpus.shards.tallies import Encoder, Judged, Pair
from corpus.stages.balance import Ledger
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written
from corpus.stages.train import TRAIN
from tokenizer.libraries import FAST


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """What tokens and their order follow from."""

    encoder: str
    seed: int
    prompted: bool  # whether a source has inputs and targets


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("documents counted and written", counts["documents"], ledger.own.rows("tokens"))
    ledger.summed(Pair, "sources and languages", "documents", "tokens")
    ledger.summed(Encoder, "libraries", "documents")
    ledger.summed(Judged, "sources and languages", "chosen", "judged")
    if any(row.library == FAST for row in ledger.own.tally(Encoder)):
        judged = sum(row.chosen > 0 for row in ledger.own.tally(Judged))
        ledger.equal("sources and languages, and those with a text to judge", len(ledger.own.tally(Pair)), judged)
    if ledger.has(RELEASE):
        released = ledger.rows(RELEASE.corpus)
        ledger.equal("documents encoded and documents in the corpus", counts["documents"], released)


ENCODE: Stage[Encoding] = Stage(
    name="encode",
    version=4,
    writes={"tokens": Written()},
    tallies=(Pair, Encoder, Judged),
    params=lambda request: Encoding(
        encoder=request.recipe.tokenizer.encoder, seed=request.recipe.seed, prompted=request.recipe.prompted
    ),
    reads=lambda _: (RELEASE.corpus, TRAIN.tokenizer),
    libraries=("gigatoken", "tokenizers"),
    balance=_balance,
)
