"""A small recipe that asks for every stage there is; the recipe of `tests.conftest` asks for those that all need."""

import json
from pathlib import Path

from tests.conftest import RECIPE, SAMPLE, write_recipe

MORE = """
[[sources]]
name = "code"
path = "{sample}/docs-sample.jsonl.gz"
licence_field = "licence"
language_field = "lang"
restricted = true

[[filters]]
use = "url"

[[filters]]
use = "rights"
keep_train_ai = ["allow", "unknown"]

[[filters]]
use = "mentions"

[[filters]]
use = "agreed"
min_probability = 0.01
good_share = 0.7

[[filters.functions]]
name = "menu"
expression = '(?i)click|menu'
keep = {{ min = 1 }}

[[filters.functions]]
name = "long"
signal = "length.words"
keep = {{ min = 200 }}
drop = {{ max = 60 }}

[[signals]]
name = "external"
path = "{folder}/labels.jsonl"
key = "host"
columns = {{ topic = "string", score = "float" }}
coverage = 0
default = {{ score = 0.5 }}
min_score = 0.1

[code]
min_shared = 2

[contamination]
[[contamination.suites]]
name = "declaration"
path = "{folder}/items.jsonl"
policy = "cut"

[textindex]
block_bytes = 40_000

[bm25]
block_bytes = 40_000

[[lines]]
rule = "keep-first"

[passages]
min_tokens = 30

[[clean]]
c4_lines = true

[splits]
valid = 0.05
test = 0.02

[mixture]
by = ["external.topic", "external.score@2", "language", "duplicates"]
alpha = 0.5

[dedup]
index = true
url = "latest"

[[views]]
name = "causal"
objective = "causal"
sequence_length = 256

[[views]]
name = "prefix"
objective = "prefix"
languages = ["eng"]
sequence_length = 256

[canaries]
cases = 6
min_recall = 0.0
max_wrong = 1.0
"""


ITEMS = [  # the first stands in licences, the second nowhere
    {"question": "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
    {"question": "Which of the seven bridges over the old canal was closed after the flood?", "answer": "the third"},
]


LABELS = [
    {"host": "help.gnome.test", "topic": "manuals", "score": 0.75},
    {"host": "nobody.test", "topic": "nothing", "score": 0.0},
]


def write_every(folder: Path) -> Path:
    """The recipe, with its input beside it."""
    write_recipe(folder)
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, ITEMS)), "utf-8")
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, LABELS)), "utf-8")
    path = folder / "every.toml"
    path.write_text((RECIPE + MORE).format(sample=SAMPLE, folder=folder, min_words=12), "utf-8")
    return path
