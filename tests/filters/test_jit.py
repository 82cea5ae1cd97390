"""Kernels are compiled once a machine, by one of the processes that lack them, where something can be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
real = os.access
os.access = lambda path, mode: not str(path).endswith("kernels") and real(path, mode)
from filters.kernels import line_hashes
print(next(one for one in vars(line_hashes).values() if hasattr(one, "stats"))._cache.cache_path)
"""

# A kernel of a plug-in that takes in a constant of one module and a kernel of another.
PLUG_IN = {
    "plug/__init__.py": "",
    "plug/limits.py": "LIMIT = 3\n",
    "plug/inner.py": """
from filters.jit import njit
from plug.limits import LIMIT
@njit(cache=True, nogil=True)
def inner(x):
    return x + LIMIT
""",
    "plug/outer.py": """
from filters.jit import njit
from plug import inner
@njit(cache=True, nogil=True)
def outer(x):
    return 10 * inner.inner(x)
""",
}
CALL = """
import sys
sys.path.insert(0, sys.argv[1])
from plug.outer import outer
print(outer(1), sum(outer.stats.cache_misses.values()))
"""


def start(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
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
    assert Path(told(start(PLACE, **environment))).parent == tmp_path / f"gristmill-{os.getuid()}" / "numba"
    own = told(start(PLACE, **{**environment, "NUMBA_CACHE_DIR": str(tmp_path / "own")}))
    assert Path(own).parent == tmp_path / "own"


def plug_in(folder: Path) -> Path:
    for name, text in PLUG_IN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def called(path: Path, cache: str) -> tuple[int, int]:
    """(what the kernel gives, signatures that were compiled here)."""
    result, compiled = told(start(CALL, str(path), NUMBA_CACHE_DIR=cache)).split()
    return int(result), int(compiled)


@pytest.mark.parametrize("cache", ["", "own"])
def test_kernel_is_compiled_again_when_what_it_has_taken_in_changes(tmp_path: Path, cache: str) -> None:
    folder = plug_in(tmp_path / "a")
    place = str(tmp_path / cache) if cache else ""
    assert called(folder, place) == (40, 1)
    assert called(folder, place) == (40, 0)
    (folder / "plug" / "limits.py").write_text("LIMIT = 4\n", "utf-8")
    assert called(folder, place) == (50, 1)


def test_kernel_is_found_wherever_its_package_lies(tmp_path: Path) -> None:
    """In another folder, and in a zip, whose path in an executor is another each time."""
    cache = str(tmp_path / "cache")
    folder = plug_in(tmp_path / "a")
    assert called(folder, cache) == (40, 1)
    shutil.copytree(folder, tmp_path / "b", ignore=shutil.ignore_patterns("__pycache__"))
    assert called(tmp_path / "b", cache) == (40, 0)
    archive = shutil.make_archive(str(tmp_path / "c"), "zip", tmp_path / "b")
    assert called(Path(archive), cache) == (40, 0)
