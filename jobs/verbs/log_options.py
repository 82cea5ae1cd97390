"""What a verb takes that says much while it works."""

import argparse
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs.engine.console import Console

_FORMS = ("text", "json")  # jobs.engine.console.Form


def add(parser: argparse.ArgumentParser) -> None:
    """--quiet, --log and --log-format."""
    parser.add_argument("--quiet", action="store_true", help="print warnings and errors alone, no progress")
    parser.add_argument("--log", metavar="FILE", help="write lines and progress at the end of this file too")
    parser.add_argument(
        "--log-format",
        choices=_FORMS,
        default="text",
        help="json: an event a line (stage, task, counts, seconds), in FILE if --log names one, else on stdout",
    )


def opened(arguments: argparse.Namespace) -> "AbstractContextManager[Console]":
    """The console, for a block. Raises RecipeError for a file that cannot be written."""
    from jobs.engine import console

    return console.opened(quiet=arguments.quiet, form=arguments.log_format, file=arguments.log)
