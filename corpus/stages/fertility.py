"""Corpus and tokenizer to fertility: what the tokenizer makes of each language, beside others."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.stages.release import RELEASE
from corpus.stages.stage import Located, Stage
from corpus.stages.train import TRAIN
from corpus.store.manifest import PARTS
from corpus.vocabulary import fertility, tokenizer_file
from corpus.vocabulary.fertility import Named
from corpus.vocabulary.recipe_tables import Fertility

if TYPE_CHECKING:
    from corpus.stages.request import Request

PARALLEL = "parallel"  # the step of the text that is there in many languages


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the measurements follow from: the gate's limit and the name of the reference are judged later."""

    sample_bytes: int
    tokenizers: tuple[Located[Named], ...]  # those beside ours: sha256; name and address
    parallel: Located[Mapping[str, str]]  # sha256 of all texts; text by language


def comparison(request: "Request") -> Comparison:
    """Of a recipe: what is compared with what."""
    recipe = request.recipe
    others = fertility.others(recipe.fertility, recipe.base, TRAIN.name)
    texts = fertility.parallel(recipe.fertility, recipe.base)
    text = hashlib.sha256("\0".join(part for item in sorted(texts.items()) for part in item).encode()).hexdigest()
    return Comparison(
        sample_bytes=recipe.fertility.sample_bytes,
        tokenizers=tuple(Located(tokenizer_file.digest(one.address, "[fertility]"), one) for one in others),
        parallel=Located(text, texts),
    )


def _gate(request: "Request") -> Fertility:
    return request.recipe.fertility


FERTILITY: Stage[Comparison] = Stage(
    name="fertility",
    version=1,
    writes={},
    tallies=fertility.TALLIES,
    params=comparison,
    reads=lambda _: (RELEASE.corpus, TRAIN.tokenizer),
    libraries=("gigatoken", "tokenizers"),
    gate=_gate,
    steps=(PARTS, PARALLEL),
)
