"""Labels from outside, when documents go: their rows go, and the report is written again by what labels were joined."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Gristmill
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw

RECIPE = """
seed = 1
[[sources]]
name = "pages"
path = "pages.jsonl"
[[signals]]
name = "labels"
path = "labels.jsonl"
columns = {{ topic = "string", spam = "bool", rating = "float" }}
key = "url"
coverage = 0
default = {{ rating = 2.5, topic = "none" }}
min_rating = 1
keep_topic = ["none", "news", "\u202egnol"]
[[filters]]
use = "agreed"
leave_out = ["labels.other_topic"]
[[filters.functions]]
name = "rated"
signal = "labels.rating"
keep = {{ min = 3 }}
[pii]
key = "a key that tests alone know, and all may"
[tokenizer]
vocab_size = 300
"""


def facts(folder: Path) -> Any:
    found = max(folder.glob("out/report/*/report/facts.json"), key=lambda path: path.stat().st_mtime_ns)
    return json.loads(found.read_bytes())


def test_report_is_written_again_without_the_recipe(tmp_path: Path, gristmill: Gristmill, withdraw: Withdraw) -> None:
    urls = [f"https://site.example.org/{i}" for i in range(12)]
    pages = [{"text": whole.text(i), "url": url} for i, url in enumerate(urls)]
    labels = [
        {"url": u, "topic": "\u202eolds" if i == 6 else "news", "spam": i % 2 == 0, "rating": i / 2 - 1}
        for i, u in enumerate(urls[:8])
    ]
    for name, rows in (("pages", pages), ("labels", labels)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    recipe = tmp_path / "own.toml"
    recipe.write_text(RECIPE.format(), "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    was = facts(tmp_path)
    assert was["without"] == {}  # labels are no lexicon
    assert sum(was["unlabelled"]["labels"].values()) == 4
    (rating,) = (one for one in was["histograms"] if one["signal"] == "labels.rating")
    assert (sum(rating["counts"]), rating["outside"], rating["unmeasured"]) == (10, 2, 0)  # two are below 0
    page = next(tmp_path.glob("out/report/*/report/index.html")).read_text("utf-8")
    assert "keep_topic = none, news, \\u202egnol" in page
    assert "\u202e" not in page
    assert "labels.other_topic \\u202eolds" in page  # the label for which it was dropped
    said = withdraw(tmp_path, whole.asked(url=urls[7]))
    assert "cannot be read" not in said
    now = facts(tmp_path)
    assert now["fingerprint"] != was["fingerprint"]
    assert [rule["name"] for rule in now["rules"]] == [rule["name"] for rule in was["rules"]]
    assert sum(now["unlabelled"]["labels"].values()) == 4  # what went has no label to lack
    lengths, before = (
        next(one for one in found["histograms"] if one["signal"] == "labels.rating")["counts"] for found in (now, was)
    )
    assert sum(before) - sum(lengths) == 1  # it is in no bar
