"""Memory that this process and those that it starts may use, which in a container is less than the machine has."""

import os
from collections.abc import Iterator

from corpus.store import cores

_V1 = ("memory",)


def usable() -> int:
    """Bytes: of the machine, and no more than its control groups allow."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_limits()])


def _limits() -> Iterator[int]:
    """Of this process's control groups; "max", and on v1 a number above all memory, are no limit."""
    for folder, version in cores.groups("memory", _V1):
        name = "memory.max" if version == 2 else "memory.limit_in_bytes"
        for line in cores.lines(folder / name):
            if line.isdecimal():
                yield int(line)
