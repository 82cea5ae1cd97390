"""`gristmill fertility`: the tokenizer of a run beside others, by language."""

import argparse

from jobs.verbs import recipe_options

HELP = "print tokens a word, byte and character by language and source"
EXAMPLES = (("fertility recipes/demo.toml --against gpt2/", "the tokenizer beside another, by language"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--against", action="append", default=[], metavar="PATH", help="a tokenizer to compare with; may be repeated"
    )
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools import tokenizer_comparison

    print(tokenizer_comparison.text(arguments.recipe, arguments.root, arguments.against))
    return 0
