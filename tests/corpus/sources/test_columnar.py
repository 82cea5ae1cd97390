"""Rows of Parquet and Arrow, whatever a column's type, and whatever is wrong with a value, a batch or a page."""

import datetime
import decimal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Item, Record, Reject
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from filters.arrow import Array
from tests.conftest import ROOT

Items = list[Item]


def read(path: Path, **settings: Any) -> Items:
    source = Source(name="s", path=str(path), **settings)
    return [item for unit in plan_units(list_files(source, ""), 1 << 26) for item in read_unit(unit, source)]


def records(found: Items) -> list[Record]:
    return [item for item in found if isinstance(item, Record)]


def rejects(found: Items) -> list[tuple[int, str]]:
    return [(item.offset, item.reason) for item in found if isinstance(item, Reject)]


def write(path: Path, table: pa.Table, rows: int = 100) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=rows)
        return
    opened = pa.ipc.new_file if path.name.startswith("file") else pa.ipc.new_stream
    with opened(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)


NAMES = ["x.parquet", "file.arrow", "stream.arrow"]
every_kind = pytest.mark.parametrize("name", NAMES)


@every_kind
@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_text_is_text_in_every_type_of_column(tmp_path: Path, name: str, kind: pa.DataType) -> None:
    wanted = ["one", None, "drei ä", "one", "日本"]
    write(tmp_path / name, pa.table({"text": pa.array(wanted, pa.string()).cast(kind)}))
    found = read(tmp_path / name)
    assert [record.text for record in records(found)] == [text for text in wanted if text]
    assert rejects(found) == [(1, "missing_text")]


def spoiled(values: list[bytes]) -> Array:
    """A column of strings that are not checked."""
    return pa.array(values, pa.binary()).view(pa.string())


@every_kind
def test_a_value_that_is_not_utf8_costs_its_own_row_or_only_itself(tmp_path: Path, name: str) -> None:
    values = [f"text {n}".encode() for n in range(600)]
    values[300] = b"caf\xe9 noir"
    urls = [b"u"] * 600
    urls[7] = b"\xff"
    write(tmp_path / name, pa.table({"text": spoiled(values), "url": spoiled(urls)}), 1000)
    found = read(tmp_path / name)
    assert rejects(found) == [(300, "undecodable")]
    got = records(found)
    assert [record.offset for record in got] == [n for n in range(600) if n != 300]
    assert [(record.offset, record.unusable) for record in got if record.url is None] == [(7, ("url_field",))]


IDS = [
    ([uuid.UUID(int=n) for n in (1, 2)], pa.uuid(), [str(uuid.UUID(int=n)) for n in (1, 2)]),
    ([decimal.Decimal("1.50"), decimal.Decimal("2.00")], pa.decimal128(5, 2), ["1.50", "2.00"]),
    ([1.5, 2.0], pa.float64(), ["1.5", "2.0"]),
    ([b"\xff\x01", b"ab"], pa.binary(), ["ff01", "ab"]),
    ([b"\xff\x01", b"\xfe\x02"], pa.binary(2), ["ff01", "fe02"]),
    ([7, 2**63], pa.uint64(), ["7", "9223372036854775808"]),
    ([datetime.date(2024, 1, 2), datetime.date(2024, 1, 3)], pa.date32(), ["2024-01-02", "2024-01-03"]),
]


@every_kind
@pytest.mark.parametrize(("values", "kind", "expected"), IDS, ids=[str(kind) for _, kind, _ in IDS])
def test_ids_of_every_type_are_ids(
    tmp_path: Path, name: str, values: list[object], kind: pa.DataType, expected: list[str]
) -> None:
    write(tmp_path / name, pa.table({"text": ["a", "b"], "id": pa.array(values, kind)}))
    if kind == pa.date32():
        expected = [f"{text} 00:00:00+00:00" for text in expected]
    assert [record.locator for record in records(read(tmp_path / name))] == expected


