"""`gristmill show`: one document and all that a run knows of it."""

import argparse

from jobs.verbs import recipe_options

HELP = "print a document with all that is known of it"
EXAMPLES = (("show recipes/demo.toml 3f2a", "a document, its measurements, its verdict and the evidence"),)


def options(parser: argparse.ArgumentParser) -> None:
    recipe_options.add(parser)
    parser.add_argument("id", help="a document's id, or enough of its first digits")


def run(arguments: argparse.Namespace) -> int:
    from corpus.lineage import document
    from corpus.planning.opening import open_plan

    print(document.text(open_plan(arguments.recipe, arguments.root), arguments.id))
    return 0
