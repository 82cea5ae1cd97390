"""`gristmill show`: one document and all that a run knows of it."""

import argparse

from jobs.verbs import release_options

HELP = "print a document with all that is known of it, by its id or its address"
EXAMPLES = (
    ("show recipes/demo.toml 3f2a", "a document, its measurements, its verdict and the evidence"),
    ("show build/demo https://example.org/a", "the same of the page of an address"),
)


def options(parser: argparse.ArgumentParser) -> None:
    release_options.add(parser)
    parser.add_argument("document", metavar="ID|URL", help="its id, enough of the first digits of that, or its address")


def run(arguments: argparse.Namespace) -> int:
    from corpus.lineage import document, known

    print(document.text(known.open_run(arguments.release, arguments.root, arguments.tag), arguments.document))
    return 0