def test_a_list_or_nan_is_no_id(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b"], "id": [float("nan"), 1.0], "licence": [["MIT"], ["GPL"]]})
    write(tmp_path / "x.parquet", table)
    got = records(read(tmp_path / "x.parquet", licence_field="licence"))
    assert [record.locator for record in got] == ["x.parquet#0", "1.0"]
    assert [record.unusable for record in got] == [("id_field", "licence_field"), ("licence_field",)]


@every_kind
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/Lima"])
def test_dates_are_seconds_and_those_out_of_range_none(tmp_path: Path, name: str, unit: str, zone: str | None) -> None:
    scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    beyond = [] if unit == "ns" else [2**50 if unit == "s" else 2**62]
    numbers = [1_709_208_000 * scale + scale // 2, -1, None, *beyond]
    dates = pa.array(numbers, pa.int64()).view(pa.timestamp(unit, zone))
    if unit == "s" and name == "x.parquet":
        pytest.skip("Parquet has no seconds")
    write(tmp_path / name, pa.table({"text": ["a", "b", "c", "d"][: len(numbers)], "day": dates}))
    got = records(read(tmp_path / name, date_field="day"))
    assert [record.date for record in got] == [1_709_208_000, -1, None, *([None] if beyond else [])]
    assert [record.unusable for record in got] == [(), (), (), *([("date_field",)] if beyond else [])]


def test_days_are_dates(tmp_path: Path) -> None:
    days = pa.array([19_782, -800_000, 2_932_896, 2_932_897], pa.int32()).cast(pa.date32())
    write(tmp_path / "x.parquet", pa.table({"text": list("abcd"), "day": days}))
    got = records(read(tmp_path / "x.parquet", date_field="day"))
    assert [record.date for record in got] == [19_782 * 86400, None, 2_932_896 * 86400, None]


@every_kind
def test_fields_in_structs_are_named_by_dots(tmp_path: Path, name: str) -> None:
    inner = [{"url": "u1", "when": datetime.datetime(2024, 1, 2)}, None, {"url": None, "when": None}]
    write(tmp_path / name, pa.table({"text": list("abc"), "meta": inner}))
    got = records(read(tmp_path / name, url_field="meta.url", date_field="meta.when"))
    assert [(record.url, record.date) for record in got] == [("u1", 1_704_153_600), (None, None), (None, None)]
    assert records(read(tmp_path / name, text_field="meta.url", id_field=""))[0].text == "u1"


@every_kind
def test_a_column_twice_is_refused(tmp_path: Path, name: str) -> None:
    column = pa.array(["a"])
    table = pa.Table.from_arrays([column, column, column], names=["text", "other", "other"])
    write(tmp_path / name, table)
    assert len(records(read(tmp_path / name))) == 1
    write(tmp_path / name, pa.Table.from_arrays([column, column], names=["text", "text"]))
    with pytest.raises(RecipeError, match="has the column 'text' 2 times"):
        read(tmp_path / name)


def table_of(rows: int) -> pa.Table:
    return pa.table({"text": [f"text of row {n} " * 20 for n in range(rows)], "n": list(range(rows))})


def test_a_damaged_row_group_costs_its_rows_and_says_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write(path, table_of(500))
    about = pq.ParquetFile(path).metadata
    chunk = about.row_group(2).column(0)
    data = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data[start : start + 30] = b"\xff" * 30
    path.write_bytes(data)
    found = read(path)
    assert [record.offset for record in records(found)] == [*range(200), *range(300, 500)]
    [bad] = [item for item in found if isinstance(item, Reject)]
    group = about.row_group(2)
    stored = sum(group.column(i).total_compressed_size for i in range(group.num_columns))
    assert (bad.offset, bad.reason, bad.lost) == (200, "corrupt", stored)


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_a_damaged_batch_costs_itself(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.arrow"
    write(path, table_of(300))
    data = bytearray(path.read_bytes())
    ends = np.cumsum([0, *(len(str(text)) for text in table_of(200).column("text").to_pylist()[100:])])
    place = data.index(ends.astype("<i4").tobytes())
    data[place + 200 : place + 204] = (2**31 - 1).to_bytes(4, "little")  # one of the offsets points far behind the text
    path.write_bytes(data)
    found = read(path)
    assert rejects(found) == [(100, "corrupt")]
    assert len(records(found)) == 200
    assert sum(item.lost for item in found if isinstance(item, Reject)) > 0


def a_dictionary(folder: Path) -> Path:
    """1 MB of text that 3,000 rows point at: 3 GB, were it written out."""
    path = folder / "bomb.parquet"
    index = pa.array([0] * 3000, pa.int32())
    column = pa.DictionaryArray.from_arrays(index, pa.array(["x" * (1 << 20)]))
    pq.write_table(pa.table({"text": column}), path)
    return path


def deltas(folder: Path) -> Path:
    """1 MB of text that 3,000 rows share with the row before, but for its end."""
    path = folder / "deltas.parquet"
    half = "x" * (1 << 20)
    schema = pa.schema([("text", pa.string())])
    with pq.ParquetWriter(path, schema, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}) as writer:
        for first in range(0, 3000, 100):
            writer.write_table(pa.table({"text": [f"{half}{n}" for n in range(first, first + 100)]}), 3000)
    return path


@pytest.mark.parametrize("make", [a_dictionary, deltas])
def test_a_few_bytes_that_mean_gigabytes_are_read_in_little_memory(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    code = (
        "import resource; from tests.corpus.sources.test_columnar import *;"
        "from corpus.readers.columnar import read as rows;"
        f"source = Source(name='s', path={str(path)!r});"
        "[unit] = plan_units(list_files(source, ''), 1 << 30);"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "count = sum(1 for piece in unit.slices for _ in rows(piece, source));"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    count, grown = map(int, done.stdout.split())
    assert count == 3000
    assert grown < 400 << 10  # kB


@every_kind
def test_no_damage_kills_the_reader(tmp_path: Path, name: str) -> None:
    """Every document is whole, or its loss is said; in a process of its own, for a crash is no exception."""
    columns = {"text": [f"row {n}" for n in range(50)], "id": [f"i{n}" for n in range(50)], "url": [None, "u"] * 25}
    table = pa.table(columns)
    write(tmp_path / name, table.set_column(2, "url", table.column("url").dictionary_encode()), 10)
    code = (
        "import random, sys; from pathlib import Path; from tests.corpus.sources.test_columnar import *;"
        "path = Path(sys.argv[1]); whole = path.read_bytes(); rng = random.Random(7)\n"
        "for turn in range(400):\n"
        "    data = bytearray(whole)\n"
        "    for _ in range(rng.randrange(1, 4)):\n"
        "        data[rng.randrange(len(data))] = rng.randrange(256)\n"
        "    if turn % 3 == 0: data = data[: rng.randrange(len(data))]\n"
        "    path.write_bytes(data)\n"
        "    try:\n"
        "        found = read(path)\n"
        "    except RecipeError:\n"
        "        continue\n"
        "    assert len(records(found)) <= 50 or turn\n"
        "print('alive')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_streams_behind_each_other_are_read_and_what_is_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "stream.arrow"
    write(path, table_of(200))
    data = path.read_bytes()
    path.write_bytes(data + data)
    assert len(records(read(path))) == 400
    path.write_bytes(data + b"garbage " * 512)
    found = read(path)
    assert len(records(found)) == 200
    assert [item.lost for item in found if isinstance(item, Reject)] == [8 * 512]
    path.write_bytes(data[: len(data) // 2])
    [lost] = [item.lost for item in read(path) if isinstance(item, Reject)]
    assert lost > 1000


@every_kind
def test_a_bad_value_in_a_struct_costs_itself(tmp_path: Path, name: str) -> None:
    texts = [f"text {n}".encode() for n in range(600)]
    junk = list(texts)
    junk[5], texts[300] = b"\xff", b"\xff"
    struct = pa.StructArray.from_arrays([spoiled(texts), spoiled(junk)], names=["text", "junk"])
    write(tmp_path / name, pa.table({"m": struct}), 1000)
    found = read(tmp_path / name, text_field="m.text")
    assert len(records(found)) == 599
    assert rejects(found) == [(300, "undecodable")]


@every_kind
def test_values_that_python_cannot_hold_are_none(tmp_path: Path, name: str) -> None:
    ids = pa.array([2**62, -(2**62)], pa.int64()).view(pa.duration("s"))
    times = pa.array([2**40, 1], pa.int64()).view(pa.time64("us"))
    write(tmp_path / name, pa.table({"text": ["a", "b"], "id": ids, "url": times, "licence": [[1], [2]]}))
    got = records(read(tmp_path / name, licence_field="licence"))
    assert [record.text for record in got] == ["a", "b"]
    assert all("id_field" in record.unusable and "licence_field" in record.unusable for record in got)


def test_long_numbers_that_were_rounded_are_no_ids(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(
        b'{"text":"a","id":123456789012345678901}\n{"text":"b","id":123456789012345678902}\n'
    )
    got = records(read(tmp_path / "x.jsonl"))
    assert len({record.locator for record in got}) == 2
    assert [record.unusable for record in got] == [("id_field",)] * 2


def test_a_page_whose_checksum_is_wrong_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(table_of(100), path, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[data.index(b"row 50")] ^= 1
    path.write_bytes(data)
    assert (len(records(read(path))), rejects(read(path))) == (0, [(0, "corrupt")])
