"""Datasets of the hub as sources, with a folder for the hub: no network is asked."""

from pathlib import Path

import huggingface_hub
import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem

from corpus.errors import RecipeError
from corpus.sources import inventory
from corpus.sources.source import Source
from corpus.store import original, storage
from jobs.engine.failures import explain

DATA = b'{"text": "one"}\n' * 200_000  # more than a block


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets" / "valley" / "mill" / "data and more"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(DATA)
    (folder / "b.jsonl").write_bytes(b'{"text": "two"}\n')
    monkeypatch.setattr(huggingface_hub, "HfFileSystem", lambda: DirFileSystem(str(tmp_path), LocalFileSystem()))
    return folder


def test_files_of_a_dataset_are_a_source(hub: Path) -> None:
    source = Source(name="hub", path="hf://datasets/valley/mill/data and more/*.jsonl")
    found = inventory.listing(source, "/recipes").files
    assert [(file.file, file.size) for file in found] == [("a.jsonl", len(DATA)), ("b.jsonl", 16)]
    assert found[0].uri == "hf://datasets/valley/mill/data and more/a.jsonl"
    digest = original.digest(found[0].uri, found[0].size)
    whole = original.Original(address=found[0].uri, size=found[0].size, sha256=digest.sha256, sums=digest.sums)
    with whole.open() as opened:
        assert opened.read() == DATA
        opened.seek(1 << 20)
        assert opened.read(16) == DATA[1 << 20 : (1 << 20) + 16]


def test_dataset_that_is_not_there_is_one_line(hub: Path) -> None:
    with pytest.raises(RecipeError, match="nothing is at hf://datasets/valley/weir"):
        inventory.listing(Source(name="hub", path="hf://datasets/valley/weir"), "/recipes")


@pytest.mark.parametrize("address", ["hf://valley/mill", "hf://datasets/mill", "hf://spaces/valley/mill/a.jsonl"])
def test_address_that_is_none_says_how_one_is_written(address: str) -> None:
    with pytest.raises(RecipeError, match="an address on the hub is hf://datasets/OWNER/NAME/PATH"):
        storage.resolve(address)


def test_nothing_is_written_to_the_hub(hub: Path) -> None:
    with pytest.raises(RecipeError, match="nothing is written to the hub"):
        storage.publish_bytes("hf://datasets/valley/mill/out", "a", b"")


def test_hub_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = huggingface_hub.errors.HfHubHTTPError.__bases__[0]

    class Unreachable(LocalFileSystem):  # type: ignore[misc]
        def info(self, path: str, **_: object) -> dict[str, object]:
            raise transport("[Errno -2] Name or service not known")

    monkeypatch.setattr(huggingface_hub, "HfFileSystem", Unreachable)
    with pytest.raises(OSError, match="the hub: ") as raised:
        inventory.listing(Source(name="hub", path="hf://datasets/valley/mill"), "/recipes")
    assert "the name of its host is not known" in explain(raised.value)
    refused = OSError("the hub: 401 Client Error. Repository Not Found")
    assert "no such dataset on the hub, or not for you" in explain(refused)


def test_without_the_package_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(RecipeError, match="needs the packages huggingface_hub and fsspec .*pip install"):
        storage.resolve("hf://datasets/valley/mill/a.jsonl")
