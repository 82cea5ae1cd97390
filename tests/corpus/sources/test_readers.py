"""Every format gives its records, whole and in order; what is broken is a reject, what is misnamed an error."""

import codecs
import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus.charset.normalise import normalise_array
from corpus.errors import RecipeError
from corpus.sources.inventory import digest, list_files, plan_units
from corpus.sources.record import REASONS, Record, Reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream
from corpus.sources.units import read_unit
from tests.conftest import ROOT, SAMPLE


def read(path: Path | str, unit_bytes: int = 1 << 26, **settings: object) -> list[Record | Reject]:
    source = Source(name="s", path=str(path), **settings)  # type: ignore[arg-type]
    found = []
    for unit in plan_units(list_files(source, "."), unit_bytes):
        found += [item for item in read_unit(unit, source) if isinstance(item, Record | Reject)]
    return found


def texts(found: list[Record | Reject]) -> list[str]:
    return [item.text for item in found if isinstance(item, Record)]


def reasons(found: list[Record | Reject]) -> list[str]:
    return [item.reason for item in found if isinstance(item, Reject)]


def compressed(data: bytes, how: str) -> bytes:
    packed: bytes = {"": lambda d: d, ".gz": gzip.compress, ".zst": zstandard.compress}[how](data)
    return packed


Page = tuple[str, str, bytes]  # URL, headers, body


