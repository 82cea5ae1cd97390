"""`gristmill init`: a first recipe for files that are there."""

import argparse

HELP = "look at files and write a recipe for them that runs as it is"
EXAMPLES = (("init data/", "look at a folder and write a recipe for it, with all that was guessed"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads the beginning of some files: formats, fields, languages, what is rejected. Writes a commented recipe "
        "and says what it guessed. A recipe that is there already is never written over."
    )
    parser.add_argument("paths", nargs="*", default=["."], help="folders, files or patterns (default: this folder)")
    parser.add_argument(
        "--out", metavar="RECIPE", default="", help="the recipe (default: <name of the first path>.toml)"
    )


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import initialising

    for line in initialising.init(initialising.Request(paths=arguments.paths, out=arguments.out)):
        print(line, flush=True)
    return 0
