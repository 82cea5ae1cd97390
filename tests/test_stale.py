"""What changes bytes is never reused: each change here rebuilds what it must and only that; what changes none, nothing.

The finished run of the tests is planned again by a copy of the packages in which one thing is changed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("corpus", "filters", "jobs", "tokenizer")
AFTER_RELEASE = ["release", "train", "fertility", "encode", "shard", "report"]
AFTER_DECIDE = ["decide", "dedup", *AFTER_RELEASE]
AFTER_MEASURE = ["signals.length", "signals.language", "signals.repetition", "signals.stopwords", "signals.content"]
EVERYTHING = ["ingest", *AFTER_MEASURE, "signals.minhash", "decide", "pairs", "dedup", *AFTER_RELEASE]

Planned = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def planned(finished: Path, tmp_path: Path) -> Planned:
    """State and reason by stage, of the finished run, by a copy of the packages with some files changed."""

    def plan(changed: dict[str, tuple[str, str]], more: str = "", **versions: str) -> dict[str, tuple[str, str]]:
        copy = tmp_path / "copy"
        for package in PACKAGES:
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
        for name, (old, new) in changed.items():
            text = (copy / name).read_text("utf-8")
            assert text.count(old) == 1, name
            (copy / name).write_text(text.replace(old, new), "utf-8")
        for name, version in versions.items():
            made = copy / f"{name.replace('-', '_')}-{version}.dist-info"
            made.mkdir()
            (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        recipe = finished / "changed.toml"
        text = (finished / "tiny.toml").read_text("utf-8")
        recipe.write_text(text.replace("[ingest]\n", "[ingest]\n" + more), "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "jobs", "plan", str(recipe), "--root", str(finished / "out")],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            check=False,
        )
        recipe.unlink()
        assert done.returncode == 0, done.stderr
        lines = re.findall(r"^(reuse|resume|build) +(\S+) +[0-9a-f]{16} +(.*)$", done.stdout, re.M)
        assert len(lines) == 16
        return {name: (state, why) for state, name, why in lines}

    return plan


def built(found: dict[str, tuple[str, str]]) -> list[str]:
    return [name for name, (state, _) in found.items() if state != "reuse"]


def test_nothing_changed_is_reused(planned: Planned) -> None:
    assert built(planned({})) == []


def test_another_library_rebuilds_what_its_bytes_depend_on(planned: Planned) -> None:
    found = planned({}, phonenumberslite="9.99.42")
    assert built(found) == AFTER_RELEASE
    assert re.fullmatch(r"library phonenumberslite \S+ -> 9\.99\.42", found["release"][1])


def test_another_extractor_rebuilds_all(planned: Planned) -> None:
    found = planned({}, **{"chardetng-py": "99.0"})
    assert built(found) == EVERYTHING
    assert re.fullmatch(r"library chardetng-py \S+ -> 99\.0", found["ingest"][1])


def test_a_library_that_changes_files_alone_rebuilds_nothing(planned: Planned) -> None:
    assert built(planned({}, zstandard="99.0.0", pyarrow="99.0.0")) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected", "because"),
    [
        # A network of handles: what is found in texts.
        ("filters/pii/handle.py", "|youtube|", "|youtube|somewhere|", AFTER_RELEASE, "release"),
        # What a reason is called: verdicts say it, measurements do not.
        ("filters/length.py", 'reason="few_words"', 'reason="too_few_words"', AFTER_DECIDE, ""),
        # A constant of a kernel, two imports away from the stage.
        ("filters/kernels/minhash.py", "0xBF58476D1CE4E5B9", "0xBF58476D1CE4E5BB", None, "signals.minhash"),
        # What is done with what was found.
        (
            "corpus/texts/redaction.py",
            "\nclass Redacted:",
            "\nclass Redacted:\n    more: int = 1",
            AFTER_RELEASE,
            "release",
        ),
        # A template of the page.
        ("corpus/report/page.html", "</body>", "<hr></body>", ["report"], "report"),
        # Where shards end.
        ("corpus/shards/order.py", "0xFF51AFD7ED558CCD", "0xFF51AFD7ED558CCF", None, "encode"),
    ],
)
def test_changed_code_rebuilds_its_stage(
    planned: Planned, file: str, old: str, new: str, expected: list[str] | None, because: str
) -> None:
    found = planned({file: (old, new)})
    if because:
        assert re.fullmatch(
            rf"code of {re.escape(because)} differs from what version \d+ was recorded with", found[because][1]
        )
    if expected is not None:
        assert built(found) == expected


def test_new_key_of_a_table_rebuilds_its_stage(planned: Planned) -> None:
    """Whether or not its code is recorded: the key is among the parameters."""
    old = "    max_reject_share: "
    found = planned(
        {"corpus/sources/limits.py": (old, '    least: int = 3\n    """New."""\n' + old)}, more="least = 4\n"
    )
    assert built(found) == EVERYTHING
    assert "limits.least: null -> 4" in found["ingest"][1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("filters/pii/handle.py", "import re2\n", "import re2\n\n# Handles are names that people chose.\n"),
        ("corpus/texts/redaction.py", '"""', '"""Said otherwise. '),
        ("docs/recipe.md", "", ""),
    ],
)
def test_comments_and_docstrings_rebuild_nothing(planned: Planned, file: str, old: str, new: str) -> None:
    if file.startswith("docs"):
        assert built(planned({}, more="max_reject_share = 0.6\n")) == ["report"]  # judged later; the page says it
        return
    text = (ROOT / file).read_text("utf-8")
    first = text[: text.index(old) + len(old)]
    assert built(planned({file: (text, first.replace(old, new) + text[len(first) :])})) == []
