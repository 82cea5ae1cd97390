"""Digests are remembered only for what cannot have changed unseen."""

import os
import time
from pathlib import Path

import orjson
import pytest

from corpus.planning import inputs
from corpus.planning import recipe as recipes
from corpus.planning.inputs import digest_here, listing, take_stock
from corpus.sources.inventory import SourceFile
from corpus.stages.recipe import Recipe
from corpus.store import original
from corpus.store.original import BLOCK, Digest


class Counting:
    """`digest_here`, and how many files it was given."""

    def __init__(self) -> None:
        self.files = 0

    def __call__(self, files: list[SourceFile]) -> list[Digest]:
        self.files += len(files)
        return digest_here(files)


def made(tmp_path: Path, data: bytes) -> Recipe:
    (tmp_path / "in.jsonl").write_bytes(data)
    path = tmp_path / "r.toml"
    path.write_text('[[sources]]\nname = "s"\npath = "in.jsonl"\n[[filters]]\nuse = "length"\n', "utf-8")
    return recipes.load(str(path), root=str(tmp_path / "out"))


def taken(recipe: Recipe) -> tuple[str, int]:
    """The digest of the one file, and how many were read for it."""
    counting = Counting()
    [found] = take_stock(recipe, listing(recipe), counting, remember=True)
    return found.files[0].sha256, counting.files


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of which nobody remembers how they came about."""
    monkeypatch.setattr(inputs, "_TICK_NS", -(1 << 60))


@pytest.mark.usefixtures("settled")
def test_other_bytes_of_the_same_size_and_time_are_another_input(tmp_path: Path) -> None:
    recipe = made(tmp_path, b'{"text": "one"}\n')
    before = os.stat(tmp_path / "in.jsonl")
    first, read = taken(recipe)
    assert read == 1
    assert taken(recipe) == (first, 0)
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "two"}\n')
    os.utime(tmp_path / "in.jsonl", ns=(before.st_atime_ns, before.st_mtime_ns))
    second, read = taken(recipe)
    assert (second != first, read) == (True, 1)


@pytest.mark.usefixtures("settled")
def test_file_put_in_the_place_of_another_is_another_input(tmp_path: Path) -> None:
    recipe = made(tmp_path, b'{"text": "one"}\n')
    first, _ = taken(recipe)
    other = tmp_path / "other"
    other.write_bytes(b'{"text": "two"}\n')
    old = os.stat(tmp_path / "in.jsonl")
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.rename(tmp_path / "in.jsonl")
    assert taken(recipe)[0] != first


def test_file_that_changed_a_moment_ago_is_digested_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its next change may leave its times as they are."""
    recipe = made(tmp_path, b'{"text": "one"}\n')
    first = taken(recipe)
    assert taken(recipe) == first == (first[0], 1)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 3_000_000_000)
    assert taken(recipe) == (first[0], 1)
    assert taken(recipe) == (first[0], 0)


@pytest.mark.usefixtures("settled")
def test_sums_that_are_gone_are_taken_again(tmp_path: Path) -> None:
    recipe = made(tmp_path, bytes(2 * BLOCK))
    sha256, _ = taken(recipe)
    folder = Path(recipe.root) / inputs.SUMS
    assert original.kept(str(folder)) == {sha256}
    assert taken(recipe) == (sha256, 0)
    next(folder.iterdir()).unlink()
    assert taken(recipe) == (sha256, 1)
    assert original.kept(str(folder)) == {sha256}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"a": 1}'])
def test_memory_that_is_damaged_is_made_again(tmp_path: Path, damage: bytes) -> None:
    recipe = made(tmp_path, b"{}\n")
    first = taken(recipe)
    memory = Path(recipe.root) / inputs.MEMORY
    whole = memory.read_bytes()
    memory.write_bytes(damage)
    assert taken(recipe) == first
    assert memory.read_bytes() == whole or orjson.loads(memory.read_bytes())


@pytest.mark.usefixtures("settled")
def test_plan_writes_nothing(tmp_path: Path) -> None:
    recipe = made(tmp_path, bytes(2 * BLOCK))
    take_stock(recipe, listing(recipe), digest_here, remember=False)
    assert not Path(recipe.root).exists()
