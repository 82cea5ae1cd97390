"""What an undisturbed run writes."""

from pathlib import Path

import pytest

from tests.faults.runs import Place, place


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The recipe of all faults, finished on two cores of this machine."""
    made = place(tmp_path_factory.mktemp("undisturbed"))
    ended = made.run("--cores", "2")
    assert ended.code == 0, ended.err
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Place:
    """The same recipe, nothing written yet."""
    return place(tmp_path / "run")
