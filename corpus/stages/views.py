"""Token parts to views: the same documents as the shards, arranged for training objectives."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import RecipeError
from corpus.shards.expected import expected
from corpus.shards.tallies import Held, Pair
from corpus.stages.balance import Ledger
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.ref import optional
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, Written
from corpus.stages.train import TRAIN
from corpus.store.manifest import PARTS
from corpus.views import reserved
from corpus.views.recipe_table import View
from corpus.views.tallies import Viewed
from corpus.vocabulary import tokenizer_file
from tokenizer.given import parse
from tokenizer.specials import special_tokens

if TYPE_CHECKING:
    from corpus.stages.recipe import Recipe
    from corpus.stages.request import Request

ABOUT = "about"  # the step that describes them all


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """What views follow from."""

    views: tuple[View, ...]
    shard_bytes: int
    encoder: str  # what encodes the three parts of fill-in-the-middle
    seed: int


def _params(request: "Request") -> Viewing | None:
    """Raises RecipeError for a view whose special tokens the tokenizer has not."""
    recipe = request.recipe
    if not recipe.views:
        return None
    if wrong := reserved.fault(recipe.views, _specials(recipe)):
        raise RecipeError(wrong)
    return Viewing(
        views=recipe.views,
        shard_bytes=recipe.shards.shard_bytes,
        encoder=recipe.tokenizer.encoder,
        seed=recipe.seed,
    )


def _specials(recipe: "Recipe") -> set[str]:
    """Names of tokens that no text encodes to."""
    table = recipe.tokenizer
    if not table.path:
        return set(special_tokens(table.reserved, table.reserved_unnamed))
    data, _ = tokenizer_file.given_for(tokenizer_file.address(recipe.base, table.path, TRAIN.name), table)
    return {str(token["content"]) for token in parse(data).get("added_tokens") or () if token.get("special")}


def _balance(ledger: Ledger) -> None:
    written, counts = ledger.own, ledger.own.counts
    tallied = written.tally(Viewed)
    bins = [entry for entry in written.tables.get("megatron", ()) if entry.name.endswith(".bin")]
    rows = sum(entry.rows for entry in bins)
    ledger.equal("examples in .bin and in .idx", 2 * rows, written.rows("megatron"))
    ledger.equal("examples in .bin and rows of lineage", rows, written.rows("lineage"))
    arrow = sum(written.rows(table) for table in written.tables if table.split("/")[0] == "arrow")
    ledger.equal("rows counted and written as arrow", counts.get("rows", 0), arrow)
    ledger.equal("examples and their sum over views", counts.get("examples", 0), sum(row.examples for row in tallied))
    ledger.equal("examples in arrow and megatron", counts.get("examples", 0), counts.get("megatron.examples", 0))
    for row in tallied:
        kinds = row.plain + row.psm + row.spm  # of fim; of others none is told
        ledger.equal(f"examples of view {row.view} and their sum over kinds", kinds, row.examples if kinds else 0)
        what = f"pieces of view {row.view} that did not fit, and those of them that are plain"
        ledger.equal(what, row.unfit, max(min(row.unfit, row.plain), 0))
    if not (ledger.has(ENCODE) and ledger.shipped(SPLITS, MIX)):
        return
    held = ledger.tally(SPLITS, Held) if ledger.has(SPLITS) else None
    mixed = ledger.tally(MIX, Pair) if ledger.has(MIX) else None
    wanted = expected(ledger.tally(ENCODE, Pair), held, mixed)
    for row in tallied:
        ledger.equal(f"documents of view {row.view}, and in the shards", row.documents + row.out, wanted.documents)
        found = row.tokens + row.left + wanted.documents
        ledger.equal(f"tokens of documents of view {row.view}, with their ends, and in the shards", found, wanted.sum)


VIEWS: Stage[Viewing] = Stage(
    name="views",
    version=1,
    writes={"arrow": Written(), "megatron": Written(), "lineage": Written(), "about": Written()},
    tallies=(Viewed,),
    params=_params,
    reads=lambda _: (ENCODE.tokens, TRAIN.tokenizer, optional(SPLITS.held), optional(MIX.copies)),
    libraries=("gigatoken", "tokenizers"),
    balance=_balance,
    steps=(PARTS, ABOUT),
)
