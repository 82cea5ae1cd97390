"""Corpus to tokenizer: learned from weighted counts of words, or one that is there, checked and copied."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.stages.balance import Ledger
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.stage import Located, Stage, Written, without
from corpus.vocabulary import tokenizer_file
from corpus.vocabulary.recipe_tables import TokenizerTable

if TYPE_CHECKING:
    from corpus.stages.request import Request

NAME = "train"
_GIVEN = ("path", "end", "padding", "encoder")  # of [tokenizer]: what no merge follows from


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a tokenizer that is learned follows from."""

    table: TokenizerTable
    size: int  # tokens in all
    seed: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """A tokenizer that is there: its bytes, and what ends a document."""

    tokenizer: Located[str]  # sha256; address
    end: str
    padding: str


def _params(request: "Request") -> Training | Given:
    """Refuses a tokenizer of no use here, before a run."""
    recipe = request.recipe
    table = recipe.tokenizer
    if not table.path:
        return Training(table=without(table, *_GIVEN), size=table.size, seed=recipe.seed)
    address = tokenizer_file.address(recipe.base, table.path, NAME)
    data, found = tokenizer_file.given_for(address, table)
    digest = hashlib.sha256(data).hexdigest()
    return Given(tokenizer=Located(digest, address), end=found.end, padding=found.padding or "")


def _reads(request: "Request") -> tuple[Ref, ...]:
    return () if request.recipe.tokenizer.path else (RELEASE.corpus,)


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    ledger.equal("tokens made and counted", counts["made"], counts.get("learned", counts.get("vocabulary", 0)))


TRAIN: Stage[Training | Given] = Stage(
    name=NAME,
    version=3,
    writes={"tokenizer": Written()},
    params=_params,
    reads=_reads,
    libraries=("sentencepiece", "tokenizers"),
    balance=_balance,
)
