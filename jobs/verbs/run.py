"""`gristmill run`: the stages of a recipe."""

import argparse

from jobs.verbs import log_options, recipe_options, session_options

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
    from jobs.engine import left_out

    left_out.leave_out()
    from corpus.planning import recipe
    from jobs.tools import running

    with log_options.opened(arguments) as console:
        read = recipe.load(arguments.recipe, root=arguments.root)
        running.run(read, session_options.session(arguments, read.run), arguments.until, console)
    return 0
