"""A withdrawal whose process is killed (SIGKILL, so that nothing of it runs any more) ends the same when it is given
again, wherever it was."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Gristmill, tree
from tests.faults import processes
from tests.withdraw import whole
from tests.withdraw.conftest import Withdraw
from tests.withdraw.whole import asked

pytestmark = [pytest.mark.timeout(1800), pytest.mark.parametrize("made", ["best_fit"], indirect=True)]

REQUESTS = (
    asked(url="https://www.site3.example.org/p/3"),
    asked(url="https://www.site2.example.org/p/7", copies="stay"),  # which holds a passage
)
MOMENTS = 12  # of the time of a withdrawal, by what it has written


def killed(root: Path, requests: Path, when: Callable[[], bool]) -> bool:
    """Withdraw in a process of its own, which is killed as soon as that is so; whether it came to that."""
    command = [sys.executable, "-m", "jobs", "withdraw", str(root), str(requests), "--yes", "--cores", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not when():
            time.sleep(0.001)
        below = processes.below(process.pid)
        process.kill()
        process.wait()
    processes.waited(lambda: not any(processes.command(pid) for pid in below), 30)  # they die with it
    return process.returncode == -signal.SIGKILL


def files(root: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(root))


@pytest.fixture
def wanted(release: Path, tmp_path: Path, withdraw: Withdraw) -> tuple[Path, dict[str, bytes], int]:
    """The file of requests; what an undisturbed withdrawal leaves, and how many files it adds."""
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(release, undisturbed, symlinks=True)
    before = files(undisturbed / "out")
    withdraw(undisturbed, *REQUESTS)
    return whole.requests(release, *REQUESTS), tree(undisturbed / "out"), files(undisturbed / "out") - before


def test_killed_in_the_middle_it_ends_the_same(
    release: Path, wanted: tuple[Path, dict[str, bytes], int], withdraw: Withdraw, gristmill: Gristmill
) -> None:
    root, (requests, left, _) = release / "out", wanted
    before = {*root.glob("*/*/manifest.json")}

    def three_are_patched() -> bool:
        return len({*root.glob("*/*/manifest.json")} - before) >= 3

    assert killed(root, requests, three_are_patched)
    assert gristmill("plan", release / "whole.toml", "--root", root).returncode == 2
    assert "was cut off, and goes on" in withdraw(release, *REQUESTS)
    assert tree(root) == left
    assert gristmill("verify", root).returncode == 0


@pytest.mark.faults
def test_killed_at_any_moment_it_ends_the_same(
    release: Path, tmp_path: Path, wanted: tuple[Path, dict[str, bytes], int], withdraw: Withdraw
) -> None:
    requests, left, added = wanted
    caught = 0
    for moment in range(MOMENTS):
        folder = tmp_path / f"moment-{moment}"
        shutil.copytree(release, folder, symlinks=True)
        root = folder / "out"
        there, many = files(root), 1 + added * moment // MOMENTS
        caught += killed(root, requests, lambda root=root, enough=there + many: files(root) >= enough)  # type: ignore[misc]
        withdraw(folder, *REQUESTS)
        assert tree(root) == left, moment
        shutil.rmtree(folder)
    assert caught > MOMENTS // 2


@pytest.mark.faults
def test_killed_again_and_again_it_gets_on(
    release: Path, wanted: tuple[Path, dict[str, bytes], int], withdraw: Withdraw
) -> None:
    root, (requests, left, _) = release / "out", wanted
    rounds = 0
    while True:
        there = len([*root.glob("*/*/manifest.json")])
        if not killed(root, requests, lambda there=there: len([*root.glob("*/*/manifest.json")]) > there):  # type: ignore[misc]
            break
        rounds += 1
    assert rounds > 5
    withdraw(release, *REQUESTS)
    assert tree(root) == left
