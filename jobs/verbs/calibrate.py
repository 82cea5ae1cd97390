"""The verb `calibrate`: measurements in, a recipe of overrides out."""

import argparse
import os
from collections.abc import Sequence

import numpy as np

from corpus.errors import RecipeError
from corpus.judging import fit, overrides, sample
from corpus.judging.fit import Outcome
from corpus.judging.sample import Judged, Sample
from corpus.planning import inputs, plan, recipe
from corpus.planning.plan import Plan
from corpus.stages.ingest import INGEST
from jobs.engine.progress import Progress


def run(arguments: argparse.Namespace) -> str:
    """Fit, write the overrides, and say what moved."""
    read = recipe.load(arguments.recipe, root=arguments.root)
    built = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    active = sample.judged(read.judged)
    rules = _chosen(arguments.rules, active)
    labels = sample.read_labels(arguments.labels) if arguments.labels else None
    drawn = _drawn(built, arguments.sample, labels)
    samples = _languages(arguments.languages, drawn)
    large = [one for one in samples if one.size >= (1 if labels else arguments.least)]
    if not large:
        raise RecipeError(f"no language has {arguments.least} documents: lower --least, or measure more of them")
    seed = read.seed
    outcomes: list[Outcome] = []
    with Progress("fit", len(large), lambda: len(outcomes)):
        outcomes.extend(_fitted(arguments, one, rules, active, seed) for one in large)
    target = arguments.out or f"{os.path.splitext(arguments.recipe)[0]}-calibrated.toml"
    text = overrides.toml(outcomes, arguments.recipe, target, _how(arguments))
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    small = len(samples) - len(large)
    left = f"; {small} languages with fewer than {arguments.least} documents stay as they are" if small else ""
    moved = sum(f.new != f.old for outcome in outcomes for f in outcome.fitted)
    return f"{text}\n{moved} thresholds of {len(outcomes)} languages moved{left}\nwritten to {target}"


def _fitted(
    arguments: argparse.Namespace, one: Sample, rules: Sequence[Judged], active: Sequence[Judged], seed: int
) -> Outcome:
    # What is off stays off, and a measurement that never differs (no lexicon, a declared language) says nothing.
    mine = [r for r in rules if r.threshold(one.language) is not None and np.ptp(one.values[r.name]) > 0]
    if arguments.labels:
        return fit.by_labels(one, mine, active, seed)
    if arguments.keep is not None:
        return fit.by_share(one, mine, active, arguments.keep, seed)
    return fit.by_quantile(one, mine, active, arguments.drop, seed)


def _how(arguments: argparse.Namespace) -> str:
    if arguments.labels:
        return "to agree with labels"
    if arguments.keep is not None:
        return f"to keep {100 * arguments.keep:g} % of each language"
    return f"so that each rule drops at most {100 * arguments.drop:g} % of each language"


def _drawn(built: Plan, most: int, labels: dict[str, bool] | None) -> dict[str, Sample]:
    done = [0]

    def step(part: int) -> None:
        done[0] = part

    sample.check(built)
    with Progress("read", built.finished()[INGEST].table("documents").parts, lambda: done[0]):
        found = sample.draw(built, most, labels, step)
    if not found:
        raise RecipeError("none of the labelled ids is a document of this recipe: take ids from `gristmill show`")
    return found


def _chosen(wanted: str | None, active: Sequence[Judged]) -> list[Judged]:
    """The rules that --rules names, else all."""
    names = [name.strip() for name in wanted.split(",")] if wanted else [rule.name for rule in active]
    known = {rule.name: rule for rule in active}
    for name in names:
        if name not in known:
            raise RecipeError(f"--rules: no rule {name!r} with a number; known: {', '.join(known)}")
    return [known[name] for name in names]


def _languages(wanted: str | None, drawn: dict[str, Sample]) -> list[Sample]:
    names = [name.strip() for name in wanted.split(",")] if wanted else list(drawn)
    for name in names:
        if name not in drawn:
            raise RecipeError(f"--languages: no documents in {name!r}; known: {', '.join(drawn)}")
    return [drawn[name] for name in names]
