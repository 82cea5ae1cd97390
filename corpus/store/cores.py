"""Cores that this process may use, which in a container are fewer than the machine has."""

import os
from collections.abc import Iterator
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
    for line in _lines(_OWN):
        _, controllers, path = line.split(":", 2)
        if not controllers:
            for folder in _upwards(_MOUNT, path):
                yield from _pairs(" ".join(_lines(folder / "cpu.max")))
        elif "cpu" in controllers.split(","):
            for mount in _V1:
                for folder in _upwards(_MOUNT / mount, path):
                    texts = (" ".join(_lines(folder / f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
                    yield from _pairs(" ".join(texts))


def _upwards(mount: Path, path: str) -> Iterator[Path]:
    """A group's folder and those above it. In a container the path may be the host's: only the mount is here."""
    own = PurePosixPath(path.lstrip("/"))
    return (mount / folder for folder in (own, *own.parents))


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Nothing for "max" and -1, which are no limit."""
    numbers = text.split()
    if len(numbers) == 2 and all(number.isdecimal() for number in numbers) and int(numbers[1]):
        yield int(numbers[0]), int(numbers[1])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # another system, or a kernel without this controller
        return []
