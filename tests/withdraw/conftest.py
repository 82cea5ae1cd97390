"""Releases that documents are withdrawn from: each made once a process, and copied by who changes it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Gristmill
from tests.withdraw import whole

Withdraw = Callable[..., str]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRISTMILL_WITHDRAWAL_KEY", whole.KEY)


@pytest.fixture(scope="session", params=["best_fit", "documents"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A folder with the recipe `whole.toml` and its output in `out`. Tests leave it as it is."""
    folder = tmp_path_factory.mktemp(request.param)
    done = gristmill("run", whole.write(folder, packing=request.param), "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Path:
    """A copy of it, with recipe and inputs, to be changed: `out` below it is the root."""
    shutil.copytree(made, tmp_path / "own", symlinks=True)
    return tmp_path / "own"


@pytest.fixture
def withdraw(gristmill: Gristmill) -> Withdraw:
    """Withdraw from a folder's root; what it prints."""

    def run(folder: Path, *rows: dict[str, str], yes: bool = True) -> str:
        options = ("--yes",) if yes else ()
        done = gristmill("withdraw", folder / "out", whole.requests(folder, *rows), *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
