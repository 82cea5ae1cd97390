"""Lines of JSON are read as far as they say something; what is mended is counted, what nobody reads costs nothing."""

import codecs
import gzip
import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.readers import jsonl
from corpus.readers.lines import Lines
from corpus.readers.skim import skim, tree_of
from tests.corpus.sources.archives import found

HALF = ("repaired", "half a surrogate pair to U+FFFD")
BAD = ("repaired", "bytes that are no UTF-8 to U+FFFD")
GOOD = b'{"text": "good"}\n'


@pytest.mark.parametrize(
    ("line", "text", "note"),
    [
        (rb'{"text": "a \ud83d b"}', "a \ufffd b", {HALF: 1}),
        (rb'{"text": "\udc80\ud83d"}', "\ufffd\ufffd", {HALF: 2}),
        (rb'{"text": "a \ud83d\ude00 b", "m": "\ud800"}', "a \U0001f600 b", {}),
        (rb'{"text": "a", "m": {"k\udfff": ["\udfff"]}}', "a", {}),
        (b'{"text": "a \xff b"}', "a \ufffd b", {BAD: 1}),
        (b'{"text": "\xef\xbf\xbd and \xe2\x82"}', "\ufffd and \ufffd", {BAD: 1}),
        (b'{"text": "a", "m": "\xff\xfe\xfd"}', "a", {}),
        (b'{"text": "a", "\xff": 1}', "a", {}),
        (b'{"text": "a", "m": NaN, "n": [Infinity, -Infinity, {"x": NaN}]}', "a", {}),
        (b'{"m": NaN , "text" : "a"}', "a", {}),
        (b'{"text": "first", "text": "last", "m": NaN}', "last", {}),
        (b'{"t\\u0065xt": "a", "m": NaN}', "a", {}),
        (b'{"text": "a\\n\\"\\\\", "m": NaN}', 'a\n"\\', {}),
        (b'{"text": "a", "m": 1' + b"0" * 10_000 + b', "n": NaN}', "a", {}),
        (b'{"text": "a", "m": 123456789012345678901234567890}', "a", {}),
    ],
)
def test_what_is_wrong_with_a_line_costs_no_more_than_it_must(
    tmp_path: Path, line: bytes, text: str, note: dict[tuple[str, str], int]
) -> None:
    read = found(tmp_path, "x.jsonl", GOOD + line + b"\n" + GOOD)
    assert read.texts == ["good", text, "good"]
    assert not read.rejects
    assert read.notes == note


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": NaN}', "missing_text"),
        (b'{"text": ["a"], "m": NaN}', "missing_text"),
        (b'{"text": "a", "m": NaN', "broken"),
        (b'{"text": "a", "m": NaN}}', "broken"),
        (b'{"text": "a", "m": [NaN}}', "broken"),
        (b'{"text": "a", NaN: 1}', "broken"),
        (b'{"text": "a" "m": NaN}', "broken"),
        (b'{"text": "a\\q", "m": NaN}', "broken"),
        (b'{"text": "a\x01", "m": NaN}', "broken"),
        (b'{"text": "' + b"\xff" * 3 + b"x" * 2000 + b'"}', "undecodable"),
        (b'{"text": "a", "m": ' + b"[" * 5000 + b"]" * 5000 + b"}", "broken"),
        (b'{"text": "a", "m": ' + b'{"m":' * 5000 + b"1" + b"}" * 5001, "broken"),
        (b'{"text": "a", "m": ' + b"[" * 1_000_000, "broken"),
    ],
)
def test_line_that_gives_nothing_is_a_reject_among_good_ones(tmp_path: Path, line: bytes, reason: str) -> None:
    read = found(tmp_path, "x.jsonl", GOOD + line + b"\n" + GOOD)
    assert read.texts == ["good", "good"]
    assert read.reasons == [reason]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_bad_sequence_in_a_thousand_characters_is_mended(tmp_path: Path, count: int) -> None:
    read = found(tmp_path, "x.jsonl", b'{"text": "' + b"\xff" * count + b"x" * 2000 + b'"}')
    assert read.reasons == (["undecodable"] if count > 2 else [])


