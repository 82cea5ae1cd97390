"""What people wrote: what counts as judged, and mistakes by file and line."""

import dataclasses

import pytest

from corpus.annotation import cells, key
from corpus.annotation.schemes import HPLT, QUALITY
from corpus.annotation.scoring.judgments import Sheet, read
from corpus.errors import RecipeError
from tests.corpus.annotation.made import item, key_of, sheet

KEY = key_of(item("a"), item("b"), item("c"), item("d"))
# The form of the inspection of HPLT's second release, with invented texts: heads with line feeds, quoted texts of two
# halves, marks empty or 1, sometimes 0 or a share.
HEADS = '"porn?\nempty/1"\t"unnatural?\nempty/1"\t"lang correct?\n0/1"\ttext_show\tid\n'
INSPECTED = (
    HEADS + '\t\t1\t"Der Müller sagt ""guten Tag""\n..........\nund geht."\t0001\n'
    '\t1\t1\t"Mehl, Korn, Brot\n..........\nMühle"\t0002\n'
    "1\t0.2\t0\tThe miller\t0003\n"
    "\t0.9\t1\tKorn Korn Korn\t0004\n"
    "1\t\t\tMühle\t0005\n"
    "\t\t\tSack\t0006\n"
).encode()


def test_codes_marks_languages_and_notes_are_read_and_what_is_open_is_counted() -> None:
    found = read(
        [
            sheet(
                KEY,
                [
                    {"item": "a", "code": " cc ", "note": "well"},
                    {"item": "b", "code": "WL", "is": "nl", "offensive": "1", "pornographic": "0"},
                    {"item": "c", "offensive": "1"},
                    {"item": "d"},
                ],
            )
        ]
    )
    assert found.scheme is QUALITY
    assert [(one.item, dict(one.values), one.language_is) for one in found.judgments] == [
        ("a", {"code": "CC"}, ""),
        ("b", {"code": "WL", "offensive": "1"}, "nld_Latn"),
    ]
    assert (found.open, found.incomplete, found.notes) == (1, 1, 1)
    assert found.items == {"anna": {"a", "b", "c", "d"}}


def test_source_and_outcome_are_the_keys() -> None:
    own = key_of(item("a", source="news", of="dropped"))
    (one,) = read([sheet(own, [{"item": "a", "code": "CC", "language": "xx"}])]).judgments
    assert (one.language, one.source, one.of) == ("deu_Latn", "news", "dropped")


def test_an_empty_sheet_beside_the_one_that_was_filled_in_changes_nothing() -> None:
    full = sheet(KEY, [{"item": "a", "code": "CC"}, {"item": "b", "offensive": "1"}])
    empty = sheet(KEY, [{"item": "a"}, {"item": "b"}])
    for sheets in ([full, empty], [empty, full]):
        found = read(sheets)
        assert [(one.item, one.values["code"]) for one in found.judgments] == [("a", "CC")]
        assert (found.open, found.incomplete) == (0, 1)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "CCC"}, "anna.tsv, line 3: unknown code 'CCC'; did you mean 'CC'?: write CC, CB, CS, X, WL, NL"),
        ({"code": "1"}, "anna.tsv, line 3: unknown code '1'"),
        ({"code": "CC", "offensive": "yes"}, "anna.tsv, line 3: unknown offensive 'yes': write empty, 0, 1"),
        ({"code": "CC", "offensive": "0.5"}, "anna.tsv, line 3: unknown offensive '0.5'"),
        ({"code": "WL", "is": "Elvish"}, "anna.tsv, line 3: is: 'Elvish' is no language"),
        ({"code": "WL", "is": "de"}, "anna.tsv, line 3: WL, and is names deu_Latn itself"),
        ({"code": "CC", "item": "z"}, "anna.tsv, line 3: 'z' is no item of the sample"),
        ({"code": "CC", "item": ""}, "anna.tsv, line 3: no item"),
        ({"code": "CC", "sample": "sample 00"}, "anna.tsv, line 3: of 'sample 00', the key is of 'sample "),
        ({"code": "CC", "item": "a"}, "anna.tsv, line 3: anna judged a already (anna.tsv, line 2)"),
    ],
)
def test_mistakes_name_file_and_line(row: dict[str, str], message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read([sheet(KEY, [{"item": "a", "code": "CC"}, {"item": "b", **row}])])
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_sheet_without_its_key_is_refused() -> None:
    with pytest.raises(RecipeError, match="the key of its sample is not beside it"):
        read([dataclasses.replace(sheet(KEY, [{"item": "a", "code": "CC"}]), key=None)])
    with pytest.raises(RecipeError, match="has no column 'code' or 'lang correct"):
        read([Sheet(name="x.tsv", folder="", data=b"a\tb\n1\t2\n", key=None)])


def test_inspection_files_of_hplt_round_trip() -> None:
    name = "deu_Latn/batch0.tsv"
    lines = cells.parse(INSPECTED, name)
    assert cells.to_bytes(lines[0].cells, (line.cells for line in lines[1:])) == INSPECTED
    found = read([Sheet(name=name, folder="deu_Latn", data=INSPECTED, key=None)])
    assert found.scheme is HPLT
    assert [(one.item, dict(one.values), one.language) for one in found.judgments] == [
        ("0001", {"language_correct": "1"}, "deu_Latn"),
        ("0002", {"unnatural": "1", "language_correct": "1"}, "deu_Latn"),
        ("0003", {"porn": "1", "language_correct": "0"}, "deu_Latn"),
        ("0004", {"unnatural": "1", "language_correct": "1"}, "deu_Latn"),
    ]
    assert (found.open, found.incomplete, found.rounded) == (1, 1, 2)
    assert [HPLT.acceptable(one.values) for one in found.judgments] == [True, False, False, False]


def test_inspection_files_with_heads_of_one_line_and_further_columns_are_read_alike() -> None:
    flat = INSPECTED.decode().removeprefix(HEADS)
    heads = "porn? empty/1\tunnatural? empty/1\tlang correct? 0/1\ttext_show\tid\n"
    usual = read([Sheet(name="x", folder="deu_Latn", data=INSPECTED, key=None)])
    other = read([Sheet(name="x", folder="deu_Latn", data=(heads + flat).encode(), key=None)])
    assert [(one.item, one.values) for one in other.judgments] == [(one.item, one.values) for one in usual.judgments]
    with pytest.raises(RecipeError, match="batch0.tsv, line 5: unknown language_correct '11'"):
        read([Sheet(name="batch0.tsv", folder="", data=(HEADS + "\t\t11\tx\t1\n").encode(), key=None)])


def test_a_key_comes_back_as_it_was_written_and_one_that_was_changed_has_another_mark() -> None:
    items = [item("a", source="x\ty"), item("b", source="=1", of="cut", documents=7)]
    data = key.to_bytes(items)
    found = key.read(data, "key.tsv")
    assert list(found.items.values()) == items
    assert key.read(data.replace(b"\t7\t", b"\t8\t"), "key.tsv").mark != found.mark
    with pytest.raises(RecipeError, match="key.tsv, line 3: invalid literal"):
        key.read(data.replace(b"\t7\t", b"\tmany\t"), "key.tsv")
    with pytest.raises(RecipeError, match="is no key of a sample"):
        key.read(b"a\tb\n", "key.tsv")
