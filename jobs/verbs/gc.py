"""`gristmill gc`: folders that no release needs."""

import argparse

HELP = "show, and with --delete remove, folders of stages that neither the last complete run nor a named release needs"
EXAMPLES = (("gc build/demo", "what would go; --delete removes it"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Folders that neither the last complete run nor a release with a name (gristmill tag) needs. Stages that a run "
        "was stopped behind (--until) belong to no release; an index that recipes of other roots name under "
        "[dedup] earlier is kept by a name."
    )
    parser.add_argument("root", help="the folder or URI that `gristmill run` wrote")
    parser.add_argument("--delete", action="store_true", help="remove them")
    parser.add_argument("--unfinished", action="store_true", help="also those that a run would go on with")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import stored

    gone = stored.unneeded(arguments.root, unfinished=arguments.unfinished)
    for one in gone:
        print(f"{one.name:<44}{one.bytes:>18,}   {one.state}")
    if arguments.delete:
        stored.remove(arguments.root, gone)
    did = "removed" if arguments.delete else "would be removed (--delete)"
    print(f"{did}: {len(gone)} folders, {sum(one.bytes for one in gone):,} bytes")
    return 0
