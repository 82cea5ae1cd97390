"""Sources of any name that shows: the run, the funnel, the report and verify say of them what they say of others."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from corpus.planning.finished import open_release
from corpus.shards.tallies import Pair
from corpus.sources.accounts import Read
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from tests.conftest import Gristmill, write_recipe

pytestmark = pytest.mark.timeout(900)

NAMES = {"manuals": "a.b", "broken": "x:y z/|[1]"}


def facts_of(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(next(root.glob("report/*/report/facts.json")).read_bytes())
    return found


def test_names_with_dots_blanks_and_colons_change_no_number(
    finished: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    recipe = write_recipe(tmp_path)
    text = recipe.read_text("utf-8")
    for plain, name in NAMES.items():
        text = text.replace(f'name = "{plain}"', f'name = "{name}"')
    recipe.write_text(text + '\n[dedup]\nprefer_sources = ["a.b", "x:y z/|[1]"]\n', "utf-8")
    root = tmp_path / "out"
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    named, plain_run = open_release(str(root)), open_release(str(finished / "out"))
    funnel = {line[:24].strip(): line[24:].split()[0] for line in done.stdout.splitlines() if line[24:].split()}
    assert funnel["documents kept"] == str(plain_run[ENCODE].counts["documents"])
    assert f"in {len({row.language for row in named[ENCODE].tally(Pair)})} languages" in done.stdout

    read = {row.source: row for row in named[INGEST].tally(Read)}
    before = {row.source: row for row in plain_run[INGEST].tally(Read)}
    assert {name: vars(row) for name, row in read.items()} == {
        name: {**vars(before[plain]), "source": name} for plain, name in NAMES.items()
    }
    own, other = facts_of(root), facts_of(finished / "out")
    # Ids follow from names, so another of several copies may stay: those alike to it are exact or near copies then.
    for facts in (own, other):
        for row in (facts["outcomes"], *facts["sources"], *facts["languages"]):
            row["copies"] = row.pop("exact", 0) + row.pop("near", 0)
            row.pop("corpus_bytes", None)
    for key in ("records", "rejects", "documents", "outcomes", "alarms"):
        assert own[key] == other[key], key
    for facts in (own, other):  # the tokenizer's sample follows from ids
        for kind in ("languages", "sources"):
            assert sum(row.pop("tokens") for row in facts[kind]) == facts["tokens"]
    assert own["languages"] == other["languages"]
    assert own["sources"] == [{**row, "name": NAMES[row["name"]]} for row in other["sources"]]
    assert {row["name"] for row in own["fertility"]["sources"]} == set(NAMES.values())
    page = (root / "report" / "index.html").read_text("utf-8")
    assert all(name in page for name in NAMES.values())

    checked = gristmill("verify", root)
    assert checked.returncode == 0, checked.stdout + checked.stderr
