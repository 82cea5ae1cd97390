"""Items of suites, whatever form their files have."""

import bz2
import gzip
import lzma
from pathlib import Path

import lz4.frame
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.contamination import suites
from corpus.contamination.items import Item, read
from corpus.contamination.recipe_table import Contamination, Suite
from corpus.errors import DataError, RecipeError
from corpus.packed.compression import COMPRESSIONS

SUITE = Suite(name="s", path="x")
ROW = {"id": "a1", "task": "t", "question": "Who wove it?", "answer": "Arachne", "passage": "A loom stood there."}


def _lines(*rows: object) -> bytes:
    return b"\n".join(map(orjson.dumps, rows))


@pytest.mark.parametrize(
    ("row", "question", "answer"),
    [
        (ROW, "Who wove it?", "Arachne"),
        ({"eval_key": "gsm", "question": "How many?", "answer": 7, "doc_id": 3}, "How many?", "7"),
        ({"input": "not True is", "target": "False"}, "not True is", "False"),
        ({"question": "Which?", "choices": ["red", "blue"], "answer": 1}, "Which?", "blue"),
        ({"question": "Which?", "choices": ["red", "blue"], "answer": "B"}, "Which?", "blue"),
        (
            {"question": "Which?", "choices": {"text": ["red", "blue"], "label": ["A", "B"]}, "answer": "A"},
            "Which?",
            "red",
        ),
        ({"ctx": "He opens", "endings": ["a door", "the sea"], "label": 1}, "He opens", "the sea"),
        ({"question": "Who?", "answers": {"text": ["Ada", "Lovelace"], "answer_start": [1]}}, "Who?", "Ada"),
        ({"question": "Who?", "answer": {"value": "Ada", "aliases": ["Lovelace"]}}, "Who?", "Ada"),
        ({"doc": {"question": "Who?", "answer": "Ada"}, "doc_id": 4, "target": "Ada"}, "Who?", "Ada"),
        ({"input": {"text": "Who is it?"}, "id": "id7"}, "Who is it?", ""),
    ],
)
def test_fields_of_suites(row: dict[str, object], question: str, answer: str) -> None:
    (item,) = read(SUITE, "file.jsonl", _lines(row))
    assert (item.question, item.answer) == (question, answer)


def test_forms_of_files(tmp_path: Path) -> None:
    item = Item(suite="s", task="t", id="a1", question="Who wove it?", answer="Arachne", passage="A loom stood there.")
    pq.write_table(pa.Table.from_pylist([ROW]), tmp_path / "f.parquet")
    forms = {"f.jsonl": _lines(ROW), "f.json": _lines([ROW]), "f.parquet": (tmp_path / "f.parquet").read_bytes()}
    for name, data in forms.items():
        assert list(read(SUITE, name, data)) == [item]
    whole = {"canary": "canary GUID 1-2", "examples": [{"input": "a?", "target": "b"}, {"input": "c?", "target": "d"}]}
    found = list(read(SUITE, "dir/logic.json", _lines(whole)))
    assert [(one.task, one.id, one.canary) for one in found] == [
        ("logic", "0", "canary GUID 1-2"),
        ("logic", "1", "canary GUID 1-2"),
    ]


def test_named_fields_win() -> None:
    suite = Suite(name="s", path="x", question_field="meta.stem", answer_field="meta.key", id_field="n")
    (item,) = read(suite, "f.jsonl", _lines({"meta": {"stem": "Why?", "key": "so"}, "n": 5, "question": "other"}))
    assert (item.question, item.answer, item.id) == ("Why?", "so", "5")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no items"),
        (b'{"a": 1}', "no question and no passage among its fields (a)"),
        (b'{"question": "a?"}\n[1]', "item 2: not an object"),
        (b'{"question": "a?"}\n{"question"', "line 2: no JSON"),
        (b"7", "neither JSON lines"),
    ],
)
def test_what_gives_no_item_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(RecipeError) as raised:
        list(read(SUITE, "f.jsonl", data))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_files_of_a_suite(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(_lines(ROW))
    packed = pa.CompressedOutputStream(str(tmp_path / "a.jsonl.gz"), "gzip")
    packed.write(_lines({**ROW, "id": "z"}))
    packed.close()
    (tmp_path / "README.md").write_text("no items")
    for path in (".", "*.json*"):
        found = suites.files(Contamination(suites=(Suite(name="s", path=path),)), str(tmp_path))
        assert [one.id for one in suites.items(found)] == ["z", "a1"]
    (tmp_path / "b.jsonl").write_bytes(_lines(ROW, ROW))
    with pytest.raises(DataError, match="changed since"):
        list(suites.items(found))
    with pytest.raises(RecipeError, match="no files of items"):
        suites.files(Contamination(suites=(Suite(name="s", path="*.csv"),)), str(tmp_path))
    (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(RecipeError, match="cannot be unpacked"):
        list(suites.items(suites.files(Contamination(suites=(Suite(name="s", path="a.*"),)), str(tmp_path))))


def test_a_field_that_no_item_has_and_an_answer_that_is_no_choice_are_errors() -> None:
    with pytest.raises(RecipeError, match="no item has the field 'nope', which suite 's' names as answer_field"):
        list(read(Suite(name="s", path="x", answer_field="nope"), "f.jsonl", _lines(ROW)))
    with pytest.raises(RecipeError, match="item 1: its answer is 7, and it has 1 choices"):
        list(read(SUITE, "f.jsonl", _lines({"question": "Which?", "choices": ["red"], "answer": 7})))


def test_a_file_of_no_items_among_them_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines(ROW))
    (tmp_path / "LICENSE").write_text("MIT")
    table = Contamination(suites=(Suite(name="s", path="."),))
    assert len(suites.files(table, str(tmp_path))) == 1
    (tmp_path / "b.csv").write_text("question\n")
    with pytest.raises(RecipeError, match="holds b.csv too"):
        suites.files(table, str(tmp_path))


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_every_compression_that_sources_may_have(tmp_path: Path, name: str) -> None:
    pack = {"gzip": gzip.compress, "zstd": zstandard.compress, "bzip2": bz2.compress, "xz": lzma.compress}
    data = pack.get(name, lz4.frame.compress)(_lines(ROW))
    table = Contamination(suites=(Suite(name="s", path="*"),))
    path = tmp_path / f"a.jsonl{COMPRESSIONS[name].extensions[0]}"
    path.write_bytes(data)
    assert [item.id for item in suites.items(suites.files(table, str(tmp_path)))] == ["a1"]
    path.write_bytes(data[:-3])
    with pytest.raises(RecipeError, match="a.jsonl.* cannot be unpacked"):
        suites.files(table, str(tmp_path))
