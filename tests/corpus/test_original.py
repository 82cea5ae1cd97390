"""What is read of an input is what was digested, wherever it is read; anything else stops whoever reads."""

import hashlib
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import pytest

from corpus.errors import DataError, RecipeError
from corpus.planning import inputs
from corpus.sources.inventory import Slice, SourceFile, Unit, list_files, plan_units
from corpus.sources.record import Record, Reject
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from corpus.store import original, storage
from corpus.store.original import BLOCK, Original

MANY = 3 * BLOCK + 12_345


def known(path: Path, data: bytes) -> Original:
    path.write_bytes(data)
    found = original.digest(str(path), len(data))
    return Original(address=str(path), size=len(data), sha256=found.sha256, sums=found.sums)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, MANY])
def test_reads_anywhere_give_the_bytes_of_the_file(tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    one = known(tmp_path / "x", data)
    assert one.sha256 == hashlib.sha256(data).hexdigest()
    assert len(one.sums) == (8 * -(-size // BLOCK) if size > BLOCK else 0)
    chance = random.Random(1)
    with one.open() as opened:
        assert opened.size() == size
        assert opened.read() == data
        for _ in range(200):
            start, count = chance.randint(0, size), chance.choice([0, 1, 100, 1 << 16, BLOCK, 2 * BLOCK + 7])
            opened.seek(start)
            assert opened.read(count) == data[start : start + count]
            assert opened.tell() == min(start + count, size)


def test_stream_of_a_store_is_read_in_one_opening_until_a_seek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = random.Random(2).randbytes(MANY)
    one = known(tmp_path / "x", data)
    store = pafs.SubTreeFileSystem("/", pafs.LocalFileSystem())
    monkeypatch.setattr(storage, "resolve", lambda address: (store, address))
    with one.open() as opened:
        assert b"".join(iter(lambda: opened.read(1 << 16), b"")) == data
        opened.seek(BLOCK + 5)
        assert opened.read(10) == data[BLOCK + 5 : BLOCK + 15]


@pytest.mark.parametrize("size", [1000, MANY])
@pytest.mark.parametrize("change", ["flip", "shorter", "gone"])
def test_any_other_byte_stops_the_read_of_its_block(tmp_path: Path, size: int, change: str) -> None:
    path = tmp_path / "x"
    data = bytearray(random.Random(size).randbytes(size))
    one = known(path, bytes(data))
    if change == "flip":
        data[-1] ^= 1
        path.write_bytes(data)
    else:
        os.truncate(path, size - 1 if change == "shorter" else 0)
    with one.open() as opened, pytest.raises(RecipeError, match=r"x is not what was digested.*changed under this run"):
        opened.read()


def test_bytes_behind_the_end_are_not_read(tmp_path: Path) -> None:
    one = known(tmp_path / "x", b"abc")
    with (tmp_path / "x").open("ab") as file:
        file.write(b"more")
    with one.open() as opened:
        assert opened.read() == b"abc"


def test_sums_that_are_kept_serve_and_are_checked_themselves(tmp_path: Path) -> None:
    data = bytes(MANY)
    one = known(tmp_path / "x", data)
    folder = str(tmp_path / "inputs")
    original.keep(folder, original.digest(one.address, one.size))
    assert original.kept(folder) == {one.sha256}
    far = replace(one, sums=folder)
    with far.open() as opened:
        assert opened.read() == data
    [kept] = (tmp_path / "inputs").iterdir()
    spoiled = bytearray(kept.read_bytes())
    spoiled[3] ^= 4
    kept.write_bytes(spoiled)
    original._sums.cache_clear()
    with pytest.raises(DataError, match="damaged"):
        far.open()
    kept.unlink()
    with pytest.raises(DataError, match="missing"):
        far.open()
    original._sums.cache_clear()


# Every format, large enough for several blocks. A replaced file has the size and the form of the true one.


def texts(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return [chance.randbytes(500).hex() for _ in range(count)]


def write_jsonl(path: Path, seed: int) -> None:
    path.write_text("".join(f'{{"text": "{one}"}}\n' for one in texts(seed, 3000)), "utf-8")


def write_parquet(path: Path, seed: int) -> None:
    pq.write_table(
        pa.table({"text": texts(seed, 3000)}), path, row_group_size=500, compression="none", use_dictionary=False
    )


def write_arrow(path: Path, seed: int) -> None:
    table = pa.table({"text": texts(seed, 3000)})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=500)


def write_stream(path: Path, seed: int) -> None:
    table = pa.table({"text": texts(seed, 3000)})
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=500)


def write_gz(path: Path, seed: int) -> None:
    import gzip

    lines = "".join(f'{{"text": "{one}"}}\n' for one in texts(seed, 3000))
    path.write_bytes(gzip.compress(lines.encode(), compresslevel=0))


WRITERS = {
    "x.jsonl": write_jsonl,
    "x.parquet": write_parquet,
    "x.arrow": write_arrow,
    "y.arrow": write_stream,
    "x.jsonl.gz": write_gz,
}


def read_all(files: list[SourceFile], source: Source, unit_bytes: int) -> Iterator[Record | Reject]:
    for unit in plan_units(files, unit_bytes):
        yield from (item for item in read_unit(unit, source) if isinstance(item, Record | Reject))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("unit_bytes", [1 << 20, 1 << 26])
def test_reader_of_a_format_stops_at_a_file_that_was_replaced(tmp_path: Path, name: str, unit_bytes: int) -> None:
    path = tmp_path / name
    source = Source(name="s", path=str(path))
    WRITERS[name](path, 1)
    files = inputs.digested(list_files(source, ""))
    assert [item.text for item in read_all(files, source, unit_bytes) if isinstance(item, Record)] == texts(1, 3000)
    data = path.read_bytes()
    WRITERS[name](path, 2)
    assert path.stat().st_size == len(data)
    with pytest.raises(RecipeError, match=f"{name} is not what was digested"):
        list(read_all(files, source, unit_bytes))
    for place in (100, len(data) // 2, len(data) - 100):
        spoiled = bytearray(data)
        spoiled[place] ^= 1
        path.write_bytes(spoiled)
        with pytest.raises(RecipeError, match=f"{name} is not what was digested"):
            list(read_all(files, source, unit_bytes))


def test_footer_that_changed_is_not_cut_by(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path, 1)
    files = inputs.digested(list_files(Source(name="s", path=str(path)), ""))
    assert len(plan_units(files, 1 << 20)) == 3
    pq.write_table(pa.table({"text": texts(1, 3000)}), path, row_group_size=3000)
    with pytest.raises(RecipeError, match="changed under this run"):
        plan_units(files, 1 << 20)


def test_slice_of_a_file_is_checked_without_the_rest(tmp_path: Path) -> None:
    """A task that reads the second half of a file does not see that the first changed, nor does it need it."""
    path = tmp_path / "x.jsonl"
    source = Source(name="s", path=str(path))
    write_jsonl(path, 1)
    [file] = inputs.digested(list_files(source, ""))
    half = Unit(slices=(Slice(file=file, start=2 << 20, stop=file.size),))
    whole = list(read_unit(half, source))
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.write_bytes(data)
    assert list(read_unit(half, source)) == whole
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(RecipeError, match="changed under this run"):
        list(read_unit(half, source))
