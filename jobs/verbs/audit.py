"""`gristmill audit`: people judge samples of a release, and what their codes say."""

import argparse
import sys

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, share, whole

HELP = "draw samples for people to judge, and score what they said"
EXAMPLES = (
    ("audit sample build/demo --to audit -n 50", "sheets and pages to judge by keyboard"),
    ("audit score audit/*.tsv --min-c 0.5", "shares with intervals, agreement; fails below"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "sample: texts of every language and source, as a sheet and an offline page for each annotator. score: what "
        "the sheets say, by language and source. docs/audit.md has the codes."
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    _sample_options(actions.add_parser("sample", help="draw a sample to be judged"))
    _score_options(actions.add_parser("score", help="score sheets that were filled in"))


def _sample_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Draws texts by a digest of their ids, the same ones each time, and writes FOLDER: for each annotator a sheet "
        "(.tsv) and a page (.html) that needs no network; and key.tsv, which annotators must not see. No score, "
        "source or outcome is shown. Personal data is replaced, as `gristmill show` does it."
    )
    release_options.add(parser)
    parser.add_argument("--to", required=True, metavar="FOLDER", help="where it is written: a new folder")
    parser.add_argument(
        "-n", dest="count", type=positive, default=100, metavar="N", help="of each language and source (default: 100)"
    )
    parser.add_argument(
        "--of",
        action="append",
        choices=("kept", "dropped", "cut"),
        help="kept texts as released, dropped ones, what was cut out of kept ones; repeats (default: kept)",
    )
    parser.add_argument(
        "--unit",
        choices=("lines", "documents"),
        default="documents",
        help="a line of a document, from its earlier and later half by turns; or 500 code points of each half "
        "(default: documents)",
    )
    parser.add_argument("--schema", choices=("quality", "hplt"), default="quality", help="(default: quality)")
    parser.add_argument(
        "--annotator",
        action="append",
        default=[],
        metavar="NAME[=LANG,...]",
        help="who judges, and which languages, if not all; repeats (default: annotator)",
    )
    parser.add_argument("--seed", type=whole, default=0, metavar="X", help="another sample (default: 0)")
    own = parser.add_argument_group("which documents", "as of `gristmill find`")
    own.add_argument("--language", action="append", default=[], metavar="ID")
    own.add_argument("--source", action="append", default=[], metavar="NAME")
    own.add_argument("--where", default="", metavar="CONDITION")
    own.add_argument("--dropped-by", action="append", default=[], metavar="RULE", help="with --of dropped")


def _score_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Shares of codes by language and source with Wilson's intervals of 95 %, macro and micro averages, agreement "
        "(Krippendorff's alpha), and where the language model and people disagree. A code that is none is an error "
        "that names file and line. Exit status 1 if a gate is not met."
    )
    parser.add_argument("sheets", nargs="+", metavar="FILE", help="sheets that were filled in (.tsv)")
    parser.add_argument("--key", default="", metavar="FILE", help="of the sample (default: key.tsv beside a sheet)")
    parser.add_argument(
        "--schema", choices=("quality", "hplt"), help="(default: the one whose columns the sheets have)"
    )
    parser.add_argument(
        "--min-c", type=share, metavar="SHARE", help="fail if less of a corpus of kept texts is acceptable"
    )
    parser.add_argument("--labels", default="", metavar="FILE", help="write labels for `gristmill calibrate --labels`")
    parser.add_argument("--report", default="", metavar="ROOT", help="put the score onto the report of this run")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import auditing
    from jobs.verbs.as_request import as_request

    if arguments.action == "sample":
        lines, notes = auditing.draw(as_request(auditing.SampleRequest, arguments))
        print("\n".join(lines))
        for note in notes:
            print(note, file=sys.stderr)
        return 0
    answer, failed = auditing.answered(as_request(auditing.ScoreRequest, arguments))
    print(answer)
    if failed:
        print(f"gristmill: {failed}", file=sys.stderr)
    return 1 if failed else 0
