"""Worker processes: what one does when it dies, hangs or grows costs its task alone; none outlives its parent."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pytest
from numba.core import entrypoints

from corpus.errors import DataError, RecipeError
from jobs.engine import collector
from jobs.engine.pool import pool as pools
from jobs.engine.pool.pool import DefectError, Pool
from tests.conftest import ROOT


@pytest.fixture
def pool() -> Iterator[Pool]:
    found = Pool(2)
    yield found
    found.stop()


@dataclass(frozen=True)
class Once:
    """Number 2 goes wrong the first time that it is run, or every time. Each run of a number leaves a file."""

    folder: str
    how: str
    always: bool = False

    def __call__(self, number: int) -> int:
        place = Path(self.folder)
        first = not list(place.glob(f"{number}-*"))
        (place / f"{number}-{time.monotonic_ns()}").touch()
        if number == 2 and (first or self.always):
            getattr(self, self.how)()
        time.sleep(0.02)
        return number * number

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def leave(self) -> None:
        os._exit(3)

    def hang(self) -> None:
        time.sleep(60)

    def grow(self) -> None:
        held = [np.ones(1 << 24) for _ in range(8)]  # 1 GB
        time.sleep(60)
        raise AssertionError(len(held))

    def lack(self) -> None:
        raise MemoryError

    def refuse(self) -> None:
        raise RecipeError("mend the recipe")

    def lose(self) -> None:
        raise PermissionError(13, "Permission denied", "there/file")

    def err(self) -> None:
        raise ZeroDivisionError("a defect")


def runs(folder: Path) -> list[int]:
    """How often each of six numbers was run."""
    return [len(list(folder.glob(f"{number}-*"))) for number in range(6)]


def name(number: int) -> str:
    return f"part {number} (file-{number})"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("die", "the worker was ended by SIGKILL"),
        ("leave", "the worker ended with exit code 3"),
        ("hang", "the worker used no processor time for 1 s"),
        ("grow", "the worker passed its 0.5 GiB of memory"),
        ("lack", "the worker could not get the memory that it asked for"),
    ],
)
def test_worker_that_is_lost_costs_its_task_alone(
    pool: Pool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    how: str,
    said: str,
) -> None:
    monkeypatch.setattr(pools, "STILL_SECONDS", 1.0)
    pool.limit = 1 << 29
    found = pool.run("stage", range(6), Once(str(tmp_path), how), name)
    assert found == {number: number * number for number in range(6)}
    assert runs(tmp_path) == [1, 1, 2, 1, 1, 1]
    assert capsys.readouterr().err == (f"gristmill: stage, part 2 (file-2): {said}; its task is tried again (2 of 4)\n")


def test_task_that_ends_every_worker_stops_the_run_with_one_line(
    pool: Pool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DataError, match=r"^stage, part 2 \(file-2\): the worker was ended by SIGKILL, 4 times: ") as no:
        pool.run("stage", range(6), Once(str(tmp_path), "die", always=True), name)
    assert "\n" not in str(no.value)
    assert runs(tmp_path)[2] == 4
    assert capsys.readouterr().err.count("tried again") == 3
    assert pool.run("stage", [0, 1], Once(str(tmp_path), "die"), name) == {0: 0, 1: 1}  # the pool is whole again


@pytest.mark.parametrize(
    ("how", "kind", "said"),
    [
        ("refuse", RecipeError, "^mend the recipe$"),
        ("lose", DataError, "^there/file: Permission denied; check free space"),
        ("err", DefectError, r"(?s)^stage, part 2 \(file-2\):\nTraceback .*ZeroDivisionError: a defect"),
    ],
)
def test_error_of_a_task_is_not_tried_again(
    pool: Pool, tmp_path: Path, how: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        pool.run("stage", range(6), Once(str(tmp_path), how), name)
    assert runs(tmp_path)[2] == 1


def test_worker_that_ended_while_it_was_idle_is_replaced(pool: Pool, tmp_path: Path) -> None:
    work = Once(str(tmp_path), "err")
    pool.run("stage", [0, 1], work, name)
    for worker in pool._workers:
        worker.process.kill()
        worker.process.join()
    assert pool.run("stage", [0, 1], work, name) == {0: 0, 1: 1}


@dataclass(frozen=True)
class Order:
    file: str

    def __call__(self, number: int) -> None:
        with open(self.file, "a", encoding="ascii") as file:
            file.write(f"{number} {os.getpid()}\n")


def test_numbers_are_handed_out_in_order_and_workers_stay(tmp_path: Path) -> None:
    pool = Pool(1)
    numbers = [3, 1, 2, 0]
    for _ in range(2):
        pool.run("stage", numbers, Order(str(tmp_path / "log")), name)
    rows = [line.split() for line in (tmp_path / "log").read_text("ascii").splitlines()]
    pool.stop()
    assert [int(number) for number, _ in rows] == numbers * 2
    assert len({process for _, process in rows}) == 1


# Without a guard: no worker runs it again.
DRIVER = """
import sys
from jobs.engine.pool.pool import Pool
from tests.jobs.test_pool import Forever

Pool(2).run("stage", range(2), Forever(*sys.argv[1:]), str)
"""


@dataclass(frozen=True)
class Forever:
    """Sleeps, or computes without an end; leaves the number of its process."""

    folder: str
    how: str

    def __call__(self, number: int) -> None:
        Path(self.folder, f"{number}-{os.getpid()}").touch()
        while True:
            if self.how == "sleep":
                time.sleep(60)


def wait_for(wanted: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("how", ["sleep", "compute"])
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path, how: str) -> None:
    (tmp_path / "driver.py").write_text(DRIVER, "utf-8")
    command = [sys.executable, str(tmp_path / "driver.py"), str(tmp_path), how]
    driver = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT)
    wait_for(lambda: len(list(tmp_path.glob("[01]-*"))) == 2)
    below = psutil.Process(driver.pid).children(recursive=True)
    workers = [int(path.name.partition("-")[2]) for path in tmp_path.glob("[01]-*")]
    assert {*workers} <= {process.pid for process in below}
    driver.kill()
    driver.wait()
    wait_for(lambda: all(gone(process.pid) for process in below), 10)


def loaded(_: int) -> tuple[bool, int, int, bool]:
    pa.array([0])  # PyArrow looks for pandas
    return entrypoints._already_initialized, gc.get_freeze_count(), gc.get_threshold()[0], "pandas" in sys.modules


def test_workers_are_forked_from_a_process_that_has_loaded_what_kernels_need() -> None:
    """Before the first kernel is called, and out of reach of the collector; and nothing that no task uses."""
    pool = Pool(1)
    try:
        types, frozen, objects, pandas = pool.run("test", [0], loaded, str)[0]
    finally:
        pool.stop()
    assert types
    assert frozen > 100_000
    assert objects == collector._OBJECTS
    assert not pandas
