"""`gristmill search`: where a phrase stands in a release."""

import argparse
import sys

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, whole

HELP = "count a phrase in the texts of a release, and show where it stands"
EXAMPLES = (
    ('search build/demo "free software"', "how often, in which documents"),
    ('search build/demo --ranked "who may vote"', "passages that fit best (BM25)"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Counts every occurrence of a phrase, letter for letter, overlapping ones included, and the documents that "
        "have it; shows the first ones, with personal data replaced as the recipe says. With --ranked: the passages "
        "that fit the words best."
    )
    release_options.add(parser)
    parser.add_argument("phrase", help="what to look for; with --regex an expression of RE2")
    parser.add_argument("--regex", action="store_true", help="matches from the left, none overlapping, in linear time")
    parser.add_argument(
        "--ranked",
        action="store_true",
        help="the passages that fit the words best, by BM25; needs [bm25] in the recipe",
    )
    parser.add_argument(
        "--lang", action="append", default=[], metavar="LANG", help="only this language: a tag, an id or a pattern"
    )
    parser.add_argument("--source", action="append", default=[], metavar="NAME", help="only this source")
    parser.add_argument(
        "--table",
        choices=("corpus", "documents"),
        default="corpus",
        help="corpus: as released (the default); documents: as they came, those that were dropped too",
    )
    parser.add_argument(
        "-n",
        dest="hits",
        type=whole,
        default=10,
        metavar="N",
        help="occurrences or passages that are shown (default: 10)",
    )
    parser.add_argument("--format", choices=("text", "jsonl"), default="text", help="jsonl: an object a line")
    parser.add_argument("--cores", type=positive, help="cores of this machine (default: all that it may use)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.engine.session import Session
    from jobs.tools import searching
    from jobs.verbs.as_request import as_request

    found = searching.answered(as_request(searching.Request, arguments), Session(arguments.cores))
    for note in found.notes:
        print(f"gristmill: {note}", file=sys.stderr)
    for line in found.lines:
        print(line)
    return 0
