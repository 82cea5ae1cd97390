"""Records that a source leaves out by what a field holds: counted by field, and no share of what was rejected."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.sources.record import Note, Record, Reject
from corpus.sources.source import Source
from tests.conftest import Gristmill
from tests.corpus.sources.test_skip import items

ROWS: list[dict[str, object]] = [
    {"text": "one", "meta": {"type": "text", "year": 2001}},
    {"text": "two", "meta": {"type": "user", "year": 2001}},
    {"text": "three", "meta": {"type": "text/plain", "year": 1999}},
    {"text": "four", "meta": {"year": 2001}},
    {"text": "five"},
]
LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)
WHERE = {"meta.type": ("text*",)}


def kept(found: list[object]) -> list[str]:
    assert not [item for item in found if isinstance(item, Reject) and item.reason != "unwanted"]
    return [item.text for item in found if isinstance(item, Record)]


def test_records_stay_by_a_field(tmp_path: Path) -> None:
    assert kept(items(tmp_path, "x.jsonl", LINES, where=WHERE)) == ["one", "three"]
    assert kept(items(tmp_path, "x.jsonl", LINES, where=WHERE | {"meta.year": ("2001",)})) == ["one"]
    assert not [one for one in items(tmp_path, "x.jsonl", LINES, where=WHERE) if isinstance(one, Note)]


def test_tables_and_lists_and_booleans(tmp_path: Path) -> None:
    csv = b"text,kind\none,a\ntwo,b\n"
    assert kept(items(tmp_path, "x.csv", csv, where={"kind": ("b",)})) == ["two"]
    lists = b'{"text": "one", "tags": ["x", "y"]}\n{"text": "two", "tags": ["z"]}\n'
    assert kept(items(tmp_path, "x.jsonl", lists, where={"tags": ("y",)})) == ["one"]
    table = pa.table({"text": ["one", "two"], "good": [True, False]})
    pq.write_table(table, tmp_path / "y.parquet")
    data = (tmp_path / "y.parquet").read_bytes()
    assert kept(items(tmp_path, "x.parquet", data, where={"good": ("false",)})) == ["two"]
    with pytest.raises(RecipeError, match="has no column 'kind'"):
        items(tmp_path, "x.parquet", data, where={"kind": ("a",)})


def test_what_has_no_fields_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="has no fields, which where names"):
        items(tmp_path, "x.txt", b"plain", where=WHERE)
    with pytest.raises(ValueError, match="format 'warc' has no fields"):
        Source(name="s", path="x", format="warc", where=WHERE)
    with pytest.raises(ValueError, match="name the values"):
        Source(name="s", path="x", where={"type": ()})


def test_unwanted_records_are_counted_and_not_held_against_the_source(tmp_path: Path, gristmill: Gristmill) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    recipe = tmp_path / "r.toml"
    for where, code in (('where."meta.type" = ["text"]', 0), ('where.kind = ["text"]', 2)):
        recipe.write_text(f'[[sources]]\nname = "a"\npath = "a.jsonl"\n{where}\n', "utf-8")
        root = tmp_path / f"out{code}"
        done = gristmill("run", recipe, "--root", root, "--until", "ingest")
        assert done.returncode == code, done.stderr
    assert "`where` leaves out all of its 5 records" in done.stderr
    [manifest] = (tmp_path / "out0").glob("ingest/*/manifest.json")
    counts = json.loads(manifest.read_bytes())["counts"]
    assert (counts["records"], counts["documents"], counts["rejects"], counts["notes"]) == (5, 1, 4, 4)