def test_fields_between_dots_are_found_in_a_line_that_is_refused(tmp_path: Path) -> None:
    line = b'{"meta": {"u": {"rl": "http://a.test/"}, "x": NaN}, "body.text": "one", "body": {"text": "two"}, "id": 7}'
    [one] = found(tmp_path, "x.jsonl", line, text_field="body.text", url_field="meta.u.rl").records
    assert (one.text, one.url, one.locator) == ("one", "http://a.test/", "7")


NAMES = st.sampled_from(["a", "text", 'q"\\'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5) | st.floats(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["text", "id", "a", "a.b", "é"]), VALUES), st.sampled_from([None, 1]))
def test_skimming_finds_what_parsing_does(row: dict[str, object], indent: int | None) -> None:
    line = json.dumps(row, indent=indent).encode()
    names = ["text", "é", "a"]
    assert skim(line, tree_of(names)).found == {name: row[name] for name in row if name in names}


@given(st.binary(max_size=30) | st.text('{}[]":,\\ e1n', max_size=30).map(str.encode))
def test_skimming_takes_all_that_parsing_takes(line: bytes) -> None:
    try:
        parsed = orjson.loads(line)
    except orjson.JSONDecodeError:
        return
    if isinstance(parsed, dict):
        assert skim(line, tree_of(["e"])).found == {name: parsed[name] for name in parsed if name == "e"}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_as_on_any_system(tmp_path: Path, end: bytes, last: bool) -> None:
    rows = [json.dumps({"text": f"line {number}"}).encode() for number in range(3000)]
    read = found(tmp_path, "x.jsonl", end.join(rows) + (end if last else b""))
    assert read.texts == [f"line {number}" for number in range(3000)]
    assert not read.rejects


@given(st.lists(st.sampled_from([b"a", b"bb", b"\n", b"\r\n", b"\r", b"\xc2\x85"]), max_size=20), st.integers(1, 5))
def test_lines_out_of_blocks_of_any_size_are_those_of_the_whole(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    lines = Lines(100, 0, skips=False, stop=-1)
    got = [line for at in range(0, len(data), size) for _, line in lines.feed(data[at : at + size])]
    got.append(lines.rest()[1])
    assert [line for line in got if line] == [line for line in data.replace(b"\r", b"\n").split(b"\n") if line]


def test_marks_of_files_that_were_joined_are_no_part_of_lines(tmp_path: Path) -> None:
    one = codecs.BOM_UTF8 + b'{"text": "one"}\n{"text": "two"}\n'
    read = found(tmp_path, "x.jsonl", one + one + codecs.BOM_UTF8)
    assert read.texts == ["one", "two", "one", "two"]
    assert not read.rejects


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_file_in_utf_16_is_an_error_that_says_so(tmp_path: Path, encoding: str, name: str) -> None:
    data = '{"text": "a"}\n'.encode(encoding)
    with pytest.raises(RecipeError, match="UTF-16"):
        found(tmp_path, name, data if encoding == "utf-16" else codecs.BOM_UTF16_BE + data)


@pytest.mark.parametrize("unit", [b"[],", b'{"a":1},', b"1.5,", b'"ab",', b"[[[[[[[[[1]]]]]]]]],"])
def test_line_of_many_small_values_is_read_without_its_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: bytes
) -> None:
    monkeypatch.setattr(jsonl, "_TREE_BYTES", 1 << 10)
    monkeypatch.setattr(jsonl, "_TREE_VALUES", 1 << 8)
    monkeypatch.setattr(orjson, "loads", _refusing(orjson.loads, 1 << 10))
    line = b'{"text": "kept", "a": [' + unit * 2000 + b"0]}\n"
    read = found(tmp_path, "x.jsonl.gz", gzip.compress(line + GOOD))
    assert read.texts == ["kept", "good"]


def _refusing(loads: object, most: int) -> object:
    def bounded(line: bytes) -> object:
        assert len(line) <= most
        return loads(line)  # type: ignore[operator]

    return bounded


ROWS = [
    {"text": 'one ]}\\" [{,', "id": 1},
    {"id": 2, "text": "zwei é", "m": [1, [2, {"x": "}"}]]},
    {"text": "three", "id": 3, "m": {}},
]


