"""Tables of very many files: pages of entries beside the manifest, read as the list that they stand for."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.store import entries, manifest, receipts, storage, table
from corpus.store.entries import PAGE_ENTRIES, FileEntry, Page, Paged, Pager
from corpus.store.manifest import Manifest, Receipt
from tests.corpus.object_store import ObjectStore, serving
from tests.stages import manifest_of, written


def made(count: int) -> list[FileEntry]:
    return [FileEntry(name=f"part-{n:05d}", rows=n % 7, bytes=n, sha256=f"{n:064x}") for n in range(count)]


def page(files: Sequence[FileEntry]) -> Page:
    return Page(
        name=[one.name for one in files],
        rows=[one.rows for one in files],
        bytes=[one.bytes for one in files],
        sha256=[one.sha256 for one in files],
    )


def paged(folder: Path, files: Sequence[FileEntry], cuts: Sequence[int] = ()) -> Sequence[FileEntry]:
    """As they are added up to each cut."""
    pager = Pager(str(folder), "t")
    for first, last in zip([0, *cuts], [*cuts, len(files)], strict=True):
        pager.add(page(files[first:last]))
    return pager.files()


def loaded(folder: Path, files: Sequence[FileEntry]) -> Manifest:
    made_of = replace(manifest_of("s"), tables={"t": files, "small": made(2)})
    storage.publish_bytes(str(folder), manifest.MANIFEST, made_of.to_json())
    found = manifest.load(str(folder))
    assert found is not None
    assert found.to_json() == made_of.to_json()
    return found


@given(extra=st.integers(0, 3), cuts=st.lists(st.integers(0, 2 * PAGE_ENTRIES), max_size=4).map(sorted))
def test_pages_are_those_of_the_list_however_entries_come(
    tmp_path_factory: pytest.TempPathFactory, extra: int, cuts: list[int]
) -> None:
    files = made(2 * PAGE_ENTRIES + extra)
    one = paged(tmp_path_factory.mktemp("one"), files, cuts)
    other = paged(tmp_path_factory.mktemp("other"), files)
    assert isinstance(one, Paged)
    assert isinstance(other, Paged)
    assert one.pages == other.pages
    assert list(one) == files


def test_a_page_of_entries_stays_in_the_manifest(tmp_path: Path) -> None:
    found = loaded(tmp_path, paged(tmp_path, made(PAGE_ENTRIES)))
    assert found.tables["t"] == made(PAGE_ENTRIES)
    assert not (tmp_path / entries.PAGES).exists()


def test_pages_read_as_the_list_that_they_stand_for(tmp_path: Path) -> None:
    files = made(2 * PAGE_ENTRIES + 5)
    found = loaded(tmp_path, paged(tmp_path, files)).tables["t"]
    assert isinstance(found, Paged)
    assert len(found) == len(files)
    assert list(found) == files
    assert [found[n] for n in (0, PAGE_ENTRIES - 1, PAGE_ENTRIES, -1)] == [
        files[n] for n in (0, PAGE_ENTRIES - 1, PAGE_ENTRIES, -1)
    ]
    assert found[PAGE_ENTRIES - 1 : PAGE_ENTRIES + 1] == files[PAGE_ENTRIES - 1 : PAGE_ENTRIES + 1]
    with pytest.raises(IndexError):
        found[len(files)]
    assert entries.rows(found) == entries.rows(files)
    assert entries.size(found) == entries.size(files)
    assert entries.rows_by_part(found).tolist() == [one.rows for one in files]
    assert entries.bytes_by_part(found).tolist() == [one.bytes for one in files]


def test_a_table_of_pages_is_sent_as_their_digests(tmp_path: Path) -> None:
    found = paged(tmp_path, made(40 * PAGE_ENTRIES))
    assert len(pickle.dumps(found)) < 100 * 40
    assert pickle.loads(pickle.dumps(found))[39 * PAGE_ENTRIES] == made(40 * PAGE_ENTRIES)[39 * PAGE_ENTRIES]


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_page_that_is_not_what_the_manifest_says_is_one_line(tmp_path: Path, damage: str) -> None:
    found = loaded(tmp_path, paged(tmp_path, made(PAGE_ENTRIES + 1))).tables["t"]
    [second] = (tmp_path / entries.PAGES / "t").glob("000001-*.json")
    if damage == "missing":
        second.unlink()
    else:
        second.write_bytes(second.read_bytes().replace(b"part-01024", b"part-01025"))
    assert found[0] == made(1)[0]
    for read in (lambda: list(found), lambda: entries.rows_by_part(found), lambda: found[PAGE_ENTRIES]):
        with pytest.raises(DataError, match=f"000001-.*is (missing|damaged).*: delete {tmp_path} and run again"):
            read()


def test_a_manifest_with_other_pages_than_its_files_fill_is_damaged(tmp_path: Path) -> None:
    loaded(tmp_path, paged(tmp_path, made(PAGE_ENTRIES + 1)))
    whole = (tmp_path / manifest.MANIFEST).read_bytes()
    (tmp_path / manifest.MANIFEST).write_bytes(whole.replace(b'"entries": 1025', b'"entries": 5000'))
    with pytest.raises(DataError, match="manifest.json is damaged"):
        manifest.load(str(tmp_path))


def test_ahead_keeps_the_order_and_reads_no_more_than_it_must() -> None:
    begun: list[int] = []

    def begin(n: int) -> int:
        begun.append(n)
        return -n

    found = entries.ahead(begin, iter(range(1000)), threads=4)
    assert [next(found) for _ in range(3)] == [0, -1, -2]
    assert len(begun) <= 2 * 4 + 3
    assert list(found) == [-n for n in range(3, 1000)]


def test_a_store_is_asked_few_times_a_part() -> None:
    with serving(ObjectStore()) as store:
        root = store.address("b/root")

        def asked(do: Callable[[], object]) -> int:
            store.asked.clear()
            do()
            return len(store.asked)

        def write() -> FileEntry:
            return table.write_whole(root, "t", "part-00000", pa.table({"a": [1]}))

        entry = write()
        manifest.publish_receipt(root, Receipt(task=0, files={"t": [entry]}))
        assert asked(write) <= 3  # begin, send, complete
        assert asked(lambda: manifest.publish_receipt(root, Receipt(task=0, files={"t": [entry]}))) <= 3
        opened = table.Table(folder=root, name="t", files=[entry])
        assert asked(lambda: opened.open(0).close()) <= 2  # what it is, and its end
        assert asked(lambda: receipts.merged(root, manifest.PARTS, [0], frozenset({"t"}))) <= 5
        storage.remove(storage.join(root, "t"))
        assert write() == entry


def test_every_part_comes_in_order_and_reading_may_end_early(tmp_path: Path) -> None:
    parts = [pa.table({"a": [n] * 3, "b": [-n] * 3}) for n in range(40)]
    whole = written(tmp_path, "t", parts)
    assert [one.column("a").to_pylist() for one in whole.each(["a"])] == [[n] * 3 for n in range(40)]
    (tmp_path / "t" / whole.files[39].name).unlink()
    some = whole.each(["b"])
    assert next(some).column_names == ["b"]
    some.close()
    with pytest.raises(DataError, match="is missing or has another size"):
        list(whole.each(["a"]))
