"""`gristmill plan`: what a run would build; a recipe's plan, and which engine would run it."""

import argparse

from jobs.verbs import recipe_options, session_options

HELP = "print what a run would build, reuse and why; starts nothing"
EXAMPLES = (("plan recipes/demo.toml", "what would be built, what is reused, and why"),)


def options(parser: argparse.ArgumentParser) -> None:
    session_options.add_engine(parser)
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from corpus.duplicates import curve
    from corpus.planning import admission, inputs, mixture_lines, opening, plan, plugin_lines, recipe

    engine = session_options.chosen(arguments)
    read = recipe.load(arguments.recipe, root=arguments.root)
    for line in (*plugin_lines.lines(read), *admission.lines(read)):
        print(line)
    listed = inputs.listing(read)
    for line in inputs.passed_lines(listed):
        print(line)
    unknown = inputs.unknown_bytes(read, listed)
    if unknown > inputs.PLAN_BYTES:
        print(f"{unknown:,} bytes of input are not digested yet: `gristmill run` does that first, then builds")
        return 0
    built = opening.plan_of(read, listed)
    steps = plan.steps(built)
    width = max(len(step.planned.name) for step in steps)
    for step in steps:
        print(f"{step.state:<7} {step.planned.name:<{width}}  {step.planned.fingerprint}  {step.why}")
    dedup = read.dedup
    for line in curve.lines(dedup.threshold, dedup.recall, dedup.bands, dedup.rows, read.permutations):
        print(line)
    for line in mixture_lines.lines(built):
        print(line)
    counts = {state: sum(step.state == state for step in steps) for state in ("reuse", "resume", "build", "damaged")}
    print(f"engine {engine.engine}: {engine.why}")
    print(
        f"{len(steps)} stages: {counts['reuse']} reused, {counts['resume']} resumed, {counts['build']} built"
        + (f", {counts['damaged']} damaged" if counts["damaged"] else "")
    )
    return 1 if counts["damaged"] else 0
