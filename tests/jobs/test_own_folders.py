"""Folders of generated files are this user's alone; tables are not for all the world."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from corpus.store import storage
from filters import own_folders
from jobs import build
from jobs.engine.spark.java import java_home
from jobs.engine.spark.start import Start
from tests.conftest import write_recipe


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the folder in the temporary one is called; home cannot be written."""
    (tmp_path / "home").write_text("no folder", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    own_folders._fresh.cache_clear()
    return tmp_path / "tmp" / f"gristmill-{os.getuid()}"


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_that_cannot_be_written_is_done_without(shared: Path) -> None:
    assert own_folders.cache_folder() == own_folders.temporary_folder() == shared
    assert rights(shared) == 0o700
    assert Path(java_home()).parent == shared
    assert Start(cores=1)._log4j().parent == shared


@pytest.mark.parametrize("how", ["writable", "link", "file", "other's"])
def test_folder_that_somebody_made_beforehand_is_not_used(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        shared.symlink_to(tmp_path / "elsewhere")
    elif how == "file":
        shared.write_bytes(b"")
    else:
        shared.mkdir(mode=0o700)
        if how == "writable":
            shared.chmod(0o777)
        elif os.getuid() == 0:
            os.chown(shared, 12345, 12345)
        else:
            monkeypatch.setattr(os, "getuid", lambda: 12345)
            shared.rename(shared.with_name("gristmill-12345"))
    found = own_folders.cache_folder()
    assert found != shared
    assert found.parent == shared.parent
    assert (rights(found), found.stat().st_uid) == (0o700, os.geteuid())
    assert own_folders.temporary_folder() == found
    assert found in Path(java_home()).parents


def test_home_of_others_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "gristmill").mkdir()
    (tmp_path / "gristmill").chmod(0o757)
    assert own_folders.cache_folder() == tmp_path / f"gristmill-{os.getuid()}"


@pytest.mark.parametrize(
    ("made", "folder", "file"), [(None, 0o750, 0o640), (0o755, 0o755, 0o644), (0o700, 0o700, 0o600)]
)
def test_tables_have_the_rights_of_their_root(tmp_path: Path, made: int | None, folder: int, file: int) -> None:
    from corpus.planning import recipe

    root = tmp_path / "out"
    if made:
        root.mkdir()
        root.chmod(made)
    before = os.umask(0o022)
    try:
        build.check_root(recipe.load(str(write_recipe(tmp_path)), root=str(root)))
        storage.publish_bytes(str(root / "ingest" / "x" / "documents"), "part", b"text")
    finally:
        os.umask(before)
    assert [rights(path) for path in (root, root / "ingest", root / "ingest/x/documents")] == [folder] * 3
    assert rights(root / "ingest/x/documents/part") == rights(root / ".gristmill") == file
