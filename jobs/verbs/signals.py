"""`gristmill signals`: documents given to another program to label, and its labels taken back."""

import argparse

from jobs.verbs import release_options
from jobs.verbs.argument_types import positive, share

HELP = "give documents to another program to label, and take its labels back"
EXAMPLES = (
    ("signals export build/demo --to scored", "texts in shards, for a classifier on a GPU"),
    (
        "signals import scored scores/*.parquet --columns score=float --to labels.parquet",
        "checked: every document once",
    ),
)
_TYPES = ("string", "float", "int", "bool")  # corpus.external.recipe_table.Type, which `--help` does not load


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "export: ids, sources, languages and texts of documents in Parquet shards. import: labels of an export as one "
        "file for [[signals]] of a recipe. docs/signals.md has an example of what scores them."
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    _export_options(actions.add_parser("export", help="write documents in shards"))
    _import_options(actions.add_parser("import", help="check labels and write them for a recipe"))


def _export_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes FOLDER/shards/shard-00000.parquet and so on, and last FOLDER/SHA256SUMS. Of a recipe whose run is not "
        "at its end what is there is exported. Texts of documents and kept ones are as they were read: with personal "
        "data; those that are released have it replaced."
    )
    release_options.add(parser)
    parser.add_argument("--to", required=True, metavar="FOLDER", help="a path or URI that is empty or not there")
    parser.add_argument(
        "--of",
        choices=("documents", "kept", "released"),
        default="kept",
        help="all that was read, those that filters kept (the default), or the released texts",
    )
    parser.add_argument("--ids", action="store_true", help="without texts")
    parser.add_argument(
        "--shard-documents", type=positive, default=10_000, metavar="N", help="documents of a shard (default: 10,000)"
    )


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads labels (Parquet, Arrow or JSONL) of the documents of an export, in any order, and writes them in its "
        "order. A label of another document, a null, and a document that has two is an error; so are documents without "
        "a label, unless --coverage allows it."
    )
    parser.add_argument("exported", metavar="FOLDER", help="of `gristmill signals export`")
    parser.add_argument("labels", nargs="+", metavar="FILE", help="labels: files, folders or patterns")
    parser.add_argument("--to", required=True, metavar="FILE", help="where they are written (.parquet)")
    parser.add_argument(
        "--columns", required=True, type=_columns, metavar="NAME=TYPE,...", help=f"types: {', '.join(_TYPES)}"
    )
    parser.add_argument("--key-field", default="id", metavar="NAME", help="field of the documents' ids (default: id)")
    parser.add_argument(
        "--duplicates",
        choices=("refuse", "same", "first", "last"),
        default="refuse",
        help="of two labels of a document, in the order of files and rows (default: refuse)",
    )
    parser.add_argument(
        "--coverage", type=share, default=1.0, metavar="SHARE", help="of documents that must have one (default: 1)"
    )


def _columns(text: str) -> dict[str, str]:
    found = {}
    for one in text.split(","):
        name, _, kind = one.strip().partition("=")
        if kind not in _TYPES:
            raise argparse.ArgumentTypeError(f"{one.strip()!r} is not NAME=TYPE with a type of {', '.join(_TYPES)}")
        found[name] = kind
    return found


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import labelling
    from jobs.verbs.as_request import as_request

    if arguments.action == "export":
        lines = labelling.export(as_request(labelling.ExportRequest, arguments))
    else:
        lines = labelling.take(as_request(labelling.ImportRequest, arguments))
    print("\n".join(lines))
    return 0
