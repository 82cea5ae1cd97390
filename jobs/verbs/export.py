"""`gristmill export`: documents of a release as files for others."""

import argparse
import sys

from corpus.errors import RecipeError
from jobs.verbs import find_options

HELP = "write documents as JSON lines, Parquet, for the hub of datasets or as lm_dataformat"
EXAMPLES = (
    ("export build/demo --to corpus/ --as hub", "datasets.load_dataset opens it, by language"),
    ("export build/demo --to de/ --as jsonl.zst --language de --dropped", "what was dropped of a language"),
)

_LAYOUTS = ("jsonl.zst", "parquet", "hub", "lm_dataformat")  # of corpus.export.layout


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes the documents that conditions hold for, by default the kept ones, into a folder of its own. Texts of "
        "kept documents are those of the release. Of dropped ones no text was ever released: theirs have placeholders "
        "for personal data that is found, as `gristmill show` has them, or with --raw nothing replaced. The same "
        "release and conditions give the same bytes; SHA256SUMS, written last, says that all of it is there. What was "
        "cut off is done again from its beginning by the same command."
    )
    find_options.add(parser)
    parser.add_argument("--to", required=True, metavar="FOLDER", help="a path or URI that is empty or not there")
    parser.add_argument(
        "--as",
        dest="layout",
        required=True,
        choices=_LAYOUTS,
        help="JSON lines; Parquet in folders by language and source; Parquet with a dataset card and a config for each "
        "language; JSON lines as the Pile had them",
    )
    parser.add_argument(
        "--raw",
        action="store_true",
        help="texts and addresses of dropped documents as they were read: with personal data",
    )


def run(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from jobs.tools import exporting

    selected = find_options.selected(arguments)
    wanted = selected.wanted
    if not (wanted.kept or wanted.dropped):
        wanted = replace(wanted, kept=not wanted.dropped_by, dropped=bool(wanted.dropped_by))
    if arguments.raw and not wanted.dropped:
        raise RecipeError(
            "--raw is for dropped documents: texts of kept ones are those of the release (give --dropped)"
        )
    request = exporting.Request(
        selected=replace(selected, wanted=wanted), to=arguments.to, layout=arguments.layout, raw=arguments.raw
    )
    lines, notes = exporting.export(request)
    for line in lines:
        print(line)
    for note in notes:
        print(note, file=sys.stderr)
    return 0
