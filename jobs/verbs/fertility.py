"""`gristmill fertility`: the tokenizer of a run beside others, by language."""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from corpus.errors import RecipeError
from corpus.planning import inputs, plan, recipe
from corpus.planning.plan import Plan
from corpus.report import fertility as report
from corpus.stages.fertility import FERTILITY
from corpus.stages.release import RELEASE
from corpus.stages.train import TRAIN
from corpus.vocabulary import fertility
from corpus.vocabulary import named as tokenizers
from corpus.vocabulary.fertility import Measured
from jobs.stages.fertility import addresses, encoders


def text(arguments: argparse.Namespace) -> str:
    """The table of a finished run, or with --against one that is measured now."""
    read = recipe.load(arguments.recipe, root=arguments.root)
    named = tuple(path if "://" in path else str(Path(path).resolve()) for path in arguments.against)
    read = replace(read, fertility=replace(read.fertility, against=(*read.fertility.against, *named)))
    built = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    done = built.built(FERTILITY)
    counts = done.counts if done else _now(built, arguments.recipe)
    return report.text(report.collect(Measured(counts=counts), read.fertility))


def _now(built: Plan, path: str) -> Counter[str]:
    """The counts of the stage, here and without a session; nothing is written."""
    release, trained = built.built(RELEASE), built.built(TRAIN)
    if release is None or trained is None:
        raise RecipeError(
            f"{path} has no finished corpus and tokenizer: run `gristmill run {path} --until {TRAIN.name}` first"
        )
    params = built[FERTILITY].params
    corpus = release.table("corpus")
    sample = fertility.sample(corpus, release.counts, params.sample_bytes)
    opened = encoders(addresses(tokenizers.of(trained.folder), params))
    counts = fertility.tally_parallel(params.parallel.at, opened)
    for part in range(corpus.parts):
        counts.update(fertility.tally(sample, part, opened))
    return counts
