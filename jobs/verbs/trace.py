"""`gristmill trace`: from a token to its document, and from a document to its tokens."""

import argparse

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, whole
from jobs.verbs.as_request import as_request

HELP = "print where a token or a text comes from, and where a document went"
EXAMPLES = (
    ("trace build/demo --prefix deu_Latn-00000-of-00001_text_document --document 3", "whose tokens these are"),
    ("trace build/demo --text-file answer.txt", "which documents have what stands in a text"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "From a token of a release to its document, source, licence, address, archive record and every decision on it; "
        "from a document to all its tokens; from a step of a Megatron run to what it reads; from a text to the "
        "documents that have its longest spans letter for letter, and with the run's arguments to the steps that read "
        "them. Rows, documents and tokens count from 0, steps from 1, as Megatron logs them."
    )
    release_options.add(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--shard", metavar="FILE", help="an Arrow shard; with --row, --token or both")
    what.add_argument(
        "--prefix", metavar="PREFIX", help="a Megatron prefix; with --document, and --token for text around it"
    )
    what.add_argument("--id", help="a document's id, or enough of its first digits")
    what.add_argument("--step", type=positive, metavar="N", help="a step of a Megatron run, whose arguments follow")
    what.add_argument("--text", help="a text whose longest spans are looked for, letter for letter")
    what.add_argument("--text-file", metavar="FILE", help="the same out of a file; - for standard input")
    parser.add_argument(
        "--min-span", type=positive, default=48, metavar="BYTES", help="of UTF-8, of the shortest span (default: 48)"
    )
    parser.add_argument(
        "-n", dest="documents", type=positive, default=3, metavar="N", help="documents shown of a span (default: 3)"
    )
    parser.add_argument("--cores", type=positive, help="for texts: cores of this machine (default: all)")
    parser.add_argument("--row", type=whole, metavar="N", help="row of the shard")
    parser.add_argument("--document", type=whole, metavar="N", help="number of the document in the prefix")
    parser.add_argument(
        "--token", type=whole, metavar="N", help="token of the row or document; of the shard, where no row is given"
    )
    run = parser.add_argument_group("the run, as its own arguments say", "equal to megatron-core 0.16.1")
    run.add_argument("--sequence-length", "--seq-length", type=positive, metavar="S")
    run.add_argument("--global-batch-size", type=positive, metavar="B")
    run.add_argument("--seed", type=whole, default=1234, metavar="X", help="(default: 1234, as Megatron's)")
    run.add_argument("--split", default="969,30,1", help="shares of train, valid and test (default: 969,30,1)")
    run.add_argument("--train-samples", type=positive, metavar="N", help="needed if documents are read more than once")
    run.add_argument("--data-path", nargs="+", default=(), metavar="[WEIGHT] PREFIX")
    run.add_argument("--per-split-data-args-path", metavar="JSON", help="instead of --data-path and --split")
    run.add_argument("--rampup-batch-size", nargs=3, type=positive, metavar=("START", "BY", "SAMPLES"))


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import tracing

    for line in tracing.lines(as_request(tracing.Request, arguments)):
        print(line)
    return 0
