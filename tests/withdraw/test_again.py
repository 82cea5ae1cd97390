"""What was withdrawn does not come back: not by a run of the same root, nor by a new crawl of another."""

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.planning import finished
from corpus.stages.ingest import INGEST
from tests.conftest import Gristmill
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(600)

PAGE = asked(url="https://www.site3.example.org/p/3")  # page 3, and its near copy with it
CRAWL = """
name = "crawl"

[[sources]]
name = "again"
path = "again.jsonl"

[withdrawals]
ledger = "{ledger}"
key = "{key}"
"""


def rejected(root: Path) -> Counter[str]:
    table = finished.open_release(str(root))[INGEST].table("rejects")
    rows = [one for part in range(table.parts) for one in table.read(part, ["reason", "detail"]).to_pylist()]
    return Counter(f"{one['reason']}: {one['detail'].partition(' about')[0]}" for one in rows)


def locators(root: Path) -> set[str]:
    table = finished.open_release(str(root))[INGEST].table("documents")
    return {
        str(one) for part in range(table.parts) for one in table.read(part, ["locator"]).column("locator").to_pylist()
    }


def test_a_source_that_changes_is_read_again_without_what_was_withdrawn(
    release: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root, recipe = release / "out", release / "whole.toml"
    withdraw(release, PAGE, asked(source="prompts"))
    with (release / "pages.jsonl").open("a", encoding="utf-8") as file:
        for name, text in (
            ("new", whole.text(77)),
            ("copy of 3", whole.text(3).upper()),
            ("near 3", whole.NEAR + " x"),
        ):
            file.write(json.dumps({"id": name, "text": f"{whole.LINE}\n{text}", "url": "https://new.test/"}) + "\n")
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "say [withdrawals] key, the one that `gristmill withdraw` was given" in done.stderr

    recipe.write_text(recipe.read_text("utf-8") + f'[withdrawals]\nkey = "{whole.KEY}"\n', "utf-8")
    done = gristmill("run", recipe, "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    assert locators(root) >= {"new", "page-4", "again"}
    assert not locators(root) & {"page-3", "near", "copy of 3", "near 3"}
    found = rejected(root)
    assert found.pop("withdrawn: a near copy, similarity") >= 1  # `near 3`; `near` is known as one that went
    assert found == {"withdrawn: the same content": 23}  # page 3, near, the copy, and all of the prompts
    assert gristmill("verify", root).returncode == 0
    assert " 0 built" in gristmill("plan", recipe, "--root", root).stdout


def test_a_new_crawl_elsewhere_is_read_under_the_ledger_that_its_recipe_names(
    release: Path, withdraw: Withdraw, gristmill: Gristmill, tmp_path: Path
) -> None:
    withdraw(release, PAGE)
    rows = {"own": whole.text(77), "same": f"{whole.LINE} {whole.text(3)}", "near": f"{whole.LINE} {whole.NEAR} zz"}
    rows |= {"half": " ".join(whole.text(3).split()[:40]) + " " + whole.text(78)}  # too little of it
    rows |= {"near of a copy": f"{whole.LINE} {whole.NEAR}"}
    (tmp_path / "again.jsonl").write_text(
        "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in rows.items()), "utf-8"
    )
    recipe = tmp_path / "crawl.toml"
    recipe.write_text(CRAWL.format(ledger=release / "out", key=whole.KEY), "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "new", "--until", "ingest", "--cores", "2")
    assert done.returncode == 0, done.stderr  # three of five are no rejects that speak against the source
    manifest = json.loads(next((tmp_path / "new" / "ingest").glob("*/manifest.json")).read_bytes())
    assert (manifest["counts"]["documents"], manifest["counts"]["rejects"]) == (2, 3)
    notes = {(one["kind"], one["detail"]): one["count"] for one in manifest["tallies"]["notes"]}
    assert notes["withdrawn", "records"] == 3
    written = b"".join(path.read_bytes() for path in (release / "out" / "withdrawals").rglob("*") if path.is_file())
    for word in (b"site3", b"page-3", whole.KEY.encode(), *(one.encode() for one in whole.text(3).split()[:3])):
        assert word not in written

    recipe.write_text(CRAWL.format(ledger=release / "out", key=whole.KEY[::-1]), "utf-8")
    done = gristmill("run", recipe, "--root", tmp_path / "wrong", "--until", "ingest", "--cores", "2")
    assert (done.returncode, "is not the one that the ledger" in done.stderr) == (2, True)
    recipe.write_text(CRAWL.format(ledger=tmp_path / "nowhere", key=whole.KEY), "utf-8")
    done = gristmill("plan", recipe, "--root", tmp_path / "wrong")
    assert (done.returncode, "holds no ledger" in done.stderr) == (2, True)
