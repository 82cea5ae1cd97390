"""What reads the output may go before all is written: no line of noise, and a code of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, write_recipe


def closed(*arguments: str | Path, both: bool = False) -> tuple[int, str]:
    """Exit code and stderr of the command line whose stdout nobody reads, not even its first byte."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "jobs", *map(str, arguments)],
            cwd=ROOT,
            stdout=writing,
            stderr=writing if both else subprocess.PIPE,
            timeout=120,
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, (done.stderr or b"").decode()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("plan", "--help")])
def test_help_that_nobody_reads_is_quiet(arguments: tuple[str, ...]) -> None:
    code, said = closed(*arguments)
    assert code in (0, 141)  # argparse passes over what it could not write
    assert said == ""


def test_plan_that_nobody_reads_is_quiet(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    assert closed("plan", recipe, "--root", tmp_path / "out") == (141, "")
    assert closed("plan", recipe, "--root", tmp_path / "out", both=True)[0] == 141


def test_error_that_is_read_is_still_one_line(tmp_path: Path) -> None:
    code, said = closed("plan", tmp_path / "none.toml")
    assert code == 2
    assert said.startswith("gristmill: cannot read the recipe")
    assert said.count("\n") == 1