def _layouts() -> dict[str, bytes]:
    array = json.dumps(ROWS)
    return {
        "array": array.encode(),
        "array of lines": b"[\n" + b",\n".join(json.dumps(row).encode() for row in ROWS) + b"\n]\n",
        "indented array": json.dumps(ROWS, indent=2, ensure_ascii=False).encode(),
        "marked array": codecs.BOM_UTF8 + array.encode(),
        "array behind spaces": b" \n\t" + array.encode(),
        "two arrays": json.dumps(ROWS[:1]).encode() + b"\n" + json.dumps(ROWS[1:]).encode(),
        "lines": b"".join(json.dumps(row).encode() + b"\n" for row in ROWS),
        "lines without the last end": b"\n".join(json.dumps(row).encode() for row in ROWS),
        "indented objects": b"\n".join(json.dumps(row, indent=1).encode() for row in ROWS),
        "objects without ends of lines": b"".join(json.dumps(row).encode() for row in ROWS),
    }


@pytest.mark.parametrize("layout", _layouts())
@pytest.mark.parametrize("end", ["", ".gz"])
def test_json_is_told_by_its_first_bytes(tmp_path: Path, layout: str, end: str) -> None:
    data = _layouts()[layout]
    read = found(tmp_path, f"x.json{end}", gzip.compress(data) if end else data)
    assert [(one.locator, one.text) for one in read.records] == [(str(row["id"]), row["text"]) for row in ROWS]
    assert [data[one.offset : one.offset + 1] for one in read.records] == [b"{"] * 3
    assert not read.rejects


@pytest.mark.parametrize("indent", [None, 2])
def test_single_object_is_a_record(tmp_path: Path, indent: int | None) -> None:
    assert found(tmp_path, "x.json", json.dumps(ROWS[1], indent=indent).encode()).texts == ["zwei é"]


def test_lines_of_which_the_first_is_broken_are_lines(tmp_path: Path) -> None:
    read = found(tmp_path, "x.json", b'{"text": "cut\n' + GOOD * 3)
    assert read.texts == ["good"] * 3
    assert read.reasons == ["broken"]


def test_array_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    big = json.dumps({"text": "x" * 5000})
    data = b'[{"text": "one"}, 2, "x", nul, ' + big.encode() + b', {"text": "a \\ud800", "m": NaN}, {"text": "cu'
    read = found(tmp_path, "x.json", data, max_record_bytes=2000)
    assert read.texts == ["one", "a \ufffd"]
    assert read.reasons == ["broken", "broken", "broken", "too_large", "truncated"]
    assert read.lost == len(b'{"text": "cu')
    assert read.notes == {HALF: 1}


def test_array_is_read_behind_damage(tmp_path: Path) -> None:
    rows = [json.dumps({"text": f"{number} " + "é" * 30}).encode() for number in range(300)]
    parts = [b",\n".join(rows[at : at + 100]) for at in (0, 100, 200)]
    packed = [bytearray(gzip.compress(part)) for part in (b"[" + parts[0], b",\n" + parts[1], b",\n" + parts[2] + b"]")]
    packed[1][60] ^= 0xFF
    read = found(tmp_path, "x.json.gz", b"".join(packed))
    numbers = [int(text.split()[0]) for text in read.texts]
    assert numbers[:100] == list(range(100))
    assert numbers[-100:] == list(range(200, 300))
    assert read.reasons == ["corrupt"]
    assert 0 < read.lost <= len(packed[1])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("right", "wrong"), [('"doc 5"', '"doc 5'), ('"doc 5", "id": 5}', '"doc 5", "id": 5')])
def test_a_sign_that_is_missing_in_an_array_costs_its_object(
    tmp_path: Path, packed: bool, right: str, wrong: str
) -> None:
    text = json.dumps([{"text": f"doc {n}", "id": n} for n in range(1000)])
    assert text.count(right) == 1
    data = text.replace(right, wrong).encode()
    read = found(tmp_path, "x.json.gz" if packed else "x.json", gzip.compress(data) if packed else data)
    assert [text for text in read.texts if text.startswith("doc")] == [f"doc {n}" for n in range(1000) if n != 5]
    assert len(read.reasons) == 1
