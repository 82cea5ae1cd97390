"""What the verbs take that run tasks."""

import argparse
import os
from typing import TYPE_CHECKING

from corpus.errors import RecipeError
from jobs.verbs.argument_types import positive

if TYPE_CHECKING:
    from corpus.stages.run_table import Run
    from jobs.engine.choice import Choice
    from jobs.engine.session import Session

_ENGINES = ("pool", "spark")  # jobs.engine.choice.Engine, which `--help` does not load
CORES, MEMORY = "GRISTMILL_CORES", "GRISTMILL_MEMORY"


def add(parser: argparse.ArgumentParser) -> None:
    """--cores, --memory, --verbose and what chooses the engine."""
    add_engine(parser)
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help=f'memory of all worker processes, as "48 GB" (default: {MEMORY}, the recipe\'s [run], all that there is)',
    )
    parser.add_argument("--verbose", action="store_true", help="show Spark's own warnings")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine, --master and --cores."""
    parser.add_argument(
        "--engine",
        choices=_ENGINES,
        help="pool: worker processes of this machine (the default); spark: Spark in local mode; the same bytes",
    )
    parser.add_argument("--master", metavar="URL", help="Spark at this master; all machines need this environment")
    parser.add_argument(
        "--cores",
        type=positive,
        help=f"cores of this machine (default: {CORES}, the recipe's [run], all that it may use)",
    )


def chosen(arguments: argparse.Namespace) -> "Choice":
    """The engine. Raises RecipeError for options that exclude each other."""
    from jobs.engine import choice

    return choice.choose(arguments.engine, arguments.master)


def cores(arguments: argparse.Namespace, run: "Run | None" = None) -> int | None:
    """By --cores, else the environment, else the recipe; None for all. Raises RecipeError."""
    if arguments.cores:
        return int(arguments.cores)
    said = os.environ.get(CORES, "").strip()
    if not said:
        return (run.cores or None) if run else None
    try:
        return positive(said)
    except argparse.ArgumentTypeError as error:
        raise RecipeError(f"{CORES} of the environment: {error}; set it to a number, or unset it") from error


def memory(arguments: argparse.Namespace, run: "Run | None" = None) -> int | None:
    """By --memory, else the environment, else the recipe, in bytes; None for all. Raises RecipeError."""
    from corpus.store.memory import size

    said = ((arguments.memory, "--memory"), (os.environ.get(MEMORY, "").strip(), f"{MEMORY} of the environment"))
    for text, where in said:
        if text:
            try:
                return size(text)
            except ValueError as error:
                raise RecipeError(f"{where}: {error}") from error
    return run.bytes if run else None


def session(arguments: argparse.Namespace, run: "Run | None" = None) -> "Session":
    """What runs the tasks; nothing is started yet. Raises RecipeError as `chosen`, `cores` and `memory` do."""
    from jobs.engine.session import Session

    return Session(
        cores(arguments, run),
        memory=memory(arguments, run),
        chosen=chosen(arguments),
        master=arguments.master,
        verbose=arguments.verbose,
    )
