"""`gristmill ls`: releases and folders of a root."""

import argparse

HELP = "list the releases and folders of stages in an output folder, with their sizes"
EXAMPLES = (("ls build/demo", "releases, and which folder each of them needs"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", help="the folder or URI that `gristmill run` wrote")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import stored

    for line in stored.list_lines(arguments.root):
        print(line)
    return 0
