"""`gristmill languages`: ids, names, and what each language has."""

import argparse

HELP = "list language ids, and what each has: model, word lists, thresholds"
EXAMPLES = (("languages zh --recipe recipes/roots.toml", "ids of Chinese, and which filters have thresholds for them"),)


def options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Lists the ids that documents, thresholds and shards have, with English names and the other tags that recipes "
        "may write for them. A script that is known for no language stands as Zzzz."
    )
    parser.add_argument("wanted", nargs="*", metavar="LANGUAGE", help="ids, tags, patterns or parts of English names")
    parser.add_argument("--recipe", metavar="RECIPE", help="a recipe or preset, for its thresholds and its model")
    parser.add_argument("--all", action="store_true", help="languages too that have no model, word list or threshold")


def run(arguments: argparse.Namespace) -> int:
    from jobs.tools.language_listing import Request, listed

    print(listed(Request(wanted=arguments.wanted, recipe=arguments.recipe, every=arguments.all)))
    return 0
