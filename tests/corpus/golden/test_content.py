"""The digest of a table is of what it holds, not of how Arrow, Parquet or the parts lay it out."""

import hashlib
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.golden import row_digest
from corpus.golden.row_digest import Content, digest
from corpus.golden.table_digest import of_stage
from corpus.store import manifest, storage, table
from corpus.store.manifest import FileEntry, Receipt
from filters.arrow import Array

# Of every kind of type: one, and two values of it that are not the same.
KINDS: list[tuple[pa.DataType, object, object]] = [
    (pa.bool_(), True, False),
    (pa.int8(), 1, 2),
    (pa.uint64(), 1, 2**64 - 1),
    (pa.float16(), np.float16(0.0), np.float16(-0.0)),
    (pa.float32(), 0.0, -0.0),
    (pa.float64(), 0.0, -0.0),
    (pa.decimal128(9, 2), Decimal("1.00"), Decimal("-1.00")),
    (pa.date32(), 0, 1),
    (pa.timestamp("us", "UTC"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
    (pa.duration("ns"), 0, 1),
    (pa.month_day_nano_interval(), (1, 2, 3), (1, 2, 4)),
    (pa.string(), "", "é"),
    (pa.large_string(), "ab", "ba"),
    (pa.string_view(), "a text that is too long to be inlined", "another text that is too long to be inlined"),
    (pa.binary(), b"", b"\0"),
    (pa.binary_view(), b"a", b"b"),
    (pa.binary(3), b"abc", b"abd"),
    (pa.list_(pa.int32()), [], [0]),
    (pa.list_(pa.string_view()), ["a", "b"], ["ab"]),
    (pa.list_(pa.int32(), 2), [1, None], [1, 0]),
    (pa.large_list(pa.list_(pa.string())), [[], ["a"]], [["a"], []]),
    (pa.list_view(pa.int32()), [1, 2], [2, 1]),
    (pa.map_(pa.string(), pa.int8()), [("a", 1)], [("a", None)]),
    (pa.struct([("a", pa.int8()), ("b", pa.string())]), {"a": None, "b": None}, {"a": None, "b": ""}),
    (pa.struct([("a", pa.list_(pa.struct([("b", pa.bool_())])))]), {"a": [{"b": None}]}, {"a": [None]}),
    (pa.dictionary(pa.int8(), pa.string()), "a", "b"),
]
_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("number", pa.int32()),
    ("share", pa.float64()),
    ("kept", pa.bool_()),
    ("text", pa.string()),
    ("raw", pa.binary()),
    ("words", pa.list_(pa.string())),
    ("place", pa.struct([("start", pa.int64()), ("marks", pa.list_(pa.bool_()))])),
]
ROWS = pa.schema(_COLUMNS)
_texts = st.none() | st.text(st.characters(codec="utf-8"), max_size=6)
_rows = st.fixed_dictionaries(
    {
        "number": st.none() | st.integers(-(2**31), 2**31 - 1),
        "share": st.none() | st.floats(allow_nan=False),
        "kept": st.none() | st.booleans(),
        "text": _texts,
        "raw": st.none() | st.binary(max_size=4),
        "words": st.none() | st.lists(_texts, max_size=3),
        "place": st.none()
        | st.fixed_dictionaries(
            {
                "start": st.none() | st.integers(0, 9),
                "marks": st.none() | st.lists(st.none() | st.booleans(), max_size=2),
            }
        ),
    }
)
rows_of_any_kind = st.lists(_rows, max_size=8)


def of(values: list[object], kind: pa.DataType) -> pa.Table:
    return pa.table({"x": pa.array(values, kind)})


def of_rows(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=ROWS)


@given(rows_of_any_kind, st.lists(st.integers(0, 8)))
def test_where_batches_begin_does_not_count(rows: list[dict[str, object]], cuts: list[int]) -> None:
    whole = of_rows(rows)
    bounds = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    streamed = Content(ROWS)
    for start, stop in pairwise(bounds):
        for batch in whole.slice(start, stop - start).to_batches():  # slices share the buffers of the whole
            streamed.add(batch)
    assert streamed.hexdigest() == digest(whole)
    pieces = [of_rows(rows[start:stop]) for start, stop in pairwise(bounds)]
    assert digest(pa.concat_tables(pieces)) == digest(whole)


@given(rows_of_any_kind, rows_of_any_kind)
def test_other_rows_are_another_digest(one: list[dict[str, object]], other: list[dict[str, object]]) -> None:
    same = repr(one) == repr(other)  # -0.0 and 0.0 are equal, and not the same
    assert (digest(of_rows(one)) == digest(of_rows(other))) == same


def run_ends(values: Array) -> Array:
    encoded: Array = pc.run_end_encode(values)  # type: ignore[attr-defined]  # the stubs lack it
    return encoded


@given(st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=20), max_size=9), st.integers(0, 3))
def test_layouts_of_text_do_not_count(texts: list[str | None], start: int) -> None:
    plain = pa.array(texts, pa.string())
    layouts = [
        plain.cast(pa.large_string()),
        plain.cast(pa.string_view()),
        plain.dictionary_encode(),
        plain.cast(pa.dictionary(pa.int16(), pa.large_string())),
        run_ends(plain),
    ]
    expected = digest(pa.table({"x": plain[start:]}))
    assert {digest(pa.table({"x": layout[start:]})) for layout in layouts} == {expected}


