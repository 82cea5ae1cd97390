"""Faults of one machine: workers, the driver, the disk, the limits that a shell sets."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.__main__ import main
from tests.faults import processes
from tests.faults.runs import Ended, Place, one_line, running

NARROW, MEASURING, WRITING = "ingest", "signals.length", "shard"
CAN_MOUNT = (
    sys.platform == "linux"
    and shutil.which("unshare") is not None
    and subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
)
mounted = pytest.mark.skipif(not CAN_MOUNT, reason="this machine lets nobody mount")


def same(place: Place, undisturbed: Place) -> None:
    """The command, given again, ends with the bytes of an undisturbed run, and they are whole."""
    again = place.run("--cores", "2")
    assert again.code == 0, again.err
    equal(place, undisturbed)


def equal(place: Place, undisturbed: Place) -> None:
    assert place.written() == undisturbed.written()
    assert main(["verify", str(place.root)]) == 0


@pytest.mark.faults
@pytest.mark.parametrize(
    ("stage", "engine"), [(NARROW, "pool"), (MEASURING, "pool"), (WRITING, "pool"), (NARROW, "spark")]
)
def test_worker_is_killed(stage: str, engine: str, fresh: Place, undisturbed: Place) -> None:
    with running(fresh, "--cores", "2", "--engine", engine) as run:
        caught = run.workers_in(stage)
        processes.send(caught[:1], signal.SIGKILL)
        processes.send(caught, signal.SIGCONT)
        ended = run.ended()
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


@pytest.mark.faults
def test_all_workers_are_killed(fresh: Place, undisturbed: Place) -> None:
    with running(fresh, "--cores", "2") as run:
        processes.send(run.workers_in(NARROW), signal.SIGKILL)
        ended = run.ended()
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("stage", [NARROW, MEASURING, WRITING])
def test_driver_is_killed(stage: str, fresh: Place, undisturbed: Place) -> None:
    with running(fresh, "--cores", "2") as run:
        caught = run.workers_in(stage)
        processes.send([run.pid], signal.SIGKILL)
        processes.send(caught, signal.SIGCONT)
        run.ended()
        processes.waited(lambda: not any(processes.command(pid) for pid in caught), 30)  # they die with it
    same(fresh, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("what", [signal.SIGTERM, signal.SIGINT])
def test_driver_is_asked_to_end(what: signal.Signals, fresh: Place, undisturbed: Place) -> None:
    with running(fresh, "--cores", "2") as run:
        caught = run.workers_in(NARROW)
        every = [run.pid, *processes.below(run.pid)]
        processes.send(caught, signal.SIGCONT)
        # A terminal sends Ctrl-C to all processes of its foreground, whoever else sends a signal to one.
        processes.send(every if what == signal.SIGINT else [run.pid], what)
        ended = run.ended(60)
        processes.waited(lambda: not any(processes.command(pid) for pid in caught), 30)
    assert ended.code in (128 + what, -what)
    assert "Traceback" not in ended.err, ended.err
    same(fresh, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("whom", ["worker", "driver"])
def test_process_stands_still(whom: str, fresh: Place, undisturbed: Place) -> None:
    with running(fresh, "--cores", "2") as run:
        caught = run.workers_in(NARROW)
        with processes.stopped([run.pid] if whom == "driver" else caught[:1]):
            if whom == "driver":
                processes.send(caught, signal.SIGCONT)
            time.sleep(3)
        processes.send(caught, signal.SIGCONT)
        ended = run.ended()
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


def on_disk(place: Place, options: str, *, before: str = "true") -> Ended:
    """A run on a disk of its own, mounted where nobody else sees it; what it wrote is copied back."""
    place.root.mkdir()
    kept = place.root.with_name("kept")
    script = (
        f'mount -t tmpfs -o {options} none "{place.root}" && {before} && "$@"; code=$?; '
        f'cp -a "{place.root}" "{kept}"; exit $code'
    )
    ended = place.run("--cores", "2", prefix=["unshare", "-m", "sh", "-c", script, "sh"])
    shutil.rmtree(place.root)
    kept.rename(place.root)
    return ended


@mounted
@pytest.mark.faults
@pytest.mark.parametrize("options", ["size=1m", "size=4m", "nr_inodes=60", "nr_inodes=200"])
def test_disk_is_full(options: str, fresh: Place, undisturbed: Place) -> None:
    ended = on_disk(fresh, options)
    assert "No space left" in one_line(ended)
    same(fresh, undisturbed)


@mounted
@pytest.mark.faults
def test_disk_is_read_only(fresh: Place, undisturbed: Place) -> None:
    ended = on_disk(fresh, "size=64m", before=f'mount -o remount,ro "{fresh.root}"')
    assert "Read-only file system" in one_line(ended)
    same(fresh, undisturbed)


@pytest.mark.faults
def test_few_files_may_be_open(fresh: Place, undisturbed: Place) -> None:
    ended = fresh.run("--cores", "2", prefix=["sh", "-c", 'ulimit -n 256; exec "$@"', "sh"])
    assert ended.code == 0, ended.err
    equal(fresh, undisturbed)


@pytest.mark.faults
def test_file_may_not_grow(fresh: Place, undisturbed: Place) -> None:
    ended = fresh.run("--cores", "2", prefix=["sh", "-c", 'ulimit -f 100; exec "$@"', "sh"])
    one_line(ended)
    same(fresh, undisturbed)


@pytest.mark.faults
def test_clock_goes_back(fresh: Place, undisturbed: Place) -> None:
    """What was written bears dates that lie ahead; nothing goes by them."""
    with running(fresh, "--cores", "2") as run:
        run.workers_in(WRITING)
        processes.send([run.pid, *processes.below(run.pid)], signal.SIGKILL)
        run.ended()
    ahead = time.time() + 10 * 365 * 86_400
    for folder, _, names in os.walk(fresh.root):
        for name in names:
            os.utime(Path(folder, name), (ahead, ahead))
    same(fresh, undisturbed)


@pytest.mark.faults
def test_two_runs_at_once(fresh: Place, undisturbed: Place) -> None:
    """One of them may be refused; what is there in the end is right."""
    with running(fresh, "--cores", "1") as one, running(fresh, "--cores", "1") as other:
        codes = {one.ended().code, other.ended().code}
    assert 0 in codes
    same(fresh, undisturbed)


@pytest.mark.faults
def test_home_and_temporary_folders_cannot_be_written(fresh: Place, undisturbed: Place) -> None:
    nowhere = {"HOME": "/proc/nowhere", "TMPDIR": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"}
    ended = fresh.run("--cores", "2", **nowhere)
    if ended.code:
        one_line(ended)
    else:
        equal(fresh, undisturbed)
