"""Kernels are compiled once a machine, by one of the processes that lack them, where something can be written."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

# Two signatures of a kernel and what it calls; how many of them were compiled here.
CALLS = """
import numpy as np
from filters.kernels import line_hashes
line_hashes.hash_lines(np.frombuffer(b"a b c\\nd e f\\n", np.uint8), np.array([0, 12], np.int32))
found = [one for one in vars(line_hashes).values() if hasattr(one, "stats")]
print(sum(sum(one.stats.cache_misses.values()) for one in found), len(found))
"""

PLACE = """
import os
os.access = lambda *_: False
import filters.jit, numba
print(numba.config.CACHE_DIR)
"""


def start(code: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def told(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    return out.strip()


def test_of_processes_that_lack_a_kernel_one_compiles(tmp_path: Path) -> None:
    at_once = [start(CALLS, NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(3)]
    compiled = sorted(int(told(process).split()[0]) for process in at_once)
    assert compiled[-1] > 0
    again = told(start(CALLS, NUMBA_CACHE_DIR=str(tmp_path))).split()
    assert again[0] == "0"
    alone = int(told(start(CALLS, NUMBA_CACHE_DIR=str(tmp_path / "alone"))).split()[0])
    assert sum(compiled) == alone  # each signature by one of them


def test_kernels_are_kept_where_something_can_be_written(tmp_path: Path) -> None:
    """Neither beside the source nor in the home folder."""
    environment = {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none", "TMPDIR": str(tmp_path), "NUMBA_CACHE_DIR": ""}
    assert told(start(PLACE, **environment)) == str(tmp_path / f"gristmill-{os.getuid()}" / "numba")
    assert told(start(PLACE, **{**environment, "NUMBA_CACHE_DIR": str(tmp_path / "own")})) == str(tmp_path / "own")
