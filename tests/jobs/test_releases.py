"""Releases of a root: names, stable paths, what lies there, and what no release needs."""

import os
from pathlib import Path

import datasets
import pytest

from corpus.errors import DataError, RecipeError
from corpus.planning import outputs
from corpus.store import current, leases, releases, storage
from jobs.tools import stored
from jobs.verbs import path
from tests.conftest import Gristmill, tree
from tests.corpus.object_store import ObjectStore, serving

OLD, NEW, OTHER = "0" * 16, "1" * 16, "2" * 16


def _stage(root: str, stage: str, mark: str, *, manifest: bool = True, receipts: bool = True) -> None:
    place = storage.join(root, stage, mark)
    storage.publish_bytes(storage.join(place, "rows"), "part-0", b"rows")
    if receipts:
        storage.publish_bytes(storage.join(place, "receipts", "parts"), "000000.json", b"{}")
    if manifest:
        storage.publish_bytes(place, "manifest.json", b"{}")


def _two_runs(root: str) -> None:
    """One is tagged v1, the next shares its ingest, and one was stopped on the way."""
    for stage, mark in (("ingest", OLD), ("decide", OLD), ("decide", NEW), ("decide", OTHER)):
        _stage(root, stage, mark)
    _stage(root, "release", OTHER, manifest=False)
    current.write(root, {"ingest": OLD, "decide": OLD})
    releases.give_name(root, "v1")
    current.write(root, {"ingest": OLD, "decide": NEW})


def test_gc_removes_what_neither_the_last_run_nor_a_name_needs(tmp_path: Path) -> None:
    root = str(tmp_path)
    _two_runs(root)
    assert [one.name for one in stored.unneeded(root, unfinished=False)] == [f"decide/{OTHER}"]
    everything = stored.unneeded(root, unfinished=True)
    assert [one.name for one in everything] == [f"decide/{OTHER}", f"release/{OTHER}"]
    before = tree(tmp_path)
    stored.remove(root, everything)
    assert tree(tmp_path) == {name: data for name, data in before.items() if OTHER not in name}
    releases.drop_name(root, "v1")
    assert [one.name for one in stored.unneeded(root, unfinished=True)] == [f"decide/{OLD}"]