@given(rows_of_any_kind, st.integers(1, 5))
def test_parquet_gives_back_the_content(rows: list[dict[str, object]], group: int) -> None:
    whole = of_rows(rows)
    sink = pa.BufferOutputStream()
    pq.write_table(whole, sink, row_group_size=group, compression="gzip", use_dictionary=group % 2 == 0)
    assert digest(pq.read_table(pa.BufferReader(sink.getvalue()))) == digest(whole)


@pytest.mark.parametrize(("kind", "one", "other"), KINDS, ids=[str(kind) for kind, _, _ in KINDS])
def test_values_nulls_and_order_count_in_every_type(kind: pa.DataType, one: object, other: object) -> None:
    pairs = [[one, one], [one, other], [other, one], [None, one], [one, None]]
    columns: list[list[object]] = [[], [one], [other], [None], *pairs]
    digests = [digest(of(values, kind)) for values in columns]
    assert len(set(digests)) == len(digests)
    longer = of([None, one, other, None, one], kind)
    assert digest(longer.slice(1, 2)) == digest(of([one, other], kind))
    assert digest(longer.slice(2)) == digest(of([other, None, one], kind))


@pytest.mark.parametrize(("kind", "one", "other"), KINDS, ids=[str(kind) for kind, _, _ in KINDS])
def test_what_lies_under_null_structs_and_lists_does_not_count(kind: pa.DataType, one: object, other: object) -> None:
    def struct_over(value: object) -> pa.Table:
        inner = pa.array([one, value], kind)
        nested = pa.StructArray.from_arrays([inner], ["inner"], mask=pa.array([False, True]))
        return pa.table({"x": nested})

    def list_over(value: object) -> pa.Table:
        inner = pa.array([one, value, other], kind)
        return pa.table({"x": pa.ListArray.from_arrays([0, 1, 2, 3], inner, mask=pa.array([False, True, False]))})

    assert digest(struct_over(other)) == digest(struct_over(one)) == digest(struct_over(None))
    assert digest(list_over(other)) == digest(list_over(one)) == digest(list_over(None))


@pytest.mark.parametrize("under", [0, 1, 255])
def test_garbage_under_nulls_does_not_count(under: int) -> None:
    valid = pa.py_buffer(bytes([0b101]))
    numbers = pa.Array.from_buffers(pa.uint8(), 3, [valid, pa.py_buffer(bytes([7, under, 9]))])
    assert digest(pa.table({"x": numbers})) == digest(of([7, None, 9], pa.uint8()))
    bits = pa.Array.from_buffers(pa.bool_(), 3, [valid, pa.py_buffer(bytes([0b001 | (under & 1) << 1]))])
    assert digest(pa.table({"x": bits})) == digest(of([True, None, False], pa.bool_()))
    offsets = pa.py_buffer(struct.pack("<4i", 0, 1, 2, 3))
    texts = pa.Array.from_buffers(pa.binary(), 3, [valid, offsets, pa.py_buffer(bytes([65, under, 66]))])
    assert digest(pa.table({"x": texts})) == digest(of([b"A", None, b"B"], pa.binary()))


