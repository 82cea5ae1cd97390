"""`gristmill show`: one document and all that a run knows of it."""

import argparse

HELP = "print a document with all that is known of it, by its id or its address"
EXAMPLES = (
    ("show recipes/demo.toml 3f2a", "a document, its measurements, its verdict and the evidence"),
    ("show build/demo https://example.org/a", "the same of the page of an address"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", metavar="ROOT|RECIPE", help="the folder that `gristmill run` wrote, or its recipe")
    parser.add_argument("--root", help="output folder or URI of the recipe, where it is not the recipe's own")
    parser.add_argument("--tag", default="", metavar="NAME", help="a named release of the folder")
    parser.add_argument("document", metavar="ID|URL", help="its id, enough of the first digits of that, or its address")


def run(arguments: argparse.Namespace) -> int:
    from corpus.lineage import document, known

    print(document.text(known.open_run(arguments.release, arguments.root, arguments.tag), arguments.document))
    return 0
