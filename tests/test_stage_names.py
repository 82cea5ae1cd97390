"""A stage's name stands in its own modules alone: all others go by the stage object."""

import ast
from collections import Counter
from pathlib import Path

from corpus.stages.every import ALL
from corpus.stages.measure import JOB

ROOT = Path(__file__).parents[1]
NAMES = {stage.name for stage in ALL} | {JOB}
# Words that are the name of a stage and, where they stand here, of something else.
OTHERWISE = {
    "train": (
        "the split, or a Trainer's",
        ("corpus/launch/", "corpus/loader/", "corpus/shards/", "jobs/tools/", "jobs/verbs/"),
    ),
    "pairs": (
        "inputs and targets of prompts; a key of facts",
        ("corpus/shards/", "corpus/mixture/realised.py", "corpus/report/sections/duplicates.py", "corpus/withdrawal/"),
    ),
    "lines": (
        "lines of a text; a section of the report; a table of the recipe",
        (
            *("filters/", "jobs/lm/", "corpus/lineage/document.py", "corpus/report/sections/lines.py"),
            "corpus/planning/source_names.py",
        ),
    ),
    "passages": (
        "a section of the report; a table of the recipe",
        ("corpus/report/sections/passages.py", "corpus/planning/source_names.py"),
    ),
    "contamination": ("a section of the report", ("corpus/report/sections/contamination.py",)),
    "matches": ("a count", ("corpus/stages/contamination.py", "corpus/withdrawal/patch.py")),
    "ingest": ("what was sampled", ("jobs/tools/sampling.py",)),
    "fertility": (
        "a section of the report; a verb",
        ("corpus/report/sections/fertility.py", "jobs/command_line.py", "jobs/tools/"),
    ),
    "report": ("a verb; an output", ("jobs/command_line.py", "jobs/verbs/", "corpus/planning/outputs.py")),
    "measure": ("the method of a filter; what was sampled", ("filters/", "jobs/tools/sampling.py")),
    "release": ("an argument of verbs; a line of a certificate", ("jobs/verbs/", "jobs/tools/", "corpus/withdrawal/")),
    "dedup": ("a column of pairs.csv; a table of recipes", ("corpus/report/judging.py", "corpus/losses/")),
    "decide": ("a table of recipes", ("corpus/losses/",)),
    "splits": (
        "a key of dataset_dict.json; a tally",
        ("jobs/stages/shard.py", "corpus/shards/tallies.py", "corpus/withdrawal/"),
    ),
    "code": (
        "the filter; a key of an identity; an element of HTML; a label",
        ("corpus/planning/", "corpus/html/elements.py", "filters/"),
    ),
    "robots": (
        "a place of statements; a table; a name in meta elements",
        ("filters/", "corpus/html/head.py", "corpus/stages/ingest.py", "jobs/stages/ingest.py"),
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
                if not own and not place.startswith(OTHERWISE.get(name, ("", ()))[1]):
                    found[place, name] = count
    assert found == {}
