"""`gristmill presets`: the recipes that come along."""

import argparse

HELP = "list the recipes that come along for `extends`, with what they are of"
EXAMPLES = (("presets gopher", "the whole of a preset, with its thresholds and their reasons"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="a preset, to be printed whole")


def run(arguments: argparse.Namespace) -> int:
    from corpus.planning import layers, presets

    if arguments.name:
        print(presets.preset(arguments.name).read_text("utf-8"), end="")
        return 0
    for name in presets.presets():
        used = ", ".join(one["use"] for one in layers.read(str(presets.preset(name)))["filters"])
        print(f'{name}: extends = "{name}"')
        print(f"  filters  {used}")
        print("\n".join(f"  {line}" for line in presets.about(name)))
    return 0