@pytest.mark.parametrize("calls", range(1, 5))
def test_gc_that_is_killed_is_ended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    root = str(tmp_path)
    _two_runs(root)
    left = calls
    wanted = {name: data for name, data in tree(tmp_path).items() if OTHER not in name}

    def killed(place: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        real(place)

    real = storage.remove
    with monkeypatch.context() as patched:
        patched.setattr(storage, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            stored.remove(root, stored.unneeded(root, unfinished=True))
    stored.remove(root, stored.unneeded(root, unfinished=True))
    assert tree(tmp_path) == wanted


def test_gc_says_why_it_removes_nothing(tmp_path: Path) -> None:
    root = str(tmp_path)
    _stage(root, "ingest", OLD)
    with pytest.raises(RecipeError, match="nothing says what is needed"):
        stored.unneeded(root, unfinished=False)
    current.write(root, {"ingest": NEW})
    gone = stored.unneeded(root, unfinished=False)
    with leases.held(root), pytest.raises(RecipeError, match="a run is at work"):
        stored.remove(root, gone)
    assert (tmp_path / "ingest" / OLD / "manifest.json").exists()
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "v1.json").write_text("[")
    with pytest.raises(DataError, match="damaged"):
        stored.unneeded(root, unfinished=False)


@pytest.mark.parametrize("name", ["latest", "", "a b", "../x", "-x", "x" * 65])
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    current.write(str(tmp_path), {"ingest": OLD})
    with pytest.raises(RecipeError, match="is no name"):
        releases.give_name(str(tmp_path), name)


def test_a_name_means_one_release(tmp_path: Path) -> None:
    root = str(tmp_path)
    with pytest.raises(RecipeError, match="no complete run"):
        releases.give_name(root, "v1")
    current.write(root, {"ingest": OLD})
    assert releases.give_name(root, "v1") == releases.give_name(root, "v1") == {"ingest": OLD}
    current.write(root, {"ingest": NEW})
    with pytest.raises(RecipeError, match="another release already"):
        releases.give_name(root, "v1")
    assert releases.stages(root, "v1") == {"ingest": OLD}
    assert releases.stages(root) == releases.stages(root, "latest") == {"ingest": NEW}
    with pytest.raises(RecipeError, match="no release 'v2'; named: v1"):
        releases.stages(root, "v2")


def test_latest_is_switched_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(tmp_path)
    for mark in (OLD, NEW):
        _stage(root, "release", mark)
        _stage(root, "shard", mark)
    old, new = ({name: f"{root}/{name}/{mark}" for name in ("release", "shard")} for mark in (OLD, NEW))
    releases.link_latest(root, "aa", old)
    seen: list[set[str]] = []
    real = os.replace

    def watched(one: Path, other: Path) -> None:
        real(one, other)
        seen.append({os.path.realpath(link).rpartition("/")[2] for link in (tmp_path / "latest").iterdir()})

    monkeypatch.setattr(os, "replace", watched)
    monkeypatch.setattr(Path, "replace", watched)
    releases.link_latest(root, "bb", new)
    assert seen == [{OLD}, {OLD}, {NEW}]
    assert [one.name for one in (tmp_path / ".latest").iterdir()] == ["bb"]
    releases.link_latest(root, "bb", new)
    assert len(seen) == 3
    assert (tmp_path / "latest" / "shard" / "rows" / "part-0").read_bytes() == b"rows"


def test_a_root_of_links_leaves_the_other_as_it_is(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    releases.link_latest(str(tmp_path / "one"), "aa", {"release": str(tmp_path / "one" / "release")})
    for one in (tmp_path / "one").iterdir():
        (tmp_path / "two" / one.name).symlink_to(one)
    releases.link_latest(str(tmp_path / "two"), "bb", {"release": str(tmp_path / "two" / "release")})
    assert os.readlink(tmp_path / "one" / "latest") == ".latest/aa"
    assert (tmp_path / "one" / "latest").is_dir()
    assert os.readlink(tmp_path / "two" / "latest") == ".latest/bb"


def test_latest_takes_nobodys_folder_away(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(DataError, match="stands where a link belongs"):
        releases.link_latest(str(tmp_path), "aa", {})


def test_in_a_store(tmp_path: Path) -> None:
    with serving(ObjectStore()) as store:
        root = store.address("b/out", "&anonymous=true")
        _two_runs(root)
        releases.link_latest(root, "aa", {"release": storage.join(root, "release", OLD)})
        assert [one.name for one in stored.unneeded(root, unfinished=False)] == [f"decide/{OTHER}"]
        stored.remove(root, stored.unneeded(root, unfinished=True))
        held = sorted(name for name in store.objects if "/.leases" not in name and not name.endswith("/"))
        assert not [name for name in held if OTHER in name]
        lines = list(stored.list_lines(root))
        assert [line.split()[0] for line in lines[1:3]] == ["latest", "v1"]
        assert "v1" in next(line for line in lines if line.startswith(f"decide/{OLD}"))


def test_outputs_that_help_names_are_those_there_are(copied: Path, gristmill: Gristmill) -> None:
    there = set(outputs.of(str(copied), releases.stages(str(copied))))
    measured = {name for name in there if name.startswith("signals.")}
    assert set(path._OUTPUTS) == there - measured
    assert "signals.length" in measured
    assert {one.name for one in (copied / "latest").iterdir()} == there
    for name in ("verdicts", "signals.length"):
        place = gristmill("path", copied, name).stdout.strip()
        assert os.path.samefile(copied / "latest" / name, place)
        assert next(Path(place).glob("part-00000-*.parquet"))
    refused = gristmill("path", copied, "dinner")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_of_a_finished_run(copied: Path, gristmill: Gristmill) -> None:
    root = copied
    place = gristmill("path", root, "arrow").stdout.strip()
    assert datasets.load_from_disk(place).num_rows > 0
    assert datasets.load_from_disk(str(root / "latest" / "arrow")).num_rows > 0
    assert os.path.samefile(root / "latest" / "arrow", place)
    files = gristmill("path", root, "megatron", "--files").stdout.split()
    assert files == sorted(str(one) for one in Path(place).with_name("megatron").iterdir())
    assert gristmill("tag", root, "v1").returncode == 0
    assert "NOT" not in gristmill("verify", root, "--tag", "v1").stdout
    listed = gristmill("ls", root).stdout
    assert "latest, v1" in listed
    assert "no release" not in listed
    assert gristmill("gc", root, "--delete").stdout == "removed: 0 folders, 0 bytes\n"
    missing = gristmill("path", root, "corpus", "--tag", "v2")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert gristmill("ls", copied / "ingest").returncode == 2
