"""The driver is given a bounded number of tallies, and draws the same report of them."""

import shutil
from pathlib import Path

import pytest

from corpus.planning.opening import open_plan
from jobs import build
from jobs.engine.job import Job
from jobs.engine.session import Session
from jobs.stages import report
from tests.conftest import tree


def test_parts_tallied_in_groups_give_the_same_report(
    finished: Path, copied: Path, either: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {name: data for name, data in tree(copied).items() if name.startswith("report/")}
    for path in (copied / "report").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    groups: list[int] = []
    call = Job.emit

    def emit(job: object, parts: int, *rest: object, **more: object) -> object:
        groups.append(parts)
        return call(job, parts, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(report, "_MOST_TALLIES", 1)
    monkeypatch.setattr(Job, "emit", emit)
    made = open_plan(str(finished / "tiny.toml"), str(copied))
    build.run(made, either, lambda _: None)
    assert groups[0] == 1  # of two parts
    found = {name: data for name, data in tree(copied).items() if name.startswith("report/")}
    assert found == expected
