"""A published name is whole or absent; a damaged table is named, never read."""

import io
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
import pytest

from corpus.errors import DataError, RecipeError
from corpus.store import manifest, receipts, storage, table
from corpus.store.manifest import FileEntry, Receipt

SCHEMA = pa.schema([pa.field("n", pa.int64(), nullable=False)])


def make(folder: Path, numbers: list[int]) -> table.Table:
    entry = table.write_whole(str(folder), "numbers", "part-00000", pa.table({"n": numbers}, schema=SCHEMA))
    return table.Table(folder=str(folder), name="numbers", files=(entry,))


def test_publish_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with storage.publish(str(tmp_path), "name") as sink:
            sink.write(b"half")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_linked_is_one_file_and_a_copy_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    storage.link(str(tmp_path / "a"), str(tmp_path / "folder"), "b")
    assert (tmp_path / "folder" / "b").stat().st_ino == (tmp_path / "a").stat().st_ino
    (tmp_path / "other").write_bytes(b"other")
    storage.link(str(tmp_path / "other"), str(tmp_path / "folder"), "b")  # what stands there stays
    assert (tmp_path / "folder" / "b").read_bytes() == b"abc"

    def refused(*_: object) -> None:
        raise PermissionError("no links on this disk")

    monkeypatch.setattr(os, "link", refused)
    storage.link(str(tmp_path / "a"), str(tmp_path / "folder"), "c")
    assert (tmp_path / "folder" / "c").read_bytes() == b"abc"
    assert (tmp_path / "folder" / "c").stat().st_ino != (tmp_path / "a").stat().st_ino


def test_publish_names_the_file_by_its_digest(tmp_path: Path) -> None:
    with storage.publish(str(tmp_path), "x-{digest}.bin") as sink:
        sink.write(b"abc")
    assert [path.name for path in tmp_path.iterdir()] == [sink.name] == ["x-ba7816bf8f01.bin"]
    assert sink.bytes == 3


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for an object store: pyarrow's own streams, but no local filesystem by its type."""
    store = pafs.SubTreeFileSystem(str(tmp_path), pafs.LocalFileSystem())
    monkeypatch.setattr(storage, "resolve", lambda address: (store, address))
    return tmp_path


def test_publish_to_an_object_store_appears_whole(bucket: Path) -> None:
    with storage.publish("a", "x-{digest}.bin") as sink:
        sink.write(b"abc" * 1_000_000)
        assert list((bucket / "a").iterdir()) == []
    assert [path.name for path in (bucket / "a").iterdir()] == [sink.name]
    assert (bucket / "a" / sink.name).read_bytes() == b"abc" * 1_000_000
    assert sink.name == f"x-{sink.sha256[:12]}.bin"
    assert storage.read_bytes(f"a/{sink.name}") == b"abc" * 1_000_000


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted where Linux lists them")
def test_publish_to_an_object_store_leaves_no_descriptor_open(bucket: Path) -> None:
    storage.publish_bytes("a", "first", b"x")
    before = len(os.listdir("/proc/self/fd"))
    for number in range(5):
        storage.publish_bytes("a", f"{number}", b"x")
        with pytest.raises(RuntimeError, match="stop"), storage.publish("a", "never"):
            raise RuntimeError("stop")
    assert len(os.listdir("/proc/self/fd")) == before
    assert sorted(path.name for path in (bucket / "a").iterdir()) == ["0", "1", "2", "3", "4", "first"]


class Uploading(io.BytesIO):
    """A stream that fails after its first megabyte, and completes what it has when it is closed, as Arrow's do."""

    def __init__(self, objects: dict[str, bytes], path: str, *, lost: bool) -> None:
        super().__init__()
        self.objects, self.path, self.lost = objects, path, lost

    def write(self, data: Any, /) -> int:
        if self.tell():
            raise OSError("the store is gone")
        return super().write(data)

    def close(self) -> None:
        if not self.closed:
            if self.lost:
                super().close()
                raise OSError("the store is gone")
            self.objects[self.path] = self.getvalue()
        super().close()


class Store:
    """As much of a filesystem as `publish` uses. `lost`: closing fails too, so that nothing is completed."""

    def __init__(self, type_name: str, *, lost: bool) -> None:
        self.objects: dict[str, bytes] = {}
        self.type_name = type_name
        self.lost = lost

    def create_dir(self, path: str, *, recursive: bool) -> None:
        pass

    def open_output_stream(self, path: str, *, compression: str | None) -> Uploading:
        assert compression is None  # else Arrow goes by the name, and packs what ends in .gz
        return Uploading(self.objects, path, lost=self.lost)

    def get_file_info(self, path: str) -> pafs.FileInfo:
        there = path in self.objects
        kind = pafs.FileType.File if there else pafs.FileType.NotFound
        return pafs.FileInfo(path, kind, size=len(self.objects[path]) if there else None)

    def delete_file(self, path: str) -> None:
        del self.objects[path]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("before", [None, 3 << 20])
