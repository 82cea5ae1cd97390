"""The record is true: of every stage the code that runs, and what the small runs of the tests hold.

Where one of these fails, bytes changed or may have: raise the version of the stage, or, if the content of small runs is
the same, record the code again by `scripts/golden`.
"""

from pathlib import Path

import pytest

from corpus.golden import baseline
from corpus.planning import finished as releases
from corpus.verify import baseline as recorded
from tests.conftest import Gristmill
from tests.every import write_every

HINT = "of a new stage, or if its content is the same, run scripts/golden; else raise its version"


def test_code_of_every_stage_is_what_its_version_was_recorded_with() -> None:
    known = baseline.load()
    running = recorded.running()
    changed = [name for name, version in running.items() if known.code(name, version) != recorded.code_of(name)]
    assert changed == [], HINT
    assert sorted(known) == sorted(f"{name}@{version}" for name, version in running.items())


def test_small_run_holds_what_was_recorded(finished: Path) -> None:
    assert recorded.differences("tiny", str(finished / "out")) == [], HINT
    stages = releases.open_release(str(finished / "out")).stages
    known = baseline.load()
    assert [n for n, built in stages.items() if not known.content(n, recorded.version(built), "tiny")] == ["fertility"]


def test_run_of_every_stage_holds_what_was_recorded(tmp_path: Path, gristmill: Gristmill) -> None:
    done = gristmill("run", write_every(tmp_path), "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert recorded.differences("every", str(tmp_path / "out")) == [], HINT


def test_another_content_is_seen(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = baseline.load()
    other = known.with_content("release", recorded.running()["release"], "tiny", {"corpus": "0" * 32, "more": "1" * 32})
    monkeypatch.setattr(baseline, "load", lambda: other)
    found = recorded.differences("tiny", str(finished / "out"))
    assert [line.split(" holds")[0] for line in found] == [
        f"tiny: table {table} of release@{recorded.running()['release']}" for table in ("corpus", "more", "redactions")
    ]
