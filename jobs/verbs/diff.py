"""`gristmill diff`: two releases beside each other."""

import argparse

from jobs.verbs.argument_types import positive, whole

HELP = "compare two releases: recipe, counts, and the documents that changed"
EXAMPLES = (("diff build/demo@v1 build/demo --page diff.html", "what a moved threshold did, document by document"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "B against A, by keys of the recipe, funnel, rules, sources, languages, and the documents that changed: "
        "dropped, kept, or with another text, and those that one of them alone has. Documents are the same by their "
        "ids: of source, locator and text. Exit status 0 whether they differ or not."
    )
    for side in ("a", "b"):
        parser.add_argument(
            side, metavar=side.upper(), help="a folder that `gristmill run` wrote, or FOLDER@NAME of a named release"
        )
    parser.add_argument("--samples", type=whole, default=3, metavar="N", help="documents of each change (default: 3)")
    parser.add_argument("--seed", type=whole, default=0, metavar="X", help="other samples (default: 0)")
    parser.add_argument("--chars", type=positive, default=200, metavar="N", help="of their texts (default: 200)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--page", metavar="FILE", help="write a page too: a path or URI that ends in .html")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import comparing
    from jobs.verbs.as_request import as_request

    for line in comparing.lines(as_request(comparing.Request, arguments)):
        print(line)
    return 0