@pytest.mark.parametrize("kind", ["s3", "hdfs"])
def test_upload_that_fails_is_not_taken_for_whole(
    kind: str, lost: bool, before: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(kind, lost=lost)
    if before:
        store.objects["a/x"] = bytes(before)  # of another attempt at the same task
    monkeypatch.setattr(storage, "resolve", lambda address: (store, address))
    with pytest.raises(OSError, match="the store is gone"):
        storage.publish_bytes("a", "x", bytes(3 << 20))
    assert store.objects == ({"a/x": bytes(3 << 20)} if before and (lost or kind == "s3") else {})


def test_store_that_cannot_be_opened_is_refused() -> None:
    with pytest.raises(RecipeError, match="use a path or a file"):
        storage.resolve("nowhere://bucket/x")


def test_table_reads_back_what_was_written_in_any_way(tmp_path: Path) -> None:
    made = make(tmp_path, list(range(1000)))
    assert made.read(0)["n"].to_pylist() == list(range(1000))
    assert [row for batch in made.batches(0) for row in batch["n"].to_pylist()] == list(range(1000))
    assert [row for batch in made.take(0, [3, 999], ["n"]) for row in batch["n"].to_pylist()] == [3, 999]


@pytest.mark.parametrize("damage", ["missing", "shorter", "flipped"])
def test_table_that_is_damaged_is_refused(tmp_path: Path, damage: str) -> None:
    made = make(tmp_path, list(range(1000)))
    path = tmp_path / "numbers" / made.files[0].name
    data = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "shorter":
        path.write_bytes(data[:-1])
    else:
        data[60] ^= 0xFF
        path.write_bytes(data)
    with pytest.raises(DataError, match="delete"):
        made.read(0)


def test_every_single_flipped_bit_of_a_table_is_told_or_changes_nothing(tmp_path: Path) -> None:
    """Pages have checksums; of the footer everything stands twice, or is held against what the pages say."""
    columns: dict[str, Any] = {
        "id": [f"id {n}" for n in range(20)],
        "key": pa.array(range(20), pa.uint64()),
        "some": [None if n % 3 else n for n in range(20)],
        "many": [[n, n + 1] for n in range(20)],
        "date": pa.array(range(20), pa.timestamp("s", tz="UTC")),
    }
    entry = table.write_whole(str(tmp_path), "t", "p", pa.table(columns))
    made = table.Table(folder=str(tmp_path), name="t", files=(entry,))
    path = tmp_path / "t" / entry.name
    right, data = made.read(0), path.read_bytes()
    told = 0
    for place in range(0, 8 * len(data), 5):  # each bit of a byte in its turn
        spoiled = bytearray(data)
        spoiled[place // 8] ^= 1 << place % 8
        path.write_bytes(spoiled)
        try:
            found = made.read(0)
        except DataError:
            told += 1
        else:
            assert found.schema.equals(right.schema), place
            assert found.equals(right), place
    assert told > len(data) / 2


def test_part_with_a_null_where_none_may_be_is_not_written(tmp_path: Path) -> None:
    broken = pa.record_batch({"n": pa.array([1, None])})
    with pytest.raises(DataError, match="null"), table.write_part(str(tmp_path), "t", "p", SCHEMA) as (writer, _):
        writer.write(broken)
    assert list((tmp_path / "t").iterdir()) == []


def test_receipt_counts_only_with_all_its_files(tmp_path: Path) -> None:
    made = make(tmp_path, [1])
    manifest.publish_receipt(str(tmp_path), Receipt(task=4, files={"numbers": made.files}))
    assert [one.task for one in receipts.complete(str(tmp_path))] == [4]
    lost = FileEntry(name="lost.parquet", rows=1, bytes=9, sha256="")
    manifest.publish_receipt(str(tmp_path), Receipt(task=5, files={"numbers": [lost]}))
    assert [one.task for one in receipts.complete(str(tmp_path))] == [4]


def test_manifest_is_the_same_bytes_whatever_the_order_of_receipts(tmp_path: Path) -> None:
    made = [
        Receipt(task=n, files={"t": [FileEntry(name=f"{n}", rows=n, bytes=1, sha256="")]}, counts={"n": n})
        for n in range(5)
    ]
    one = manifest.from_receipts("s", {"a": 1}, made).to_json()
    assert one == manifest.from_receipts("s", {"a": 1}, made[::-1]).to_json()
    storage.publish_bytes(str(tmp_path), manifest.MANIFEST, one)
    read = manifest.load(str(tmp_path))
    assert read is not None
    assert (read.rows("t"), read.counts) == (10, {"n": 10})


def test_fingerprint_refuses_what_has_no_stable_form() -> None:
    with pytest.raises(TypeError):
        manifest.fingerprint({"languages": {"a", "b"}})
