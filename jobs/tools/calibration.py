"""Thresholds by language from stored measurements, written as a recipe of overrides."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.errors import RecipeError
from corpus.judging import criteria, fit, overrides, sample
from corpus.judging.fit import Outcome
from corpus.judging.sample import Judged, Sample
from corpus.planning.opening import open_plan
from corpus.planning.plan import Plan
from corpus.stages.ingest import INGEST
from filters import language_keys
from jobs.engine.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to fit, to what; one of `drop`, `keep` and `labels` is given."""

    recipe: str
    root: str | None
    drop: float | None  # share of a language, each rule
    keep: float | None  # share of a language, all rules together
    labels: str | None  # path of JSON lines
    beta: float | None  # by labels: of F; None: Youden's index
    rules: str | None  # by commas; None: all
    languages: str | None  # the same
    out: str | None
    sample: int  # documents of a language
    least: int  # documents of a language that is fitted


def calibrate(request: Request) -> str:
    """Fit, write the overrides, and say what moved. Raises RecipeError."""
    if request.beta is not None and not request.labels:
        raise RecipeError("--beta needs --labels: F is of documents that people would keep or not")
    built = open_plan(request.recipe, request.root)
    active = sample.judged(built.recipe.judged)
    rules = _chosen(request.rules, active)
    labels = sample.read_labels(request.labels) if request.labels else None
    drawn = _drawn(built, request.sample, labels)
    samples = _languages(request.languages, drawn)
    large = [one for one in samples if one.size >= (1 if labels else request.least)]
    if not large:
        raise RecipeError(f"no language has {request.least} documents: lower --least, or measure more of them")
    seed = built.recipe.seed
    outcomes: list[Outcome] = []
    with Progress("fit", len(large), lambda: len(outcomes)):
        outcomes.extend(_fitted(request, one, rules, active, seed) for one in large)
    target = request.out or f"{os.path.splitext(request.recipe)[0]}-calibrated.toml"
    text = overrides.toml(outcomes, request.recipe, target, _how(request), [one.name for one in built.recipe.signals])
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    small = len(samples) - len(large)
    left = f"; {small} languages with fewer than {request.least} documents stay as they are" if small else ""
    moved = sum(f.new != f.old for outcome in outcomes for f in outcome.fitted)
    return f"{text}\n{moved} thresholds of {len(outcomes)} languages moved{left}\nwritten to {target}"


def _fitted(request: Request, one: Sample, rules: Sequence[Judged], active: Sequence[Judged], seed: int) -> Outcome:
    # What is off stays off, and a measurement that never differs (no lexicon, a declared language) says nothing.
    mine = [r for r in rules if r.threshold(one.language) is not None and np.ptp(one.values[r.name]) > 0]
    if request.labels:
        best = criteria.youden if request.beta is None else criteria.f_beta(request.beta)
        return fit.by_labels(one, mine, active, seed, best)
    if request.keep is not None:
        return fit.by_share(one, mine, active, request.keep, seed)
    assert request.drop is not None, "one of the three is given"
    return fit.by_quantile(one, mine, active, request.drop, seed)


def _how(request: Request) -> str:
    if request.labels:
        return "to agree with labels" + ("" if request.beta is None else f", by F of beta {request.beta:g}")
    if request.keep is not None:
        return f"to keep {100 * request.keep:g} % of each language"
    assert request.drop is not None, "one of the three is given"
    return f"so that each rule drops at most {100 * request.drop:g} % of each language"


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
    if not wanted:
        return list(drawn.values())
    names: dict[str, None] = {}
    for name in map(str.strip, wanted.split(",")):
        try:
            here = [one for one in language_keys.exact([name]) if one in drawn]
        except ValueError as error:
            raise RecipeError(f"--languages: {error}") from error
        if not here:
            raise RecipeError(f"--languages: no documents in {name!r}; known: {', '.join(drawn)}")
        names |= dict.fromkeys(here)
    return [drawn[name] for name in names]