def test_bits_of_nan_count() -> None:
    quiet, other = (np.frombuffer(struct.pack("<Q", bits), np.float64) for bits in (0x7FF8 << 48, 0x7FF8 << 48 | 1))
    assert digest(pa.table({"x": quiet})) != digest(pa.table({"x": other}))


def test_run_ends_below_a_null_struct_do_not_count() -> None:
    def over(inner: Array) -> pa.Table:
        return pa.table({"x": pa.StructArray.from_arrays([inner], ["a"], mask=pa.array([False, True, False]))})

    assert digest(over(run_ends(pa.array([1, 1, 1])))) == digest(over(pa.array([1, 5, 1])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.schema([("a", pa.int8()), ("b", pa.int8())]), pa.schema([("b", pa.int8()), ("a", pa.int8())])),
        (pa.schema([("a", pa.int8())]), pa.schema([("A", pa.int8())])),
        (pa.schema([("a", pa.int8())]), pa.schema([("a", pa.int16())])),
        (pa.schema([("a", pa.string())]), pa.schema([("a", pa.binary())])),
        (pa.schema([("a", pa.timestamp("us"))]), pa.schema([("a", pa.timestamp("ms"))])),
        (pa.schema([("a", pa.timestamp("us"))]), pa.schema([("a", pa.timestamp("us", "UTC"))])),
        (pa.schema([("a", pa.list_(pa.int8(), 2))]), pa.schema([("a", pa.list_(pa.int8(), 3))])),
        (pa.schema([("a", pa.list_(pa.int8(), 2))]), pa.schema([("a", pa.list_(pa.int8()))])),
        (pa.schema([("a", pa.struct([("b", pa.int8())]))]), pa.schema([("a", pa.struct([("c", pa.int8())]))])),
        (pa.schema([("a", pa.int8())]), pa.schema([])),
    ],
    ids=str,
)
def test_schemas_count_where_there_are_no_rows(one: pa.Schema, other: pa.Schema) -> None:
    assert digest(one.empty_table()) != digest(other.empty_table())


def test_rows_without_columns_are_counted() -> None:
    columns = pa.table({"x": [1, 2]})
    assert digest(columns.select([])) != digest(columns.slice(1).select([]))


def test_names_of_items_and_metadata_do_not_count() -> None:
    one = pa.table({"x": pa.array([[1]], pa.list_(pa.field("item", pa.int64())))})
    other = pa.table({"x": pa.array([[1]], pa.list_(pa.field("element", pa.int64(), nullable=False)))})
    assert digest(one) == digest(other.replace_schema_metadata({"any": "thing"}))


def test_an_extension_is_what_it_is_stored_as() -> None:
    stored = pa.array([b"0" * 16, None], pa.binary(16))
    assert digest(pa.table({"x": pa.ExtensionArray.from_storage(pa.uuid(), stored)})) == digest(pa.table({"x": stored}))


def test_a_record_batch_and_a_reader_are_digested_as_a_table_is() -> None:
    rows = pa.table({"x": [1, 2, 3]})
    assert digest(rows.to_batches()[0]) == digest(rows.to_reader(max_chunksize=1)) == digest(rows)


