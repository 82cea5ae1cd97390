"""A published name is whole or absent; a damaged table is named, never read."""

from pathlib import Path

import pyarrow as pa
import pytest

from corpus import manifest, storage, table
from corpus.errors import DataError
from corpus.manifest import FileEntry, Receipt

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


def test_publish_names_the_file_by_its_digest(tmp_path: Path) -> None:
    with storage.publish(str(tmp_path), "x-{digest}.bin") as sink:
        sink.write(b"abc")
    assert [path.name for path in tmp_path.iterdir()] == [sink.name] == ["x-ba7816bf8f01.bin"]
    assert sink.bytes == 3


def test_publish_to_an_object_store_appears_whole() -> None:
    import pyarrow.fs as pafs

    filesystem, _ = pafs.FileSystem.from_uri("mock:///bucket")
    assert filesystem.type_name == "mock"
    with pytest.raises(storage.RecipeError, match="use a path or a file"):
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


def test_part_with_a_null_where_none_may_be_is_not_written(tmp_path: Path) -> None:
    broken = pa.record_batch({"n": pa.array([1, None])})
    with pytest.raises(DataError, match="null"), table.write_part(str(tmp_path), "t", "p", SCHEMA) as (writer, _):
        writer.write(broken)
    assert list((tmp_path / "t").iterdir()) == []


def test_receipt_counts_only_with_all_its_files(tmp_path: Path) -> None:
    made = make(tmp_path, [1])
    manifest.publish_receipt(str(tmp_path), Receipt(task=4, files={"numbers": made.files}))
    assert list(manifest.load_receipts(str(tmp_path))) == [4]
    lost = FileEntry(name="lost.parquet", rows=1, bytes=9, sha256="")
    manifest.publish_receipt(str(tmp_path), Receipt(task=5, files={"numbers": [lost]}))
    assert list(manifest.load_receipts(str(tmp_path))) == [4]


def test_manifest_is_the_same_bytes_whatever_the_order_of_receipts(tmp_path: Path) -> None:
    receipts = [
        Receipt(task=n, files={"t": [FileEntry(name=f"{n}", rows=n, bytes=1, sha256="")]}, counts={"n": n})
        for n in range(5)
    ]
    one = manifest.from_receipts("s", {"a": 1}, receipts).to_json()
    assert one == manifest.from_receipts("s", {"a": 1}, receipts[::-1]).to_json()
    storage.publish_bytes(str(tmp_path), manifest.MANIFEST, one)
    read = manifest.load(str(tmp_path))
    assert read is not None
    assert (read.rows("t"), read.counts) == (10, {"n": 10})


def test_fingerprint_refuses_what_has_no_stable_form() -> None:
    with pytest.raises(TypeError):
        manifest.fingerprint({"languages": {"a", "b"}})
