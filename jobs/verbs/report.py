"""`gristmill report`: the funnel, the sweep or the judged precision of a finished run."""

import argparse
from pathlib import Path

from corpus.errors import RecipeError
from jobs.verbs import recipe_options

HELP = "print the funnel of a finished run and where its report is"
EXAMPLES = (
    ("report recipes/demo.toml --sweep", "what each threshold would keep if it moved"),
    ("report recipes/demo.toml --judged build/demo/report/pairs.csv", "precision, by your own verdicts"),
    ("report recipes/demo.toml", "the funnel of the last run, and where the report is"),
)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sweep", action="store_true", help="print what each threshold would keep if it moved")
    parser.add_argument("--judged", metavar="CSV", help="print the precision that a filled-in report/pairs.csv says")
    parser.add_argument("--audit", metavar="CSV", help="write what --judged says as a table without ids and texts")
    recipe_options.add(parser)


def run(arguments: argparse.Namespace) -> int:
    from corpus.planning import estimate
    from corpus.planning.opening import open_plan
    from corpus.report import funnel, judging
    from corpus.report.drawing import sweep
    from corpus.stages.dedup import DEDUP
    from corpus.stages.report import REPORT

    if arguments.audit and not arguments.judged:
        raise RecipeError("--audit writes down what --judged says: give both")
    built = open_plan(arguments.recipe, arguments.root)
    if not built[REPORT].done:
        raise RecipeError(f"{arguments.recipe} has no finished report: run `gristmill run {arguments.recipe}` first")
    if arguments.judged:
        sheet = judging.read(Path(arguments.judged).read_bytes(), arguments.judged, built[DEDUP].fingerprint)
        print(judging.text(sheet, built.recipe.dedup.threshold))
        if arguments.audit:
            table = judging.audit(sheet, built.recipe.dedup.threshold, built[DEDUP].fingerprint)
            Path(arguments.audit).write_bytes(table)
            print(f"written: {arguments.audit}")
    else:
        print(sweep.text(built[REPORT].folder) if arguments.sweep else funnel.text(built))
        if not arguments.sweep:
            print("\n".join(["", *estimate.compared(built)]))
    return 0
