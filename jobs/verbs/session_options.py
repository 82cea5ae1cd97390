"""What the verbs take that run tasks."""

import argparse
from typing import TYPE_CHECKING

from jobs.verbs.argument_types import positive

if TYPE_CHECKING:
    from jobs.engine.choice import Choice
    from jobs.engine.session import Session

_ENGINES = ("pool", "spark")  # jobs.engine.choice.Engine, which `--help` does not load


def add(parser: argparse.ArgumentParser) -> None:
    """--cores, --verbose and what chooses the engine."""
    add_engine(parser)
    parser.add_argument("--verbose", action="store_true", help="show Spark's own warnings")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine, --master and --cores."""
    parser.add_argument(
        "--engine",
        choices=_ENGINES,
        help="pool: worker processes of this machine (the default); spark: Spark in local mode; the same bytes",
    )
    parser.add_argument("--master", metavar="URL", help="Spark at this master; all machines need this environment")
    parser.add_argument("--cores", type=positive, help="cores of this machine (default: all that it may use)")


def chosen(arguments: argparse.Namespace) -> "Choice":
    """The engine. Raises RecipeError for options that exclude each other."""
    from jobs.engine import choice

    return choice.choose(arguments.engine, arguments.master)


def session(arguments: argparse.Namespace) -> "Session":
    """What runs the tasks; nothing is started yet. Raises RecipeError as `chosen` does."""
    from jobs.engine.session import Session

    engine = chosen(arguments)
    return Session(arguments.cores, chosen=engine, master=arguments.master, verbose=arguments.verbose)
