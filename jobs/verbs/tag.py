"""`gristmill tag`: a name for the last complete run, which keeps it."""

import argparse

HELP = "keep the last complete run as a release with a name"
EXAMPLES = (("tag build/demo v1", "keep it: gc leaves named releases"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", help="the folder or URI that `gristmill run` wrote")
    parser.add_argument("name")
    parser.add_argument("--remove", action="store_true", help="take the name away; files stay until gc")


def run(arguments: argparse.Namespace) -> int:
    from corpus.store import releases

    if arguments.remove:
        releases.drop_name(arguments.root, arguments.name)
        print(f"{arguments.name}: no longer a name; `gristmill gc` removes what no other release needs")
    else:
        stages = releases.give_name(arguments.root, arguments.name)
        print(f"{arguments.name}: release {releases.mark(stages)}, {len(stages)} stages")
    return 0
