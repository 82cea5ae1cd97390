"""Options that name a release: the folder of a run or its recipe, and there a named one."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", metavar="ROOT|RECIPE", help="the folder that `gristmill run` wrote, or its recipe")
    parser.add_argument("--root", help="output folder or URI of the recipe, where it is not the recipe's own")
    parser.add_argument("--tag", default="", metavar="NAME", help="a named release of the folder")
