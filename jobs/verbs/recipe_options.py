"""What the verbs take that go by a recipe."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """The recipe and --root."""
    parser.add_argument("recipe", help="a recipe (.toml)")
    parser.add_argument("--root", help="output folder or URI (default: the recipe's, else build/<name>)")
