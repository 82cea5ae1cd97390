"""`gristmill plan`: what a run would build; a recipe's plan, and which engine would run it."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jobs.verbs import recipe_options, session_options

if TYPE_CHECKING:
    from corpus.planning.plan import Plan
    from corpus.sources.inventory import Listing
    from corpus.stages.recipe import Recipe

HELP = "print what a run would build, reuse and why; starts nothing"
EXAMPLES = (
    ("plan recipes/demo.toml", "what would be built, what is reused, and why"),
    ("plan recipes/demo.toml --estimate", "and time, memory and disk by stage"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--estimate",
        action="store_true",
        help="say what the run will take by stage, from a sample of the input; kept for the run to be compared with",
    )
    parser.add_argument(
        "--mixture",
        action="store_true",
        help="every group of the mixture, not the largest alone, and sums by what it is by",
    )
    session_options.add_engine(parser)
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from corpus.duplicates import curve
    from corpus.planning import (
        admission,
        budget_lines,
        encoder_lines,
        external_lines,
        filter_files,
        inputs,
        mixture_lines,
        opening,
        plan,
        plugin_lines,
        recipe,
    )

    engine = session_options.chosen(arguments)
    read = recipe.load(arguments.recipe, root=arguments.root)
    for line in (*plugin_lines.lines(read), *admission.lines(read), *filter_files.lines(read)):
        print(line)
    listed = inputs.listing(read)
    for line in inputs.passed_lines(listed):
        print(line)
    print(inputs.places(read))
    unknown = inputs.unknown_bytes(read, listed)
    if unknown > inputs.PLAN_BYTES:
        _look(read, listed)
        _undigested(arguments, read, listed, unknown)
        return 0
    built = opening.plan_of(read, listed)
    steps = plan.steps(built)
    if steps[0].state != "reuse":
        _look(read, listed)
    width = max(len(step.planned.name) for step in steps)
    for step in steps:
        print(f"{step.state:<7} {step.planned.name:<{width}}  {step.planned.fingerprint}  {step.why}")
    dedup = read.dedup
    for line in curve.lines(dedup.threshold, dedup.recall, dedup.bands, dedup.rows, read.permutations):
        print(line)
    for line in (
        *external_lines.lines(built),
        *mixture_lines.lines(built, every=arguments.mixture),
        *budget_lines.lines(built),
        *encoder_lines.lines(read),
    ):
        print(line)
    if arguments.estimate:
        _estimate(arguments, read, listed, built, digested=True)
    counts = {state: sum(step.state == state for step in steps) for state in ("reuse", "resume", "build", "damaged")}
    print(f"engine {engine.engine}: {engine.why}")
    print(
        f"{len(steps)} stages: {counts['reuse']} reused, {counts['resume']} resumed, {counts['build']} built"
        + (f", {counts['damaged']} damaged" if counts["damaged"] else "")
    )
    return 1 if counts["damaged"] else 0


def _look(recipe: "Recipe", listed: "Sequence[Listing]") -> None:
    """At input that no run has read."""
    from corpus.survey import look

    print("\n".join(look.lines(recipe, listed)))


def _undigested(arguments: argparse.Namespace, recipe: "Recipe", listed: "Sequence[Listing]", unknown: int) -> None:
    """What is known of a plan before all of its input is read: names, no fingerprints."""
    from corpus.planning import opening

    built = opening.plan_undigested(recipe, listed)
    print(f"{unknown:,} bytes of input are not digested yet: `gristmill run` does that first, then builds")
    print(f"{len(built.stages)} stages: {', '.join(built.stages)}")
    if arguments.estimate:
        _estimate(arguments, recipe, listed, built, digested=False)


def _estimate(
    arguments: argparse.Namespace, recipe: "Recipe", listed: "Sequence[Listing]", built: "Plan", *, digested: bool
) -> None:
    """Of the stages that are missing."""
    from corpus.planning import costs, estimate
    from corpus.store import cores
    from jobs import build
    from jobs.tools import sampling

    if all(planned.done for planned in built.stages.values()):
        print("nothing is to be built, so there is nothing to estimate")
        return
    known = costs.load()
    found = estimate.of(
        built,
        sampling.sample(recipe, listed, known),
        session_options.cores(arguments, recipe.run) or cores.usable(),
        known,
        digested=digested,
    )
    print("\n".join(estimate.lines(found)))
    build.check_root(recipe)
    estimate.keep(recipe.root, found)
