"""Rows of CSV and TSV, as an independent writer wrote them, and what breaks their rules."""

import csv
import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.readers.delimited import read as rows_of
from corpus.sources.declared_encoding import known
from corpus.sources.inventory import Slice, list_files
from corpus.sources.record import Record, Reject
from corpus.sources.source import Source
from corpus.survey import rows

Items = list[Record | Reject]


def read(path: Path, data: bytes, **settings: object) -> Items:
    path.write_bytes(data)
    source = Source(name="s", path=str(path), **settings)  # type: ignore[arg-type]
    [file] = list_files(source, "")
    return [item for item in rows_of(Slice(file=file), source) if isinstance(item, Record | Reject)]


def texts(found: Items) -> list[str]:
    return [item.text for item in found if isinstance(item, Record)]


def reasons(found: Items) -> list[tuple[int, str]]:
    return [(item.offset, item.reason) for item in found if isinstance(item, Reject)]


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=30)


@given(st.lists(st.tuples(_TEXT, _TEXT), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_writer_wrote_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], sign: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sign)
    writer.writerow(["id", "text"])
    writer.writerows(rows)
    found = read(tmp_path_factory.mktemp("x") / "x.csv", out.getvalue().encode())
    assert texts(found) == [text for _, text in rows]
    assert [item.locator for item in found if isinstance(item, Record)] == [name for name, _ in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_ends_of_lines_and_marks(tmp_path: Path, end: str, mark: bytes) -> None:
    data = mark + end.join(["text,n", '"a, b",1', '"two', 'lines",2', "last,3"]).encode()
    assert texts(read(tmp_path / "x.csv", data)) == ["a, b", "two\nlines", "last"]


def test_tsv_quotes_nothing(tmp_path: Path) -> None:
    data = b'text\tn\n"Quoted" he said\t1\nit\'s "\t2\n'
    assert texts(read(tmp_path / "x.tsv", data)) == ['"Quoted" he said', "it's \""]


def test_what_breaks_a_row_costs_it_alone(tmp_path: Path) -> None:
    lines = [
        b"text,n",
        b"good,1",
        b'"a"b,2',
        b"one,2,3",
        b"\xffbad,4",
        b"",
        b",5",
        b"ok\xc3\xa4,6",
        b"x" * 200 + b",7",
        b"end,8",
    ]
    found = read(tmp_path / "x.csv", b"\n".join(lines), max_record_bytes=100)
    assert texts(found) == ["good", "okä", "end"]
    assert reasons(found) == [(1, "broken"), (2, "broken"), (3, "undecodable"), (4, "missing_text"), (6, "too_large")]


def test_a_quote_that_is_never_closed_ends_the_file_and_says_so(tmp_path: Path) -> None:
    data = b'text,n\ngood,1\n"open,2\n' + b"more,3\n" * 100
    found = read(tmp_path / "x.csv", data, max_record_bytes=100)
    assert texts(found) == ["good"]
    assert reasons(found) == [(1, "broken")]
    found = read(tmp_path / "x.csv", data + b"more,3\n" * 20_000, max_record_bytes=100)
    [lost] = [item.lost for item in found if isinstance(item, Reject)]
    assert 0 < lost < 140_000


@pytest.mark.parametrize(
    ("head", "message"),
    [(b"body,n\n", "no column 'text' in its first row: set text_field to one of body, n"), (b"text,text\n", "2 times")],
)
def test_a_first_row_that_will_not_do_is_refused(tmp_path: Path, head: bytes, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        read(tmp_path / "x.csv", head + b"a,b\n")


def test_packed_files_are_the_same(tmp_path: Path) -> None:
    data = b"text\none\ntwo\n"
    assert texts(read(tmp_path / "x.csv.gz", gzip.compress(data))) == ["one", "two"]
    assert read(tmp_path / "x.csv", b"") == []


@pytest.mark.parametrize("late", [b"", b'x"y,1\n', b'"closes",1\n'])
def test_a_stray_quote_costs_its_own_line(tmp_path: Path, late: bytes) -> None:
    before, after = (b"".join(b"row %d is fine,%d\n" % (n, n) for n in range(*ends)) for ends in ((0, 5), (5, 900)))
    found = read(tmp_path / "x.csv", b"text,n\n" + before + b'"unclosed here,5\n' + after + late)
    assert [text for text in texts(found) if text.startswith("row")] == [f"row {n} is fine" for n in range(900)]
    assert reasons(found)[0] == (5, "broken")


def test_bytes_that_the_end_cuts_are_no_text(tmp_path: Path) -> None:
    found = read(tmp_path / "x.csv", b"text\nabc\ncaf\xc3")
    assert (texts(found), reasons(found)) == (["abc"], [(1, "undecodable")])


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-1252", "cp1252", "“Grüße” – 5 €"),
        ("latin1", "cp1252", "“Grüße”"),  # what the standard means by it
        ("windows-1251", "cp1251", "Привет, мир"),
        ("shift_jis", "cp932", "日本語の文章、表"),  # whose second bytes may be those of signs and letters
        ("gbk", "gbk", "中文文章"),
        ("euc-kr", "cp949", "서버 설정"),
        ("koi8-u", "koi8-u", "Їжак і ґава"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_rows_in_a_declared_encoding(tmp_path: Path, label: str, codec: str, text: str, packed: bool) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([["text", "n"], *([f'{text} "{n}"\nand more', n] for n in range(9))])
    data = out.getvalue().encode(codec)
    name = "x.csv.gz" if packed else "x.csv"
    found = read(tmp_path / name, gzip.compress(data) if packed else data, encoding=label)
    assert texts(found) == [f'{text} "{n}"\nand more' for n in range(9)]
    assert rows.encoding(list_files(Source(name="s", path=str(tmp_path)), "")[0]) in (
        known(label),
        "gb18030",
        "windows-1252",
    )


def test_bytes_that_mean_nothing_are_rejects(tmp_path: Path) -> None:
    data = "text\nпривет\n".encode("cp1251") + b"\x98\n"  # which windows-1251 does not define
    assert reasons(read(tmp_path / "x.csv", data, encoding="windows-1251")) == [(1, "undecodable")]
    assert reasons(read(tmp_path / "y.csv", data)) == [(0, "undecodable"), (1, "undecodable")]


@pytest.mark.parametrize(
    ("label", "said"), [("klingon", "is no label of an encoding"), ("utf-16", "make UTF-8 of the files first (iconv")]
)
def test_encodings_that_cannot_be_declared(label: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Source(name="s", path="x.csv", encoding=label)


def test_encoding_is_for_tables_of_text(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="encoding is for CSV and TSV"):
        read(tmp_path / "x.txt", b"text", encoding="windows-1251")
