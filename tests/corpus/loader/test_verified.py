"""A digest is taken once, by whoever comes first, and again when a file changes."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DataError
from corpus.loader import verified
from tests.conftest import ROOT


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose digest was taken, in a process that remembers nothing itself."""
    found: list[str] = []
    whole = hashlib.file_digest

    def counted(file: Any, name: str) -> Any:
        found.append(Path(file.name).name)
        return whole(file, name)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(verified, "_KNOWN", set())
    return found


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process."""
    monkeypatch.setattr(verified, "_KNOWN", set())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_digest_is_taken_once_for_all_processes(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {}
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode())
        files[str(tmp_path / name)] = digest(name.encode())
    for _ in range(3):
        verified.verify(files)
        forget(monkeypatch)
    assert sorted(taken) == ["a", "b"]
    assert not list((tmp_path / "cache").rglob("*.lock"))


@pytest.mark.parametrize("keep_time", [False, True])
def test_file_that_changed_is_read_again(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch, keep_time: bool
) -> None:
    """Also one of the same size with its old time of change: its time of status is another."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    before = path.stat()
    verified.verify({str(path): digest(b"one")})
    time.sleep(0.02)  # a tick of the file system's clock
    path.write_bytes(b"two")
    if keep_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DataError, match="its manifest says"):
        verified.verify({str(path): digest(b"one")})
    forget(monkeypatch)
    with pytest.raises(DataError, match="its manifest says"):
        verified.verify({str(path): digest(b"one")})
    verified.verify({str(path): digest(b"two")})
    assert taken == ["a"] * 4


def test_a_wrong_file_is_never_remembered_and_another_digest_is_another(tmp_path: Path, taken: list[str]) -> None:
    (tmp_path / "a").write_bytes(b"one")
    for _ in range(2):
        with pytest.raises(DataError):
            verified.verify({str(tmp_path / "a"): digest(b"two")})
    verified.verify({str(tmp_path / "a"): digest(b"one")})
    with pytest.raises(DataError):
        verified.verify({str(tmp_path / "a"): digest(b"two")})
    assert len(taken) == 4


@pytest.mark.parametrize("mode", [0o777, 0o720])
def test_folder_that_others_may_write_is_not_believed(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    (tmp_path / "a").write_bytes(b"one")
    files = {str(tmp_path / "a"): digest(b"one")}
    verified.verify(files)
    (tmp_path / "cache" / "gristmill" / "digests").chmod(mode)
    forget(monkeypatch)
    with pytest.warns(UserWarning, match="set XDG_CACHE_HOME"):
        verified.verify(files)
    verified.verify(files)  # this process remembers
    assert taken == ["a", "a"]


def test_cache_that_cannot_be_made_costs_time_alone(
    tmp_path: Path, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "a").write_bytes(b"one")
    with pytest.warns(UserWarning, match="each process reads 1 files"):
        verified.verify({str(tmp_path / "a"): digest(b"one")})
    assert taken == ["a"]


def test_ranks_that_start_together_read_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(32 << 20))
    code = (
        "import hashlib, sys\n"
        "whole = hashlib.file_digest\n"
        "def counted(file, name):\n"
        "    print('read', flush=True)\n"
        "    return whole(file, name)\n"
        "hashlib.file_digest = counted\n"
        "from corpus.loader.verified import verify\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        f"verify({{{str(path)!r}: {digest(bytes(32 << 20))!r}}})\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    ranks = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        for _ in range(4)
    ]
    for rank in ranks:
        assert rank.stdout is not None
        assert rank.stdout.readline() == "ready\n"
    printed = []
    for rank in ranks:
        assert rank.stdin is not None
        rank.stdin.write("go\n")
        rank.stdin.flush()
    for rank in ranks:
        printed.append(rank.communicate()[0])
        assert rank.returncode == 0
    assert "".join(printed).count("read") == 1
