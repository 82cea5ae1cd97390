"""`gristmill peek`: the first records, before any run."""

import argparse

from jobs.verbs.argument_types import positive

HELP = "show the first records of files, or of a recipe's sources, as documents and rejects"
EXAMPLES = (
    ("peek data/sample/web-sample.warc.gz", "what files hold, and what is guessed of them"),
    ("peek recipes/demo.toml web", "the first documents and rejects of a source"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Reads the beginning of some files and writes nothing. Texts are shown as they stand there."
    parser.add_argument("what", nargs="+", help="files, folders or patterns; or a recipe (.toml) and names of sources")
    parser.add_argument("--records", type=positive, default=3, metavar="N", help="of each file (default: 3)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import peeking

    print(peeking.peek(peeking.Request(what=arguments.what, records=arguments.records)))
    return 0
