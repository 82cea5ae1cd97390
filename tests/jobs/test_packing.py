"""An environment as one file."""

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

from corpus.errors import RecipeError
from jobs.tools import packing


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / "env"
    venv.create(folder, symlinks=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "held.py").write_text("VALUE = 7\n")
    (site / "_gristmill.pth").write_text("/somewhere\n")
    (site / "twin.py").hardlink_to(site / "held.py")
    (folder / ".gristmill").write_text("stamp")
    script = folder / "bin" / "says"
    script.write_text(f"#!{folder}/bin/python\nimport held, sys\nprint(held.VALUE, sys.prefix)\n")
    script.chmod(0o755)
    return folder


def _kernels(folder: Path) -> None:
    (folder / "fold-1").mkdir()
    (folder / "fold-1" / "kernel.nbi").write_bytes(b"compiled")


def test_it_runs_where_it_is_unpacked(environment: Path, tmp_path: Path) -> None:
    archive = tmp_path / "env.tar.gz"
    packed = packing.pack(archive, prefix=environment, compile_into=_kernels)
    moved = tmp_path / "elsewhere"
    with tarfile.open(archive) as opened:
        assert packed == (len(opened.getnames()), archive.stat().st_size)
        assert {member.uid for member in opened} == {0}
    moved.mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", moved], check=True)
    environment.rename(tmp_path / "gone")
    path = f"{moved}/bin:/usr/bin:/bin"
    said = subprocess.run([moved / "bin" / "says"], env={"PATH": path}, capture_output=True, check=True, text=True)
    assert said.stdout.split() == ["7", str(moved)]
    assert (moved / packing.KERNELS / "fold-1" / "kernel.nbi").read_bytes() == b"compiled"
    assert not list(moved.rglob("_gristmill.pth"))
    assert not (moved / ".gristmill").exists()
    assert next(moved.rglob("twin.py")).read_text() == "VALUE = 7\n"


def test_another_interpreter(environment: Path, tmp_path: Path) -> None:
    archive = tmp_path / "env.tar.gz"
    packing.pack(archive, prefix=environment, python="/opt/python", compile_into=_kernels)
    with tarfile.open(archive) as opened:
        assert opened.getmember("bin/python").linkname == "/opt/python"


def test_a_failure_leaves_nothing(environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr(packing, "_add", full)
    with pytest.raises(OSError, match="no space"):
        packing.pack(tmp_path / "out.tar.gz", prefix=environment, compile_into=_kernels)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["env"]


def test_a_python_of_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(RecipeError, match="no virtual environment"):
        packing.pack(tmp_path / "out.tar.gz", compile_into=_kernels)
