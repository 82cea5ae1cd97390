"""`gristmill launch`: a release, a model and a layout to the folder that a trainer is started from."""

import argparse

from jobs.verbs.argument_types import above_zero
from jobs.verbs.as_request import as_request

HELP = "write what a trainer is started with, and check every number in it"
EXAMPLES = (("launch build/demo --target megatron --model neox-20b --layout tp=2,pp=4,dp=12 --to launch/", ""),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes a folder from which a trainer is started on a release: its arguments or settings, the data blend, "
        "scripts for torchrun and Slurm, and CHECKS.md, which says of every number whether it fits: layout, batches, "
        "layers, heads, vocabulary, type of ids, epochs of each source, digests. Starts nothing. Exit status 1 if a "
        "check failed; the folder is written all the same, failures first."
    )
    parser.add_argument("release", help="a run's output folder, a copy of it, or the folder of its stage shard")
    parser.add_argument(
        "--target",
        required=True,
        choices=("megatron", "neox", "bloom"),
        help="Megatron-core, GPT-NeoX, or bigscience's Megatron-DeepSpeed, which trained BLOOM",
    )
    parser.add_argument(
        "--model", required=True, metavar="NAME", help="bloom-176b, neox-20b, or a .toml file with the same keys"
    )
    parser.add_argument(
        "--layout", required=True, metavar="LIST", help="tp=4,pp=12,dp=8; also cp=, nodes= and gpus= (of a node: 8)"
    )
    parser.add_argument("--to", required=True, metavar="FOLDER", help="where the files go")
    parser.add_argument(
        "--at", metavar="PATH", help="where the release stands on the machines that train (default: where it is)"
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="a .toml file whose table [weights] gives each source its share, 1 together (default: by tokens)",
    )
    parser.add_argument("--view", metavar="NAME", help="a view to train on, causal or fim (default: the shards)")
    parser.add_argument(
        "--max-epochs",
        type=above_zero,
        default=4.0,
        metavar="N",
        help="warn of a source that is read more often (default: 4, up to which repeating costs little: "
        "Muennighoff et al. 2023)",
    )
    parser.add_argument("--quick", action="store_true", help="compare the sizes of the prefixes, not their sha256")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import launching

    lines, passed = launching.launch(as_request(launching.Request, arguments))
    print(lines)
    return 0 if passed else 1
