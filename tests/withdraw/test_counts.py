"""What a patched release counts: as stages count that are built on what is left, or said to be as it was built."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpus.planning import finished
from corpus.stages.built import Finished
from corpus.stages.report import REPORT
from corpus.stages.withdrawn import AS_BUILT
from tests.conftest import Gristmill
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.test_patch import REQUESTS
from tests.withdraw.whole import asked

pytestmark = pytest.mark.timeout(900)

# Another tokenizer is trained on what is left, so tokens and all that is made of them are others.
TRAINED = {"train", "fertility", "encode", "splits", "buckets", "mix", "shard", "report"}
MEASURED = ("ingest", "decide", "signals.")  # stay patched, with the language that a verdict had


def counts(release: Finished, names: Iterable[str]) -> dict[str, Any]:
    """Counts and tallies by stage, but for those that are as they were built."""
    return {
        name: {
            key: value
            for key, value in {**release.stages[name].counts, **release.stages[name].manifest.tallies}.items()
            if key not in AS_BUILT.get(name, ())
        }
        for name in sorted(names)
    }


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """The whole recipe, whose pages are compared as code too."""
    folder = tmp_path_factory.mktemp("code")
    recipe = whole.write(folder)
    recipe.write_text(recipe.read_text("utf-8").replace('languages = ["*"]', 'sources = ["pages"]'), "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return folder


def test_counts_are_those_of_stages_that_are_built_on_what_is_left(
    code: Path, tmp_path: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    shutil.copytree(code, tmp_path / "own", symlinks=True)
    root = tmp_path / "own" / "out"
    assert finished.open_release(str(root)).stages["code"].counts["contents"] > 20
    withdraw(tmp_path / "own", *REQUESTS[:4], REQUESTS[5])
    patched = finished.open_release(str(root))
    names = [one for one in patched.stages if one not in TRAINED and not one.startswith(MEASURED)]
    before = counts(patched, names)
    for name in names:
        shutil.rmtree(patched.stages[name].folder)
    done = gristmill("run", tmp_path / "own" / "whole.toml", "--root", root, "--cores", "2")
    assert done.returncode == 0, done.stderr
    again = finished.open_release(str(root))
    identities: list[Any] = [again.stages[name].manifest.identity for name in names]
    assert all("withdrawn" not in one for one in identities)
    assert counts(again, names) == before


def test_the_report_names_the_counts_that_are_as_they_were_built(
    code: Path, tmp_path: Path, withdraw: Withdraw, gristmill: Gristmill
) -> None:
    shutil.copytree(code, tmp_path / "own", symlinks=True)
    root = tmp_path / "own" / "out"

    def told() -> tuple[dict[str, Any], str]:
        folder = Path(finished.open_release(str(root))[REPORT].folder) / "report"
        return json.loads((folder / "facts.json").read_bytes())["withdrawn"], (folder / "index.html").read_text("utf-8")

    was = finished.open_release(str(root))
    facts, page = told()
    assert facts == {"documents": 0, "as_built": []}
    assert "Nothing was withdrawn" in page
    withdraw(tmp_path / "own", asked(url="https://www.site3.example.org/p/3"))
    facts, page = told()
    assert facts["documents"] == 2
    found = {row["stage"]: row for row in facts["as_built"]}
    assert found.keys() == AS_BUILT.keys()
    for name, row in found.items():
        own = was.stages[name].counts
        wanted = own if row["all"] else {one: own[one] for one in AS_BUILT[name]}
        assert row["counts"] == wanted, name
    assert "Nothing was withdrawn" not in page
    assert f"contents {was.stages['code'].counts['contents']}" in page
