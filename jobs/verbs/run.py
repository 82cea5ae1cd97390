"""`gristmill run`: the stages of a recipe."""

import argparse
from functools import partial

from jobs.verbs import recipe_options, session_options

HELP = "build everything that is missing"
EXAMPLES = (
    ("run recipes/demo.toml", "build everything that is missing"),
    ("run recipes/demo.toml --cores 1", "the same bytes on one core"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until", metavar="STAGE", default="report", help="stop after this stage")
    session_options.add(parser)
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from corpus.planning import admission, domain_lists, estimate, inputs, opening, plan, plugin_lines, recipe
    from corpus.report import funnel, run_page
    from corpus.stages.report import REPORT
    from jobs import build
    from jobs.engine import collector, without_pandas

    without_pandas.hide()
    read = recipe.load(arguments.recipe, root=arguments.root)
    plan.check_name(read, arguments.until)
    for line in (*plugin_lines.lines(read), *admission.lines(read), *domain_lists.lines(read)):
        print(line, flush=True)
    build.check_root(read)
    listed = inputs.listing(read)
    for line in inputs.passed_lines(listed):
        print(line, flush=True)
    session = session_options.session(arguments)
    try:
        planned = opening.plan_of(read, listed, remember=True)
        collector.keep()  # modules and the plan
        build.run(planned, session, partial(print, flush=True), arguments.until)
    finally:
        session.stop()
    if arguments.until == REPORT.name:
        print(funnel.text(planned))
        taken = estimate.compared(planned)
        print("\n".join(["", *taken, "", f"this    {run_page.publish(read.root, read.name, taken)}"]))
    return 0
