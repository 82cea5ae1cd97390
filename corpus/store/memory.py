"""Memory that this process and those that it starts may use, which in a container is less than the machine has."""

import os
import re
from collections.abc import Iterator

from corpus.store import cores

_V1 = ("memory",)
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgt]?)(i?)b?", re.IGNORECASE)
_LEAST = 1 << 30  # one worker with its libraries holds half of it


def usable() -> int:
    """Bytes: of the machine, and no more than its control groups allow."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_limits()])


def size(text: str) -> int:
    """Bytes of a size as people write it. Raises ValueError for what is none, and for less than a run can do with.

    >>> size("48 GB"), size("1.5GiB"), size("2g")
    (48000000000, 1610612736, 2000000000)
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'{text!r} is no size: write it as "48 GB" or "64 GiB"')
    step = 1024 if found[3] else 1000
    bytes_ = int(float(found[1]) * step ** ("", "k", "m", "g", "t").index(found[2].lower()))
    if bytes_ < _LEAST:
        raise ValueError(f"{text!r} is {bytes_:,} bytes, and a worker needs {_LEAST:,}: give more")
    return bytes_


def _limits() -> Iterator[int]:
    """Of this process's control groups; "max", and on v1 a number above all memory, are no limit."""
    for folder, version in cores.groups("memory", _V1):
        name = "memory.max" if version == 2 else "memory.limit_in_bytes"
        for line in cores.lines(folder / name):
            if line.isdecimal():
                yield int(line)
