"""Files generated once for all runs appear whole, and nothing is left beside them where that fails."""

import os
from pathlib import Path

import pytest

from jobs.engine.spark.java import java_home
from jobs.engine.spark.start import Start


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path / "gristmill"


def test_launcher_is_an_executable_alone_in_its_folder(cache: Path) -> None:
    launcher = Path(java_home(), "bin", "java")
    assert os.access(launcher, os.X_OK)
    assert [path for path in cache.rglob("*") if path.is_file()] == [launcher]


def test_settings_of_the_log_are_alone_in_their_folder(cache: Path) -> None:
    for verbose in (False, True, False):
        assert "rootLogger" in Start(cores=1, verbose=verbose)._log4j().read_text("utf-8")
    assert sorted(path.name for path in cache.iterdir()) == ["log4j2-loud.properties", "log4j2-quiet.properties"]


def test_file_that_cannot_be_moved_into_place_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(Path, "replace", fail)
    monkeypatch.setattr(os, "replace", fail)
    for make in (java_home, Start(cores=1)._log4j):
        with pytest.raises(PermissionError, match="no"):
            make()
    assert [path for path in cache.rglob("*") if path.is_file()] == []
