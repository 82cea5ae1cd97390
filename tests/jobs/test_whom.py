"""A run that asks of whom it speaks says so in its report; codes that say little are counted where they are read."""

import hashlib
import json
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from tests.conftest import Gristmill

RECIPE = """
seed = 3

[[sources]]
name = "<b>web</b>"
path = "web.jsonl"
language_field = "lang"

[[filters]]
use = "length"
min_words = 6

[[filters]]
use = "flagged"

[[filters]]
use = "mentions"
lexicons.mine = { path = "FOLDER/swh.toml", sha256 = "DIGEST" }

[tokenizer]
vocab_size = 400

[decide]
allow_vanish = ["<b>web</b>"]
"""
LIST = """
languages = ["swh_Latn"]
version = 2
variety = "standard Swahili"
author = "a test"
source = "five words"
licence = "CC0-1.0"
limits = "five words"
[gender]
female = ["mwanamke/wanawake"]
male = ["mwanaume/wanaume"]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, process: Gristmill) -> Path:
    folder = tmp_path_factory.mktemp("whom")
    rows = [
        *((f"The miller of valley {i * 7} is a woman, and her husband {i} grinds the grain.", "en") for i in range(20)),
        *((f"The mill of valley {i * 11} stands at the river and grinds {i} bags of grain.", "en") for i in range(20)),
        *((f"A Muslim {i}.", "en") for i in range(9)),
        *((f"Wanawake wa kijiji cha {i} wanasaga nafaka katika kinu cha bonde.", "sw") for i in range(8)),
        *((f"הטחנה של עמק {i * 5} עומדת ליד הנהר וטוחנת {i} שקים של תבואה.", "iw") for i in range(6)),
    ]
    (folder / "web.jsonl").write_text("".join(json.dumps({"text": t, "lang": tag}) + "\n" for t, tag in rows), "utf-8")
    (folder / "swh.toml").write_text(LIST, "utf-8")
    digest = hashlib.sha256(LIST.encode()).hexdigest()
    recipe = folder / "r.toml"
    recipe.write_text(RECIPE.replace("FOLDER", str(folder)).replace("DIGEST", digest), "utf-8")
    done = process("run", recipe, "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


def test_report_of_a_run_says_of_whom_it_speaks(root: Path) -> None:
    facts = orjson.loads(next(root.glob("report/*/report/facts.json")).read_bytes())
    own = {one["name"]: one for one in facts["mentions"]["languages"]}
    assert set(own) == {"eng_Latn", "swh_Latn"}
    axes = {axis["name"]: axis for axis in own["eng_Latn"]["axes"]}
    assert (axes["gender"]["documents"], axes["gender"]["terms"]) == (20, 60)
    assert axes["religion"]["documents"] == 9
    assert axes["religion"]["kept_documents"] == 0
    assert own["swh_Latn"]["about"]["name"] == "mine"
    given = {axis["name"]: axis for axis in own["swh_Latn"]["axes"]}
    assert given["gender"]["documents"] == 8
    assert (given["religion"]["measured"], given["religion"]["documents"]) == (False, None)
    assert [one["name"] for one in facts["mentions"]["unmeasured"]] == ["heb_Hebr"]
    took = {(row["language"], row["taker"], row["axis"]): row for row in facts["mentions"]["taken"]}
    row = took["eng_Latn", "length.few_words", "religion"]
    assert (row["documents"], row["taken"], row["others"], row["others_taken"]) == (9, 9, 40, 0)
    assert (row["ratio"]["value"], row["ratio"]["high"]) == (None, None)
    assert row["ratio"]["low"] > 1
    page = (root / "report" / "index.html").read_text("utf-8")
    assert 'id="mentions"' in page
    assert "<b>web</b>" not in page
    [line] = [one for one in page.splitlines() if one.startswith("<tr><td>heb_Hebr") and "not measured" in one]
    assert "%" not in line


def test_code_that_is_deprecated_is_counted_and_read(root: Path) -> None:
    facts = orjson.loads(next(root.glob("report/*/report/facts.json")).read_bytes())
    codes = {row["code"]: (row["kind"], row["id"], row["records"]) for row in facts["checks"]["codes"]}
    assert codes == {"iw": ("deprecated", "heb_Hebr", 6), "sw": ("macro-language", "swh_Latn", 8)}
    places = {row["language"]: row for row in facts["checks"]["languages"]}
    assert places["eng_Latn"]["documents"] == places["eng_Latn"]["declared"] == 49
    assert facts["checks"]["measured"] == {"repetition": False, "symbols": False, "flagged": True}


def test_signals_are_a_table_that_anyone_can_ask(root: Path) -> None:
    table = pq.read_table(next(root.glob("signals.mentions/*/signals"))).to_pylist()
    assert {row["gender"] for row in table} == {-1, 0, 1, 3}
    assert {row["lexicon"] for row in table} == {True, False}
    assert any({"name": "gender.female", "count": 2} in row["groups"] for row in table)
