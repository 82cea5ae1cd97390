"""Token parts to copies: how often each document comes in the shards, and where."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.mixture.recipe_table import Mixture
from corpus.mixture.tallies import Given, Owed
from corpus.shards.tallies import Pair
from corpus.stages.balance import Ledger
from corpus.stages.buckets import BUCKETS
from corpus.stages.encode import ENCODE
from corpus.stages.ref import optional
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, Written
from corpus.store.manifest import PARTS

if TYPE_CHECKING:
    from corpus.stages.request import Request

ABOUT = "about"  # the step that says what was wanted and what there is


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """What copies follow from."""

    mixture: Mixture
    seed: int


def _params(request: "Request") -> Mixing | None:
    mixture = request.recipe.mixture
    return Mixing(mixture=mixture, seed=request.recipe.seed) if mixture else None


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("copies counted and written", counts["documents"], ledger.own.rows("copies"))
    ledger.summed(Pair, "sources and languages", "documents", "tokens")
    made = ledger.own.tally(Given)
    ledger.equal("copies and their sum over groups", counts["documents"], sum(row.copies for row in made))
    given = {row.group: row.tokens for row in made}
    owed = {row.group: row.tokens for row in ledger.own.tally(Owed)}
    for group in sorted({*given, *owed}):
        what = f"tokens of {group} in its copies, and of its documents as often as was solved"
        ledger.equal(what, given.get(group, 0), owed.get(group, 0))


MIX: Stage[Mixing] = Stage(
    name="mix",
    version=2,
    writes={"copies": Written(), "about": Written()},
    tallies=(Pair, Given, Owed),
    params=_params,
    reads=lambda _: (ENCODE.tokens, optional(SPLITS.held), optional(BUCKETS.buckets)),
    balance=_balance,
    steps=(PARTS, ABOUT),
)
