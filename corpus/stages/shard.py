"""Token parts to shards: Arrow for `datasets`, Megatron for the trainer, lineage for whoever asks."""

from dataclasses import dataclass

from corpus.catalogue.catalogued import Catalogued
from corpus.shards.expected import expected
from corpus.shards.recipe_table import Shards
from corpus.shards.tallies import Held, Packed, Pair
from corpus.stages.balance import Ledger
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.ref import optional
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage, Written
from corpus.stages.train import TRAIN
from corpus.store.manifest import PARTS

ABOUT = "about"  # the step that describes them all


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How tokens are laid out."""

    table: Shards
    prompted: bool  # whether a source has inputs and targets
    catalogued: tuple[Catalogued, ...]  # of sources that have an entry: what goes with their documents
    seed: int


def _balance(ledger: Ledger) -> None:
    written, counts = ledger.own, ledger.own.counts
    bins = [entry for entry in written.tables.get("megatron", ()) if entry.name.endswith(".bin")]
    rows = sum(entry.rows for entry in bins)
    ledger.equal("documents in .bin and in .idx", 2 * rows, written.rows("megatron"))
    ledger.equal("documents in .bin and rows of lineage", rows, written.rows("lineage"))
    for kind, count in (("text", "documents"), ("inputs", "inputs"), ("targets", "targets")):
        rows = sum(entry.rows for entry in bins if entry.name.endswith(f"_{kind}_document.bin"))
        ledger.equal(f"{kind} counted and written", counts.get(f"megatron.{count}", 0), rows)
    arrow = sum(written.rows(table) for table in written.tables if table.split("/")[0] == "arrow")
    rows = counts["packed.sequences"] if "packed.sequences" in counts else counts.get("arrow.documents", 0)
    ledger.equal("rows counted and written as arrow", rows, arrow)
    if "packed.sequences" in counts:
        packed = written.tally(Packed)
        documents = sum(row.documents for row in packed)
        ledger.equal("documents packed and their sum over sources", counts["arrow.documents"], documents)
        ledger.equal("documents cut and their sum over sources", counts["packed.cut"], sum(row.cut for row in packed))
    if ledger.has(ENCODE) and ledger.shipped(SPLITS, MIX):
        _as_encoded(ledger)


def _as_encoded(ledger: Ledger) -> None:
    """Documents and tokens, ends included, that the stages before want."""
    counts, encoded = ledger.own.counts, ledger.counts(ENCODE)
    held = ledger.tally(SPLITS, Held) if ledger.has(SPLITS) else None
    mixed = ledger.tally(MIX, Pair) if ledger.has(MIX) else None
    wanted = expected(ledger.tally(ENCODE, Pair), held, mixed)
    if "megatron.inputs" in counts and mixed is None:  # a mixture repeats prompts, and does not count them
        for side in ("inputs", "targets"):
            ledger.equal(f"{side} and prompts encoded", counts.get(f"megatron.{side}", 0), encoded["prompted"])
    for kind in ("arrow", "megatron"):
        found = counts.get(f"{kind}.documents", 0)
        what = f"documents in the {kind} shards and encoded, as often as the mixture has them"
        ledger.equal(what, found, wanted.documents)
        found = counts.get(f"{kind}.tokens", 0)
        ledger.equal(f"tokens in the {kind} shards and encoded, with one end of document each", found, wanted.sum)


SHARD: Stage[Layout] = Stage(
    name="shard",
    version=2,
    writes={
        "arrow": Written(),
        "megatron": Written(),
        "lineage": Written(),
        "tokenizer": Written(),
        "about": Written(),
    },
    tallies=(Packed,),
    params=lambda request: Layout(
        table=request.recipe.shards,
        prompted=request.recipe.prompted,
        catalogued=request.recipe.catalogued,
        seed=request.recipe.seed,
    ),
    reads=lambda _: (ENCODE.tokens, TRAIN.tokenizer, optional(SPLITS.held), optional(MIX.copies)),
    libraries=("tokenizers",),
    balance=_balance,
    steps=(PARTS, ABOUT),
)
