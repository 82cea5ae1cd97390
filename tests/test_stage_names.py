"""A stage's name stands in its own modules alone: all others go by the stage object."""

import ast
from collections import Counter
from pathlib import Path

from corpus.canaries import names
from corpus.stages.decide import LANGUAGE
from corpus.stages.every import ALL
from corpus.stages.measure import JOB

ROOT = Path(__file__).parents[1]
NAMES = {stage.name for stage in ALL} | {JOB}
# Words that are the name of a stage and, where they stand here, of something else.
OTHERWISE = {
    "train": (
        "the split, or a Trainer's",
        (
            "corpus/datasheet/queries/",
            "corpus/launch/",
            "corpus/loader/",
            "corpus/shards/",
            "jobs/tools/",
            "jobs/verbs/",
        ),
    ),
    "pairs": (
        "inputs and targets of prompts; a key of facts",
        (
            *("corpus/shards/", "corpus/mixture/realised.py", "corpus/planning/mixture_lines.py", "corpus/report/"),
            *("corpus/datasheet/queries/", "corpus/withdrawal/"),
        ),
    ),
    "lines": (
        "lines of a text; a filter; a section of the report; a table of the recipe",
        (
            *("filters/", "jobs/lm/", "corpus/lineage/document.py", "corpus/report/"),
            *("corpus/planning/source_names.py", "corpus/datasheet/queries/", "corpus/canaries/judged.py"),
            *("corpus/annotation/drawing/sample.py", "jobs/verbs/audit.py"),
            *("corpus/report/checked.py", "corpus/report/sections/checks.py"),
        ),
    ),
    "passages": (
        "a section of the report; a table of the recipe; an outcome; a count of what is ranked",
        (
            *("corpus/verify/indexes.py", "corpus/withdrawal/indexes.py", "jobs/stages/bm25.py"),
            "corpus/report/sections/passages.py",
            "corpus/planning/source_names.py",
            "corpus/query/outcomes.py",
            "corpus/datasheet/queries/",
        ),
    ),
    "contamination": (
        "a section of the report",
        ("corpus/report/sections/contamination.py", "corpus/datasheet/queries/"),
    ),
    "matches": ("a count", ("corpus/stages/contamination.py", "corpus/withdrawal/patch.py")),
    "ingest": ("what was sampled", ("jobs/tools/sampling.py",)),
    "fertility": (
        "a section of the report; a verb",
        ("corpus/report/", "jobs/command_line.py", "jobs/tools/"),
    ),
    "report": ("a verb; an output", ("jobs/command_line.py", "jobs/verbs/", "corpus/planning/outputs.py")),
    "measure": (
        "the method of a filter; what was sampled",
        ("filters/", "jobs/tools/sampling.py", "corpus/external/labelled.py"),
    ),
    "release": (
        "an argument of verbs; a key of datasheet.json, export.json and samples; a line of a certificate",
        (
            *("jobs/verbs/", "jobs/tools/", "corpus/datasheet/sheet.py", "corpus/export/", "corpus/withdrawal/"),
            *("corpus/annotation/drawing/sample.py", "corpus/annotation/scoring/published.py"),
        ),
    ),
    "dedup": (
        "a column of pairs.csv; a table of recipes; a key of facts",
        ("corpus/report/", "corpus/losses/", "corpus/datasheet/queries/"),
    ),
    "decide": (
        "a table of recipes",
        ("corpus/losses/", "corpus/judging/strings.py", "corpus/report/sections/funnel.py"),
    ),
    "splits": (
        "a key of dataset_dict.json; a tally; a record set; a section of the report",
        (
            *("jobs/stages/shard.py", "corpus/shards/tallies.py", "corpus/datasheet/writers/croissant.py"),
            *("corpus/withdrawal/", "corpus/report/sections/splits.py"),
        ),
    ),
    "code": (
        "the filter; a key of an identity; an element of HTML; a label; of records; what people judge by",
        (
            *("corpus/planning/", "corpus/html/elements.py", "corpus/datasheet/queries/", "filters/"),
            *("corpus/survey/fields.py", "corpus/annotation/schemes.py", "corpus/report/sections/checks.py"),
            *("corpus/sources/record.py", "jobs/stages/ingest.py"),
        ),
    ),
    "robots": (
        "a place of statements; a table; a name in meta elements",
        ("filters/", "corpus/html/head.py", "corpus/stages/ingest.py", "jobs/stages/ingest.py"),
    ),
    "canaries": (
        "a section of the report; a check of verify",
        ("corpus/report/sections/canaries.py", "corpus/verify/canaries.py"),
    ),
    "views": ("a table of recipes; an output; a tally", ("corpus/views/", "corpus/planning/outputs.py")),
    "buckets": (
        "a kind of mixture; a table; what a language model counts",
        ("corpus/mixture/recipe_table.py", "corpus/withdrawal/restated_labels.py", "filters/lm/", "jobs/lm/"),
    ),
    "index": ("a table; a key of [dedup]", ("corpus/duplicates/earlier.py", "corpus/stages/dedup.py")),
}


def literals(file: Path) -> Counter[str]:
    """Names of stages among the strings of a module, docstrings left out."""
    tree = ast.parse(file.read_bytes())
    docs = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return Counter(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in docs and node.value in NAMES
    )


def test_no_stage_is_named_by_a_string_outside_its_own_modules() -> None:
    found = {}
    for package in ("corpus", "filters", "jobs", "tokenizer"):
        for file in sorted((ROOT / package).rglob("*.py")):
            place = str(file.relative_to(ROOT))
            for name, count in literals(file).items():
                own = place in (f"corpus/stages/{name}.py", f"jobs/stages/{name}.py")
                own |= place == "corpus/canaries/names.py"  # below the stages; held equal to them beside this test
                if not own and not place.startswith(OTHERWISE.get(name, ("", ()))[1]):
                    found[place, name] = count
    assert found == {}


def test_stages_that_canaries_are_for_are_called_so() -> None:
    assert set(names.ORDER) <= {LANGUAGE.stage, *(stage.name for stage in ALL)}
    assert LANGUAGE.stage == names.LANGUAGE
    assert all(getattr(names, stage.name.upper(), stage.name) == stage.name for stage in ALL)
