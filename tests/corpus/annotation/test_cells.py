"""Cells of sheets: what is written is what is read, whatever the text; and files that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation import cells
from corpus.errors import RecipeError

_TEXTS = st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\t\n\r\\\"'=+-@ ntx0\u2028\x85"), max_size=40)


@given(_TEXTS)
def test_a_text_is_one_cell_on_one_line_and_comes_back(text: str) -> None:
    cell = cells.shown(text)
    assert len(cell.splitlines()) <= 1
    assert "\t" not in cell
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert cells.read(cell) == text


@given(st.lists(st.lists(_TEXTS.map(cells.shown), min_size=3, max_size=3), max_size=6))
def test_rows_come_back(rows: list[list[str]]) -> None:
    found = cells.parse(cells.to_bytes(["a", "b", "c"], rows), "x.tsv")
    assert [line.cells for line in found[1:]] == [row for row in rows if any(cell.strip() for cell in row)]


def test_lines_are_those_of_the_file_also_behind_line_feeds_in_cells() -> None:
    found = cells.parse(b'"a\nb"\tc\n1\t"x\ny"\n\n2\t3\r\n', "x.tsv")
    assert [(line.number, line.cells) for line in found] == [
        (1, ["a\nb", "c"]),
        (3, ["1", "x\ny"]),
        (6, ["2", "3"]),
    ]


def test_sheets_as_spreadsheets_save_them_are_read() -> None:
    assert cells.parse("\ufeffa;b\n1;ü\n".encode(), "x.csv")[1].cells == ["1", "ü"]
    assert cells.parse(b"a,b\r\n1,2\r\n", "x.csv")[1].cells == ["1", "2"]
    assert cells.parse(b'a\tb\n"one" two\t3\n', "x.tsv")[1].cells == ["one two", "3"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.tsv is empty"),
        (b"a\tb\n1\n", "x.tsv, line 2: 1 cells where the first line has 2 columns"),
        ("a\tü\n".encode("latin-1"), "x.tsv is not UTF-8"),
        (b'a\tb\n"1\t2\n3\t4\n5\t6\n', "x.tsv, line 2: a quote that does not end takes the rows behind it"),
    ],
)
def test_what_is_no_table_is_refused_in_a_line(data: bytes, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        cells.parse(data, "x.tsv")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
