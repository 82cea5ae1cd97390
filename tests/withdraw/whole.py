"""A recipe with every stage over documents of its own, and what is asked of its release."""

import json
import random
from pathlib import Path

KEY = "a key of withdrawals that tests alone know"
RECIPE = """
name = "whole"
seed = 7

[[sources]]
name = "pages"
path = "pages.jsonl"
url_field = "url"

[[sources]]
name = "prompts"
path = "prompts.jsonl"
inputs_field = "inputs"
targets_field = "targets"

[[filters]]
use = "length"
min_words = 12

[[filters]]
use = "language"
min_score = 0.0

[[filters]]
use = "url"

[[filters]]
use = "agreed"

[[filters.functions]]
name = "grain"
expression = "gra"
keep = {{ min = 1 }}

[code]
languages = ["*"]
min_shared = 5

[contamination]
max_documents = 3
[[contamination.suites]]
name = "items"
path = "items.jsonl"
policy = "cut"

[[lines]]
rule = "keep-first"

[passages]
min_tokens = 20

[dedup]
index = true

[splits]
valid = 0.1
test = 0.1

[[signals]]
name = "labels"
path = "labels.jsonl"
key = "host"
columns = {{ rating = "float" }}
coverage = 0

[mixture]
by = ["source", "labels.rating@2", "duplicates"]
alpha = 0.3

[pii]
key = "a key that tests alone know, and all may"

[tokenizer]
vocab_size = 700

[shards]
shard_bytes = 4_000
packing = "{packing}"
sequence_length = 128

[textindex]

[bm25]

[ingest]
part_bytes = 6_000
{more}"""
LINE = "A line that stands under every page of this source, whatever the page may be about today."
WORDS = [a + b for a in ("mill", "gra", "flo", "riv", "whe", "sto", "wat", "bre", "fie", "har", "bar", "oat") for b in
         ("ing", "ers", "ton", "el", "ist", "and", "ow", "um", "ia", "ock", "est", "ard")]  # fmt: skip
PASSAGE = " ".join(f"the {word} of the old valley went down to the" for word in WORDS[:7]) + " bridge."


def words(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) for _ in range(count)]


def text(number: int, count: int = 90) -> str:
    own = words(number, count)
    return " ".join(own[: count // 2]).capitalize() + ".\n" + " ".join(own[count // 2 :]).capitalize() + "."


NEAR = text(3).replace(words(3, 90)[60], "another", 1)
SECRET = "the account of the widow is kept in the third drawer"


def pages() -> list[dict[str, str]]:
    found = [
        {"id": f"page-{i}", "url": f"https://www.site{i % 5}.example.org/p/{i}", "text": f"{LINE}\n{text(i)}"}
        for i in range(40)
    ]
    found[7]["text"] += f" {PASSAGE}"  # in a line with other words, or [[lines]] would take it
    found[9]["text"] += f" {PASSAGE} {' '.join(words(900, 30))}."
    found[11]["text"] += "\nWrite to jane.roe@mill-post.net, who answers every letter of yours."
    found[13]["text"] += f"\nIt is known that {SECRET} by the window."
    more = [
        {"id": "near", "url": "https://copies.test/near", "text": f"{LINE}\n{NEAR}"},  # stays or goes for page 3
        {"id": "again", "url": "https://copies.test/again", "text": f"{LINE}\n{text(4)}"},  # the same as page 4
        {"id": "short", "url": "https://www.site1.example.org/s", "text": "Too short."},
        {"id": "item", "url": "https://www.site1.example.org/i", "text": f"{text(50)}\n{' '.join(words(800, 40))}."},
    ]
    return found + more


def write(folder: Path, *, packing: str = "best_fit", more: str = "") -> Path:
    """The recipe, with its input beside it."""
    prompts = [
        {"inputs": f"What is {' '.join(words(500 + i, 25))}?", "targets": f"It is {' '.join(words(600 + i, 25))}."}
        for i in range(20)
    ]
    items = [{"question": " ".join(words(800, 40))}, {"question": " ".join(words(801, 40))}]
    labels = [{"host": f"www.site{i}.example.org", "rating": i / 4} for i in range(5)]
    for name, rows in (("pages", pages()), ("prompts", prompts), ("items", items), ("labels", labels)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    path = folder / "whole.toml"
    path.write_text(RECIPE.format(packing=packing, more=more), "utf-8")
    return path


def asked(**what: str) -> dict[str, str]:
    """A request."""
    return {**what, "role": "author", "basis": "copyright", "date": "2026-08-02"}


def requests(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "requests.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
