"""Memory: the machine's, and less where a control group limits it."""

import os
from pathlib import Path

import pytest

from corpus.store import cores, memory

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, MACHINE),
        ({"own": "0::/", "mount/memory.max": "1073741824"}, 1 << 30),
        ({"own": "0::/", "mount/memory.max": "max"}, MACHINE),
        ({"own": "0::/a/b", "mount/a/memory.max": "2097152", "mount/a/b/memory.max": "max"}, 1 << 21),
        ({"own": "4:memory:/a", "mount/memory/a/memory.limit_in_bytes": "1048576"}, 1 << 20),
        ({"own": "4:memory:/", "mount/memory/memory.limit_in_bytes": "9223372036854771712"}, MACHINE),
        ({"own": "4:cpu:/a", "mount/memory/a/memory.limit_in_bytes": "1048576"}, MACHINE),
    ],
)
def test_memory_is_no_more_than_a_group_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: int
) -> None:
    monkeypatch.setattr(cores, "_OWN", tmp_path / "own")
    monkeypatch.setattr(cores, "_MOUNT", tmp_path / "mount")
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", "ascii")
    assert memory.usable() == expected
