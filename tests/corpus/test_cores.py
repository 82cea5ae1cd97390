"""Cores: as many as the scheduler allows, fewer where a control group limits time, some answer on any system."""

import os
from pathlib import Path

import pytest

from corpus.store import cores


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a system of which the process may use eight cores, without control groups."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(cores, "_OWN", tmp_path / "own")
    monkeypatch.setattr(cores, "_MOUNT", tmp_path / "mount")
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", "ascii")


def test_cores_are_those_of_the_scheduler_where_there_are_no_control_groups(system: Path) -> None:
    assert cores.usable() == 8


@pytest.mark.parametrize(("count", "expected"), [(6, 6), (None, 1)])
def test_cores_are_those_of_the_machine_where_affinity_is_unknown(
    system: Path, monkeypatch: pytest.MonkeyPatch, count: int | None, expected: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert cores.usable() == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"own": "0::/", "mount/cpu.max": "200000 100000"}, 2),
        ({"own": "0::/", "mount/cpu.max": "150000 100000"}, 2),
        ({"own": "0::/", "mount/cpu.max": "1000 100000"}, 1),
        ({"own": "0::/", "mount/cpu.max": "max 100000"}, 8),
        ({"own": "0::/", "mount/cpu.max": "9900000 100000"}, 8),
        (
            {"own": "0::/a.slice/b", "mount/a.slice/cpu.max": "300000 100000", "mount/a.slice/b/cpu.max": "max 100000"},
            3,
        ),
        ({"own": "0::/a.slice/b", "mount/b/cpu.max": "300000 100000"}, 8),
        ({"own": "0::/hosts/own/path", "mount/cpu.max": "400000 100000"}, 4),
        ({"own": "0::/", "mount/cpu.max": ""}, 8),
    ],
)
def test_cores_are_no_more_than_a_group_of_version_2_has(system: Path, files: dict[str, str], expected: int) -> None:
    write(system, files)
    assert cores.usable() == expected


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
@pytest.mark.parametrize(("quota", "expected"), [("250000", 3), ("-1", 8)])
@pytest.mark.parametrize("folder", ["docker/1", "."])
def test_cores_are_no_more_than_a_group_of_version_1_has(
    system: Path, mount: str, quota: str, expected: int, folder: str
) -> None:
    files = {f"mount/{mount}/{folder}/cpu.cfs_quota_us": quota, f"mount/{mount}/{folder}/cpu.cfs_period_us": "100000"}
    write(system, {"own": "5:memory:/docker/1\n4:cpu,cpuacct:/docker/1", **files})
    assert cores.usable() == expected


def test_cores_of_this_process_are_no_more_than_it_may_be_scheduled_on() -> None:
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    assert 1 <= cores.usable() <= allowed
