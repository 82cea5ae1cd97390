"""Cores that this process may use, which in a container are fewer than the machine has."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

# Linux, by `man 7 cgroups` and the kernel's admin-guide/cgroup-v2: v2 has a line "quota period" in microseconds, v1 a
# file for each. A limit of a group holds for the groups below it.
_OWN = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")
_V1 = ("cpu", "cpu,cpuacct")  # where systems mount it


def usable() -> int:
    """Those that the scheduler may put it on, and no more than its control groups' share of time; at least one."""
    # macOS and Windows have no affinity to ask for.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(-(-quota // period) for quota, period in _limits())]))


def _limits() -> Iterator[tuple[int, int]]:
    """Quota and period of this process's control groups; nothing where there are none."""
    for folder, version in groups("cpu", _V1):
        if version == 2:
            yield from _pairs(" ".join(lines(folder / "cpu.max")))
        else:
            yield from _pairs(" ".join(" ".join(lines(folder / f"cpu.cfs_{name}_us")) for name in ("quota", "period")))


def groups(controller: str, mounts: Sequence[str]) -> Iterator[tuple[Path, int]]:
    """Folders of this process's control groups and those above them, each with its version: 2, or 1, where a
    controller is mounted at one of `mounts`."""
    for line in lines(_OWN):
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from ((folder, 2) for folder in _upwards(_MOUNT, path))
        elif controller in controllers.split(","):
            yield from ((folder, 1) for mount in mounts for folder in _upwards(_MOUNT / mount, path))


def _upwards(mount: Path, path: str) -> Iterator[Path]:
    """A group's folder and those above it. In a container the path may be the host's: only the mount is here."""
    own = PurePosixPath(path.lstrip("/"))
    return (mount / folder for folder in (own, *own.parents))


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Nothing for "max" and -1, which are no limit."""
    numbers = text.split()
    if len(numbers) == 2 and all(number.isdecimal() for number in numbers) and int(numbers[1]):
        yield int(numbers[0]), int(numbers[1])


def lines(path: Path) -> list[str]:
    """Of a small file; none if it cannot be read."""
    try:
        return path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # another system, or a kernel without this controller
        return []
