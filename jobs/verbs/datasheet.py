"""`gristmill datasheet`: what standards and laws ask of a dataset."""

import argparse

from jobs.verbs import release_options
from jobs.verbs.as_request import as_request

HELP = "write the datasheet of a release, for seven standards"
EXAMPLES = (("datasheet build/demo", "what a run knows for the EU, California, Croissant, SPDX, ..."),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Answers every field of the EU summary of training content, California AB 2013, Croissant 1.1 with RAI, SPDX "
        "3, Gebru's datasheet, the Hugging Face card and the D&TA standards: from the tables of the release, else from "
        "datasheet.toml. What neither says is unanswered, and is counted. Exit status 1 if --check or --strict fails."
    )
    release_options.add(parser)
    parser.add_argument(
        "--answers", default="", metavar="FILE", help="(default: datasheet.toml beside the recipe, or in the folder)"
    )
    parser.add_argument(
        "--catalogue", default="", metavar="PATH", help="entries of the sources (default: the recipe's own)"
    )
    parser.add_argument("--to", default="", metavar="FOLDER", help="where it is written (default: <root>/datasheet)")
    parser.add_argument("--template", action="store_true", help="write an empty datasheet.toml with every question")
    parser.add_argument(
        "--check", default="", metavar="FOLDER", help="compare a published datasheet with the tables; writes nothing"
    )
    parser.add_argument("--strict", action="store_true", help="fail on a field that is unanswered")
    parser.add_argument(
        "--times",
        action="store_true",
        help="say when stages ended, of run.json: another run of the recipe differs then",
    )


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import datasheets

    lines, well = datasheets.run(as_request(datasheets.Request, arguments))
    print("\n".join(lines))
    return 0 if well else 1
