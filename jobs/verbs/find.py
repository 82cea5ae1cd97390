"""`gristmill find`: documents by what is known of them."""

import argparse
import sys

from jobs.verbs import find_options
from jobs.verbs.argument_types import positive

HELP = "find documents by rule, language, source, address, date or measurement"
EXAMPLES = (
    ("find build/demo --dropped-by length.few_words", "what a rule dropped"),
    ("find build/demo --where \"language = 'deu_Latn' and length.words < 50\"", ""),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Documents of a release that conditions hold for, and how many there are. No text is read unless --text asks. "
        "Personal data in addresses and texts is replaced, as `gristmill show` does it. docs/looking.md has the "
        "language of --where; a column that is none there is answered with those that there are."
    )
    find_options.add(parser)
    parser.add_argument(
        "--columns", default="", metavar="LIST", help="shown in place of the usual ones: id,url,length.words"
    )
    parser.add_argument("--text", type=positive, default=0, metavar="CHARS", help="and the beginning of the text")
    parser.add_argument("--limit", type=positive, metavar="N", help="show at most N (default: 50 in a table, else all)")
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="(default: table)")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import finding

    request = finding.Request(
        selected=find_options.selected(arguments),
        columns=tuple(name.strip() for name in arguments.columns.split(",") if name.strip()),
        text=arguments.text,
        limit=arguments.limit,
        format=arguments.format,
    )
    found = finding.Finding(request)
    for line in found.lines():
        print(line)
    print(found.summary(), file=sys.stderr)
    return 0
