"""`gristmill run`: the stages of a recipe."""

import argparse
from typing import TYPE_CHECKING

from jobs.verbs import log_options, recipe_options, session_options

if TYPE_CHECKING:
    from jobs.engine.console import Console

HELP = "build everything that is missing"
EXAMPLES = (
    ("run recipes/demo.toml", "build everything that is missing"),
    ("run recipes/demo.toml --cores 1", "the same bytes on one core"),
    ("run recipes/demo.toml --log-format json", "what happens, an event a line"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until", metavar="STAGE", default="report", help="stop after this stage")
    log_options.add(parser)
    session_options.add(parser)
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    with log_options.opened(arguments) as console:
        _run(arguments, console)
    return 0


def _run(arguments: argparse.Namespace, console: "Console") -> None:
    from corpus.planning import admission, estimate, inputs, opening, outputs, plan, plugin_lines, recipe
    from corpus.report import funnel, run_page
    from corpus.stages.report import REPORT
    from jobs import build
    from jobs.engine import collector

    read = recipe.load(arguments.recipe, root=arguments.root)
    plan.check_name(read, arguments.until)
    for line in (*plugin_lines.lines(read), *admission.lines(read)):
        console.say(line)
    build.check_root(read)
    listed = inputs.listing(read)
    for line in inputs.passed_lines(listed):
        console.say(line)
    session = session_options.session(arguments, read.run)
    try:
        planned = opening.plan_of(read, listed, remember=True)
        collector.keep()  # modules and the plan
        console.event("begin", recipe=read.name, root=read.root, stages=list(planned.stages))
        build.run(
            planned, session, console.say, arguments.until, lambda line, facts: console.say(line, "stage", **facts)
        )
    finally:
        session.stop()
    if arguments.until == REPORT.name:
        marks = {name: one.fingerprint for name, one in planned.stages.items()}
        console.say(funnel.text(planned), "end", outputs=outputs.of(read.root, marks))
        taken = estimate.compared(planned)
        console.say("\n".join(["", *taken, "", f"this    {run_page.publish(read.root, read.name, taken)}"]))
