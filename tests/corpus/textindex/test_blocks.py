"""Blocks hold the texts as they are, whatever their sizes, and are written the same every time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.fs as pafs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.table import Table
from corpus.textindex import blocks
from corpus.textindex.blocks import Block
from filters.kernels import suffix_lookup
from tests.filters.strategies import TEXTS


def texts_of(found: list[Block]) -> list[bytes]:
    return [
        block.text[first : last - 1].tobytes()
        for block in found
        for first, last in zip(block.starts[:-1], block.starts[1:], strict=True)
    ]


@given(st.lists(TEXTS, max_size=4), st.integers(1, 200))
def test_blocks_hold_every_text_in_order(batches: list[list[str]], size: int) -> None:
    own = [[text.encode() for text in batch] for batch in batches]
    found = list(blocks.cut(own, size))
    assert texts_of(found) == [text for batch in own for text in batch]
    row = 0
    for block in found:
        assert block.row == row
        row += block.documents
        assert block.documents == 1 or len(block.text) <= size + 1
        assert block.bytes == sum(map(len, texts_of([block])))
        assert suffix_lookup.disorder(block.text, block.suffixes, 4) == -1


def test_a_part_is_read_as_it_was_written(tmp_path: Path) -> None:
    texts = [[f"text {number} 字".encode() * 9 for number in range(40)], [b""], [b"end"]]
    made = list(blocks.cut(texts, 500))
    entry = blocks.write(str(tmp_path), 3, made)
    assert entry.rows == 42
    assert blocks.write(str(tmp_path / "again"), 3, made) == entry
    read = list(blocks.read(Table(folder=str(tmp_path), name=blocks.TABLE, files=(entry,)), 0))
    assert [block.row for block in read] == [block.row for block in made]
    for one, other in zip(read, made, strict=True):
        for name in ("text", "starts", "suffixes"):
            assert (getattr(one, name) == getattr(other, name)).all()
            assert getattr(one, name).dtype == getattr(other, name).dtype


def test_a_part_without_documents_has_no_block(tmp_path: Path) -> None:
    entry = blocks.write(str(tmp_path), 0, [])
    assert entry.rows == 0
    assert list(blocks.read(Table(folder=str(tmp_path), name=blocks.TABLE, files=(entry,)), 0)) == []


def test_a_part_on_an_object_store_is_read_without_a_memory_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list(blocks.cut([[b"some text"] * 100], 200))
    entry = blocks.write(str(tmp_path / "out"), 0, made)
    root = pafs.SubTreeFileSystem(str(tmp_path), pafs.LocalFileSystem())
    monkeypatch.setattr(storage, "resolve", lambda address: (root, address.removeprefix("store://")))
    read = list(blocks.read(Table(folder="store://out", name=blocks.TABLE, files=(entry,)), 0))
    assert texts_of(read) == texts_of(made)


@pytest.mark.parametrize(
    "change", [{"starts": [0, 5, 4, 40]}, {"starts": [0, 1 << 40]}, {"suffixes": [0]}, {"starts": [0]}]
)
def test_a_block_that_lies_is_told(tmp_path: Path, change: dict[str, list[int]]) -> None:
    (block,) = blocks.cut([[b"some text of forty bytes, and a little more"]], 200)
    arrays: dict[str, Any] = {name: np.array(one, getattr(block, name).dtype) for name, one in change.items()}
    made = replace(block, **arrays)
    entry = blocks.write(str(tmp_path), 0, [made])
    with pytest.raises(DataError, match="damaged .block 0."):
        list(blocks.read(Table(folder=str(tmp_path), name=blocks.TABLE, files=(entry,)), 0))


@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_a_damaged_part_is_told(tmp_path: Path, damage: str) -> None:
    entry = blocks.write(str(tmp_path), 0, blocks.cut([[b"some text"] * 100], 200))
    file = tmp_path / blocks.TABLE / entry.name
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:-9] if damage == "cut" else b"\0" * len(data))
    with pytest.raises(DataError, match="run again"):
        list(blocks.read(Table(folder=str(tmp_path), name=blocks.TABLE, files=(entry,)), 0))
