"""Records that a source leaves out by name: counted, in the identity, and an error where there is no such record."""

import json
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Note, Record, Reject
from corpus.sources.source import Source
from corpus.sources.units import read_unit
from tests.corpus.sources.test_readers import PAGES, read_bytes, reasons, texts, warc

LINES = [json.dumps({"text": f"Line {n}", "id": f"own-{n}"}).encode() + b"\n" for n in range(4)]


def items(folder: Path, name: str, data: bytes, unit_bytes: int = 1 << 26, **settings: object) -> list[object]:
    (folder / name).write_bytes(data)
    source = Source(name="s", path=str(folder / name), **settings)  # type: ignore[arg-type]
    return [item for unit in plan_units(list_files(source, "."), unit_bytes) for item in read_unit(unit, source)]


@pytest.mark.parametrize("unit_bytes", [1 << 26, 20])
def test_line_is_left_out_by_file_and_offset_and_counted(tmp_path: Path, unit_bytes: int) -> None:
    name = f"x.jsonl#{len(LINES[0])}"
    found = items(tmp_path, "x.jsonl", b"".join(LINES), unit_bytes, skip=(name,))
    assert [item.text for item in found if isinstance(item, Record)] == ["Line 0", "Line 2", "Line 3"]
    assert [(r.file, r.offset, r.reason, r.lost) for r in found if isinstance(r, Reject)] == [
        ("x.jsonl", len(LINES[0]), "skipped", 0)
    ]
    assert [(n.detail, n.count) for n in found if isinstance(n, Note) and n.kind == "skipped"] == [(name, 1)]


def test_broken_line_of_that_name_keeps_its_reason(tmp_path: Path) -> None:
    found = items(tmp_path, "x.jsonl", b"not json\n" + LINES[0], skip=("x.jsonl#0",))
    assert [item.reason for item in found if isinstance(item, Reject)] == ["broken"]
    assert [item.detail for item in found if isinstance(item, Note)] == ["x.jsonl#0"]


@pytest.mark.parametrize("gzipped", [True, False])
def test_page_of_an_archive_is_left_out_unparsed(tmp_path: Path, gzipped: bool) -> None:
    data = warc(PAGES[:3], gzipped=gzipped)
    whole = read_bytes(tmp_path, "x.warc", data) if not gzipped else read_bytes(tmp_path, "x.warc.gz", data)
    second = whole[1]
    with patch("corpus.html.page.read") as parsed:
        skips = tuple(f"{item.file}#{item.offset}" for item in whole)
        found = read_bytes(tmp_path, second.file, data, skip=skips)
    assert reasons(found) == ["skipped"] * 3
    parsed.assert_not_called()
    found = read_bytes(tmp_path, second.file, data, skip=(f"{second.file}#{second.offset}",))
    assert (len(texts(found)), reasons(found)) == (2, ["skipped"])


@pytest.mark.parametrize("name", ["x.html", "x.txt"])
def test_file_that_is_one_record_is_not_read(tmp_path: Path, name: str) -> None:
    with patch("corpus.sources.units.import_module", side_effect=ZeroDivisionError):
        found = read_bytes(tmp_path, name, b"<p>words of a page", skip=(f"{name}#0",))
    assert reasons(found) == ["skipped"]


def test_row_of_a_table_is_left_out_by_its_number(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a", "b", "c"]}), tmp_path / "x.parquet", row_group_size=2)
    found = read_bytes(tmp_path, "x.parquet", (tmp_path / "x.parquet").read_bytes(), skip=("x.parquet#2",))
    assert (texts(found), reasons(found)) == (["a", "b"], ["skipped"])


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"skip names the file 'y.jsonl', which is not at .*'x.jsonl'"):
        read_bytes(tmp_path, "x.jsonl", LINES[0], skip=("y.jsonl#0",))


@pytest.mark.parametrize("name", ["", "x.jsonl", "#1", "x#", "x#-1", "x#01", "x#1.0", "x#\u0663"])
def test_name_of_no_record_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="names no record: write"):
        Source(name="s", path="x", skip=(name,))


def test_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="holds 'x#1' twice"):
        Source(name="s", path="x", skip=("x#1", "x#1"))
