"""`gristmill path`: where an output of a release lies."""

import argparse

from corpus.errors import RecipeError

HELP = "print where an output of a release lies"
EXAMPLES = (("path build/demo arrow", "what datasets.load_from_disk opens"),)

# Of corpus.planning.outputs, which has the signals of each filter too.
_OUTPUTS = (
    *("corpus", "tokens", "tokenizer", "shards", "arrow", "megatron", "report"),
    *("documents", "verdicts", "clusters"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", help="the folder or URI that `gristmill run` wrote")
    parser.add_argument(
        "output",
        metavar="OUTPUT",
        nargs="?",
        help=f"{', '.join(_OUTPUTS)}, or signals.<filter> (unsaid: all that are there)",
    )
    parser.add_argument(
        "--tag", default="", metavar="NAME", help="of a named release in place of the last complete run"
    )
    parser.add_argument("--files", action="store_true", help="the files below it, a line each")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import stored

    if not arguments.output:
        if arguments.files:
            raise RecipeError("--files is of one output: name it")
        for name, place in stored.places_of(arguments.root, arguments.tag).items():
            print(f"{name:<20}  {place}")
        return 0
    place = stored.place_of(arguments.root, arguments.output, arguments.tag)
    for line in stored.files_of(place) if arguments.files else [place]:
        print(line)
    return 0