def record(kind: str, url: str, block: bytes, number: int) -> bytes:
    """A WARC record, byte by byte (ISO 28500, clause 4)."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warc(pages: list[Page], *, gzipped: bool = True, status: str = "200 OK") -> bytes:
    pack = gzip.compress if gzipped else bytes
    found = b""
    for number, (url, header, body) in enumerate(pages):
        http = f"HTTP/1.1 {status}\r\n" + "".join(f"{line}\r\n" for line in header.split("|") if line) + "\r\n"
        found += pack(record("response", url, http.encode() + body, number))
    return found


def html(text: str, encoding: str = "utf-8", meta: str = "") -> bytes:
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>".encode(encoding)


PAGES = [
    (f"http://a.test/{n}", "Content-Type: text/html; charset=utf-8", html(f"Page number {n} says hello. " * 9))
    for n in range(6)
]


@pytest.mark.parametrize("how", ["", ".gz", ".zst"])
def test_warc_gives_pages_with_url_and_id(tmp_path: Path, how: str) -> None:
    data = warc(PAGES, gzipped=how == ".gz")
    (tmp_path / f"x.warc{how}").write_bytes(zstandard.compress(data) if how == ".zst" else data)
    found = read(tmp_path)
    assert [item.url for item in found if isinstance(item, Record)] == [url for url, *_ in PAGES]
    assert all(f"Page number {n} says" in text for n, text in enumerate(texts(found)))
    assert all(item.locator.startswith("urn:uuid:") for item in found if isinstance(item, Record))
    assert reasons(found) == []


@pytest.mark.parametrize("how", ["", ".gz", ".zst"])
def test_warc_cut_anywhere_gives_its_whole_records_and_one_reject(tmp_path: Path, how: str) -> None:
    plain = warc(PAGES[:3], gzipped=how == ".gz")
    data = zstandard.compress(plain) if how == ".zst" else plain
    whole = len(texts(read_bytes(tmp_path, f"x.warc{how}", data)))
    assert whole == 3
    counts = set()
    for cut in [*range(20, len(data) - 1, max(1, len(data) // 60)), len(data) - 1]:
        found = read_bytes(tmp_path, f"x.warc{how}", data[:cut])
        if reasons(found) != ["truncated"]:
            # A cut between two records, or in the empty lines behind one, leaves a whole, shorter archive.
            assert reasons(found) == []
            assert any(plain[:cut].endswith(b"</html>" + b"\r\n\r\n"[:n]) for n in range(5)) or how == ".gz"
        counts.add(len(texts(found)))
    assert counts >= {0, 2} if how != ".zst" else 0 in counts


def read_bytes(folder: Path, name: str, data: bytes, **settings: Any) -> list[Record | Reject]:
    (folder / name).write_bytes(data)
    return read(folder / name, **settings)


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("Content-Type: text/html; charset=windows-1251", html("Привет, мир", "cp1251"), "Привет, мир"),
        ("Content-Type: text/html", html("Привет, мир", "cp1251", '<meta charset="windows-1251">'), "Привет, мир"),
        ("Content-Type: text/html; charset=utf-8", html("서버 설정", "euc-kr", '<meta charset="euc-kr">'), "서버 설정"),
        ("Content-Type: text/html; charset=shift_jis", html("日本語の文章", "shift_jis"), "日本語の文章"),
        ("Content-Type: text/html", codecs.BOM_UTF16_LE + html("Grüße", "utf-16-le"), "Grüße"),
        ("Content-Type: text/plain; charset=iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("Content-Type: text/html|Content-Encoding: gzip", gzip.compress(html("packed"), mtime=0), "packed"),
        ("Content-Type: text/html|Content-Encoding: deflate", zlib.compress(html("packed")), "packed"),
        ("Content-Type: text/html|Content-Encoding: zstd", zstandard.compress(html("packed")), "packed"),
        ("Content-Type: text/html|Transfer-Encoding: chunked", b"5\r\n<p>on\r\n8\r\ne</p><p>\r\n0\r\n\r\n", "one"),
        ("", b"<!doctype html><title>x</title><p>sniffed</p>", "sniffed"),
    ],
)
def test_page_is_decoded_by_what_it_and_its_server_say(tmp_path: Path, header: str, body: bytes, expected: str) -> None:
    found = read_bytes(tmp_path, "x.warc.gz", warc([("http://a.test/", header, body)]), extractor="all")
    assert [text.strip() for text in texts(found)] == [expected]


@pytest.mark.parametrize(
    ("header", "body", "status", "reason"),
    [
        ("Content-Type: image/png", b"\x89PNG", "200 OK", "not_text"),
        ("Content-Type: text/html", html("gone"), "404 Not Found", "http_status"),
        ("Content-Type: text/html|Content-Encoding: gzip", b"\x1f\x8bbroken", "200 OK", "broken"),
        ("Content-Type: text/html", html("x" * 5000), "200 OK", "too_large"),
    ],
)
def test_response_without_a_page_is_a_reject(
    tmp_path: Path, header: str, body: bytes, status: str, reason: str
) -> None:
    found = read_bytes(
        tmp_path, "x.warc.gz", warc([("http://a.test/", header, body)], status=status), max_html_bytes=4000
    )
    assert reasons(found) == [reason]
    assert reason in REASONS


def test_wet_gives_conversion_records(tmp_path: Path) -> None:
    data = gzip.compress(record("conversion", "http://a.test/", "Grüße aus der Mühle".encode(), 1))
    assert texts(read_bytes(tmp_path, "x.warc.wet.gz", data)) == ["Grüße aus der Mühle"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.warc.gz", gzip.compress(b"hello " * 100, mtime=0)),
        ("x.warc.gz", b"plain text"),
        ("x.warc", b"hello " * 100),
        ("x.jsonl.gz", b'{"text": 1}'),
        ("x.jsonl.zst", gzip.compress(b"{}", mtime=0)),
        ("x.parquet", b"PAR0" * 9),
        ("x.arrow", b"nothing" * 9),
    ],
)
def test_file_that_is_not_what_its_name_says_is_an_error_that_names_it(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(RecipeError, match=name):
        read_bytes(tmp_path, name, data)


LINES = [json.dumps({"text": f"line {n} " + "é" * (n % 7), "id": n}, ensure_ascii=n % 2 == 0) for n in range(40)]


@pytest.mark.parametrize("how", ["", ".gz", ".zst"])
@pytest.mark.parametrize("ending", ["\n", ""])
def test_jsonl_gives_every_line_with_its_id(tmp_path: Path, how: str, ending: str) -> None:
    data = ("\n".join(LINES) + ending).encode()
    found = read_bytes(tmp_path, f"x.jsonl{how}", compressed(data, how))
    assert texts(found) == [json.loads(line)["text"] for line in LINES]
    assert [item.locator for item in found if isinstance(item, Record)] == [str(n) for n in range(40)]
    assert [data[item.offset : item.offset + 1] for item in found] == [b"{"] * 40


@given(st.integers(1, 900), st.booleans())
def test_jsonl_in_units_of_any_size_gives_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, unit_bytes: int, ended: bool
) -> None:
    folder = tmp_path_factory.mktemp("units")
    (folder / "x.jsonl").write_text("\n".join(LINES) + ("\n" if ended else ""), "utf-8")
    assert read(folder / "x.jsonl", unit_bytes) == read(folder / "x.jsonl")


@pytest.mark.parametrize("how", [".gz", ".zst", ""])
def test_jsonl_cut_anywhere_gives_its_whole_lines_and_at_most_one_reject(tmp_path: Path, how: str) -> None:
    data = compressed("\n".join(LINES).encode(), how)
    for cut in range(30, len(data) - 1, 13):
        found = read_bytes(tmp_path, f"x.jsonl{how}", data[:cut])
        assert texts(found) == [json.loads(line)["text"] for line in LINES[: len(texts(found))]]
        if how:
            assert reasons(found) == ["truncated"]
        else:
            assert reasons(found) in (["truncated"], []), (cut, found[-1])
            assert reasons(found) == ["truncated"] or data[:cut].endswith((b"}", b"\n"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "broken"),
        (b"[1]", "broken"),
        (b'{"no": "text"}', "missing_text"),
        (b'{"text": null}', "missing_text"),
        (b'{"text": 5}', "missing_text"),
        (b'{"text": "\xff\xff and two characters in a thousand are too many"}', "undecodable"),
        (b'{"text": "' + b"x" * 3000 + b'"}', "too_large"),
    ],
)
def test_jsonl_line_that_is_no_record_is_a_reject_among_good_ones(tmp_path: Path, line: bytes, reason: str) -> None:
    good = b'{"text": "good"}\n'
    found = read_bytes(tmp_path, "x.jsonl", good + line + b"\n" + good, max_record_bytes=2000)
    assert texts(found) == ["good", "good"]
    assert reasons(found) == [reason]
    assert [item.offset for item in found if isinstance(item, Reject)] == [len(good)]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream"])
def test_table_gives_a_record_a_row(tmp_path: Path, kind: str) -> None:
    rows = pa.table(
        {"text": ["one", None, "three"], "id": ["a", "b", None], "url": ["u", None, None], "other": [1, 2, 3]}
    )
    path = tmp_path / ("x.parquet" if kind == "parquet" else "x.arrow")
    if kind == "parquet":
        pq.write_table(rows, path, row_group_size=1)
    else:
        opened = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
        with opened(str(path), rows.schema) as writer:
            writer.write_table(rows)
    found = read(path)
    assert texts(found) == ["one", "three"]
    assert reasons(found) == ["missing_text"]
    assert [item.locator for item in found if isinstance(item, Record)] == ["a", f"{path.name}#2"]
    assert read(path, 1) == found  # a unit for every row group


def test_table_without_the_text_column_names_those_it_has(tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "x.parquet")
    with pytest.raises(RecipeError, match="set text_field to one of body"):
        read(tmp_path / "x.parquet")


def test_folder_gives_its_files_in_order_and_skips_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, text in (
        ("b/2.txt", "two"),
        ("a.txt", "one"),
        (".hidden.txt", "no"),
        ("_SUCCESS", ""),
        ("b/3.html", "<p>three</p>"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    found = read(tmp_path, extractor="all")
    assert [text.strip() for text in texts(found)] == ["one", "two", "three"]
    assert [item.file for item in found] == ["a.txt", "b/2.txt", "b/3.html"]
    assert texts(read(tmp_path / "*.txt")) == ["one"]
    assert texts(read(tmp_path / "**/*.txt")) == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.xyz", "no known extension"),
        ("x.docx", "make text of it first"),
        ("x.pdf.gz", "pdftotext"),
        ("x.tar.gz", "unpack it"),
        ("x.avro", "write it as Parquet"),
    ],
)
def test_file_of_unknown_kind_is_refused_with_what_helps(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(RecipeError, match=message):
        read(tmp_path)


def test_sample_archive_gives_what_its_readme_says() -> None:
    found = read(SAMPLE / "web-sample.warc.gz")
    assert Counter(reasons(found)) == {"not_text": 6, "http_status": 2}
    assert len(texts(found)) == 457


@given(st.text(st.characters(codec="utf-8")))
def test_normalised_text_is_nfc_without_controls_and_stays_so(text: str) -> None:
    once = normalise_array(pa.array([text, "plain"], pa.string()))
    assert normalise_array(once).equals(once)
    assert nfc(once).equals(once)
    found = once[0].as_py()
    assert not any((ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u0085d\u2028e\u2029f\x0bg\x0ch", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("\ufeffstart", "start"),
        ("Do\u00adnau\u2060damp\ufefffahrt", "Donaudampfahrt"),
        ("it\u0092s 5\u0080 \u0085", "it’s 5€ …"),  # NEL beside C1 controls is an ellipsis
        ("می\u200cشود ক্\u200dষ", "می\u200cشود ক্\u200dষ"),
        ("a\x00\x1b[1mb\tc", "a[1mb\tc"),
        ("cafe\u0301", "café"),
        ("  Two  Spaces, KEPT!  ", "  Two  Spaces, KEPT!  "),
        ("", ""),
    ],
)
def test_normalised_text_changes_only_what_is_declared(text: str, expected: str) -> None:
    assert normalise_array(pa.array([text])).to_pylist() == [expected]


@pytest.mark.parametrize("kind", ["line", "file"])
def test_gzip_bomb_is_rejected_in_bounded_memory(tmp_path: Path, kind: str) -> None:
    """400 MB of zeros out of 400 kB: the reader must never hold them."""
    name = "x.jsonl.gz" if kind == "line" else "x.txt.gz"
    with gzip.open(tmp_path / name, "wb", compresslevel=1) as file:
        for _ in range(400):
            file.write(b"0" * 1_000_000)
    code = (
        "import resource, sys; from tests.corpus.sources.test_readers import read, reasons;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        f"found = read({str(tmp_path / name)!r}, max_record_bytes=1 << 20);"
        "print(reasons(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    reason, grown = done.stdout.rsplit(" ", 1)
    assert reason == "['too_large']"
    assert int(grown) < 60_000  # kB


@pytest.mark.parametrize("how", ["", ".gz", ".zst"])
def test_digest_is_of_the_file_as_it_lies(tmp_path: Path, how: str) -> None:
    data = compressed(b'{"text": "x"}', how)
    (tmp_path / f"x.jsonl{how}").write_bytes(data)
    [file] = list_files(Source(name="s", path=str(tmp_path)), ".")
    assert digest(file).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("zeros", [1, 65_536, 65_536 * 2, 200_000])
def test_members_behind_padding_of_any_length_are_read(tmp_path: Path, zeros: int) -> None:
    first = gzip.compress(b'{"text": "one"}\n', mtime=0)
    for shift in (0, len(first)):  # so that the padding also ends where a block does
        data = first + b"\0" * max(zeros - shift, 0) + gzip.compress(b'{"text": "two"}\n', mtime=0)
        assert texts(read_bytes(tmp_path, "x.jsonl.gz", data)) == ["one", "two"]


def test_status_in_digits_that_are_no_number_is_a_reject(tmp_path: Path) -> None:
    block = "HTTP/1.1 \u00b2\u00b2 OK\r\n\r\n<p>x".encode("latin-1")
    (tmp_path / "x.warc").write_bytes(record("response", "http://a.test/", block, 1))
    assert reasons(read(tmp_path / "x.warc")) == ["broken"]


def nfc(texts: pa.StringArray) -> pa.StringArray:
    normal: pa.StringArray = pc.utf8_normalize(texts, "NFC")  # type: ignore[attr-defined]  # the stubs lack it
    return normal


@pytest.mark.parametrize("how", ["", ".gz", ".zst"])
@pytest.mark.parametrize("ending", ["  ", "\n \t", "\n"])
def test_jsonl_with_a_byte_order_mark_and_trailing_blanks_has_no_reject(tmp_path: Path, how: str, ending: str) -> None:
    data = codecs.BOM_UTF8 + b'{"text": "one grain"}\n{"text": "two grains"}' + ending.encode()
    found = read_bytes(tmp_path, f"a.jsonl{how}", compressed(data, how))
    assert texts(found) == ["one grain", "two grains"]
    assert reasons(found) == []


def test_jsonl_slice_reads_its_own_bytes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice far into a large file, and one within a line that is longer than several slices."""
    path = tmp_path / "large.jsonl"
    line = json.dumps({"text": "x" * 300_000}).encode() + b"\n"
    path.write_bytes(b'{"text": "first"}\n' * 40_000 + line + b'{"text": "last"}\n')
    given: list[int] = []
    original = Stream.read

    def counted(self: Stream, size: int = -1) -> bytes:
        block = original(self, size)
        given.append(len(block))
        return block

    monkeypatch.setattr(Stream, "read", counted)
    found = read(path, unit_bytes=100_000)
    assert len(texts(found)) == 40_002
    assert sum(given) < path.stat().st_size * 2.5  # each slice reads to the end of the line that it ends in


def test_xhtml_means_what_xml_means(tmp_path: Path) -> None:
    page = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>'
        "<body><p>The whole <![CDATA[chapter & <more>]]>.</p><iframe/><p>And the end.</p></body></html>"
    )
    (tmp_path / "x.xhtml").write_text(page, "utf-8")
    [text] = texts(read(tmp_path / "x.xhtml", extractor="all"))
    assert " ".join(text.split()) == "The whole chapter & <more>. And the end."
