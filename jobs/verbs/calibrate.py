"""`gristmill calibrate`: measurements in, a recipe of overrides out."""

import argparse

from jobs.verbs import recipe_options
from jobs.verbs.argument_types import above_zero, positive, share
from jobs.verbs.as_request import as_request

HELP = "fit thresholds by language to stored measurements"
EXAMPLES = (("calibrate recipes/demo.toml --keep 0.9", "thresholds by language, as overrides to review"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Fits the thresholds that the recipe judges by, a language at a time, from what is measured already, and "
        "writes a recipe of overrides to review. Needs a finished `gristmill run RECIPE --until decide`."
    )
    goal = parser.add_mutually_exclusive_group(required=True)
    goal.add_argument("--drop", type=share, metavar="SHARE", help="each rule drops at most this share of a language")
    goal.add_argument("--keep", type=share, metavar="SHARE", help="all rules together keep this share of a language")
    goal.add_argument("--labels", metavar="FILE", help='agree with labels: lines of {"id": "...", "keep": true}')
    parser.add_argument(
        "--beta",
        type=above_zero,
        metavar="B",
        help="with --labels: the best F, recall weighing B times as much as precision (default: Youden's index)",
    )
    parser.add_argument("--rules", metavar="LIST", help="only these, as in the report: length.few_words,...")
    parser.add_argument("--languages", metavar="LIST", help="only these, by id, tag or pattern: fra_Latn,de,...")
    parser.add_argument("--out", metavar="FILE", help="where the overrides go (default: <recipe>-calibrated.toml)")
    parser.add_argument(
        "--sample", type=positive, default=20_000, metavar="N", help="documents of a language (default: 20000)"
    )
    parser.add_argument(
        "--least", type=positive, default=100, metavar="N", help="leave smaller languages as they are (default: 100)"
    )
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import calibration

    print(calibration.calibrate(as_request(calibration.Request, arguments)))
    return 0