def test_the_form_is_that_of_the_record() -> None:
    rows = pa.table({"n": pa.array([1, None], pa.int8()), "t": pa.array(["a", "bc"])})

    def sha256(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    columns = [[sha256(b"\1\0"), sha256(b"\1")], [sha256(b"\1\1"), sha256(struct.pack("<2q", 1, 2)), sha256(b"abc")]]
    whole = manifest.canonical([2, [["n", "int8"], ["t", "string"]], columns])
    assert digest(rows) == sha256(whole)[:32]


def test_unions_and_other_columns_are_refused() -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        Content(pa.schema([("x", pa.dense_union([pa.field("a", pa.int8())]))]))
    with pytest.raises(ValueError, match="digest them apart"):
        Content(pa.schema([("x", pa.int8())])).add(pa.record_batch({"x": pa.array([1], pa.int16())}))


NUMBERS = pa.schema([pa.field("n", pa.int64(), nullable=False)])


def parquet(folder: Path, *parts: list[int]) -> list[FileEntry]:
    return [
        table.write_whole(str(folder), "t", f"part-{i:05d}", pa.table({"n": part}, schema=NUMBERS))
        for i, part in enumerate(parts)
    ]


def arrow(folder: Path, *parts: list[int], stream: bool = True, name: str = "shard") -> list[FileEntry]:
    entries = []
    for i, part in enumerate(parts):
        with (
            storage.publish(f"{folder}/t", f"{name}-{i}.arrow") as sink,
            (pa.ipc.new_stream if stream else pa.ipc.new_file)(storage.arrow_file(sink), NUMBERS) as writer,
        ):
            writer.write_table(pa.table({"n": part}, schema=NUMBERS), max_chunksize=2)
        entries.append(FileEntry(name=sink.name, rows=len(part), bytes=sink.bytes, sha256=sink.sha256))
    return entries


def other(folder: Path, name: str, data: bytes) -> FileEntry:
    with storage.publish(f"{folder}/t", name) as sink:
        sink.write(data)
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)


def stage(folder: Path, entries: list[FileEntry]) -> dict[str, str]:
    receipt = Receipt(task=0, files={"t": entries})
    return of_stage(str(folder), manifest.from_receipts("s", {"stage": "s"}, [receipt]), {})


def test_parts_of_a_stage_may_be_cut_and_called_as_they_like(tmp_path: Path) -> None:
    made = [
        parquet(tmp_path / "one", [1, 2, 3, 4]),
        parquet(tmp_path / "two", [1], [], [2, 3, 4]),
        arrow(tmp_path / "one", [1, 2, 3, 4]),
        arrow(tmp_path / "two", [1, 2], [3, 4], stream=False),
        arrow(tmp_path / "three", [1, 2, 3, 4], name="named-otherwise"),
    ]
    folders = [tmp_path / name for name in ("one", "two", "one", "two", "three")]
    digests = [stage(folder, entries) for folder, entries in zip(folders, made, strict=True)]
    assert len(digests[0]["t"]) == row_digest.DIGITS
    assert digests == [digests[0]] * len(digests)


@pytest.mark.parametrize(
    "changed",
    [
        lambda folder: parquet(folder, [1, 2, 4]),
        lambda folder: parquet(folder, [1, 2]),
        lambda folder: parquet(folder, [3], [1, 2]),
        lambda folder: parquet(folder, []),
        lambda folder: [],
        lambda folder: [*parquet(folder, [1, 2, 3]), other(folder, "state.json", b"{}")],
        lambda folder: [*parquet(folder, [1, 2]), other(folder, "state.json", b"{}"), *parquet(folder, [3])],
    ],
)
def test_rows_of_a_stage_count(tmp_path: Path, changed: Callable[[Path], list[FileEntry]]) -> None:
    before = stage(tmp_path / "before", parquet(tmp_path / "before", [1, 2, 3]))
    assert stage(tmp_path / "after", changed(tmp_path / "after")) != before


def test_other_files_count_by_name_and_bytes(tmp_path: Path) -> None:
    digests = [
        stage(tmp_path, [other(tmp_path, name, data)])["t"]
        for name, data in [("a.json", b"{}"), ("b.json", b"{}"), ("a.json", b"[]")]
    ]
    assert len(set(digests)) == 3


def test_parts_of_other_columns_are_digested_apart(tmp_path: Path) -> None:
    wide = pa.table({"n": [3], "m": [4]})
    entries = [*parquet(tmp_path, [1, 2]), table.write_whole(str(tmp_path), "t", "part-00001", wide)]
    assert stage(tmp_path, entries) != stage(tmp_path, entries[::-1])


@pytest.mark.parametrize("make", [parquet, arrow])
@pytest.mark.parametrize("damage", ["missing", "shorter"])
def test_a_part_that_is_damaged_is_named(tmp_path: Path, make: Callable[..., list[FileEntry]], damage: str) -> None:
    entries = make(tmp_path, [1, 2, 3])
    path = tmp_path / "t" / entries[0].name
    data = path.read_bytes()
    path.unlink()
    if damage == "shorter":
        path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=f"{entries[0].name} is (missing|damaged).*run again"):
        stage(tmp_path, entries)
