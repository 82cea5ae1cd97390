"""`gristmill verify`: the checks of a release."""

import argparse

from jobs.verbs import session_options
from jobs.verbs.argument_types import positive

HELP = "check every digest, count and id of a finished run or a copy of it"
EXAMPLES = (("verify build/demo", "every digest, count and id of what a run wrote, or of a copy of it"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads a release whole and says, a line a check, whether it is what its manifests say: every size and sha256, "
        "every count from ingest to the shards, every id below the vocabulary, one end of document at each document's "
        "end, lineage, and a sample of documents decoded and compared with the corpus. What was not shipped is named "
        "as not checked. Exit status 1 if anything is wrong."
    )
    parser.add_argument(
        "release",
        help="a run's output folder, a copy of it with some stages left out, or the folder of one stage; or a URI",
    )
    parser.add_argument("--tag", default="", metavar="NAME", help="a named release in place of the last complete run")
    parser.add_argument(
        "--withdrawn",
        action="store_true",
        help="instead: that no file of the last complete run holds a document that was withdrawn",
    )
    parser.add_argument("--key", default="", metavar="FILE", help="with --withdrawn: a file with the ledger's key")
    parser.add_argument(
        "--requests", default="", metavar="FILE", help="with --withdrawn: requests whose own words are looked for too"
    )
    parser.add_argument("--cores", type=positive, help="files read at a time (default: all cores)")


def run(arguments: argparse.Namespace) -> int:
    from corpus.errors import RecipeError
    from jobs.tools import verification, withdrawn_proof

    if arguments.withdrawn:
        if arguments.tag:
            raise RecipeError("--withdrawn looks at the last complete run: leave --tag out")
        lines, held = withdrawn_proof.verify(
            arguments.release, session_options.cores(arguments), arguments.key, arguments.requests
        )
        print(lines)
        return 0 if held else 1
    lines, held = verification.verify(arguments.release, session_options.cores(arguments), arguments.tag)
    print(lines)
    return 0 if held else 1
