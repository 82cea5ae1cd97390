"""Cleaning cuts what the recipe says and nothing beside it, against plain Python on texts of all scripts."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.planning import recipe
from corpus.texts.cleaning import Cleaning, clean, small
from filters.arrow import strings
from tests.filters.conftest import batch_of
from tests.filters.strategies import TEXT

PIECES = [
    "see ",
    "http://a.b/c ",
    "WWW ",
    "www.x.com",
    "grain",
    " ",
    "\n",
    "\t",
    "字" * 12,
    "x" * 12,
    "{",
    "a{b} ",
    ". ",
]
LINES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TEXTS = st.lists(st.one_of(LINES, TEXT), max_size=4)


def cleaned(texts: list[str], table: Cleaning, source: str = "web", language: str = "eng_Latn") -> list[str]:
    found, changed = clean(pa.array(texts, pa.string()), [language] * len(texts), [source] * len(texts), [table])
    assert changed.tolist() == [a != b for a, b in zip(texts, found.to_pylist(), strict=True)]
    return strings(found)


def tidy(text: str, dropped: str) -> str:
    """As it was if nothing was dropped or nothing would be left; blanks at the ends of lines go too."""
    if dropped == text:
        return text
    trimmed = re.sub(r"[ \t]+(?=\n|\Z)", "", dropped)
    return trimmed if trimmed.strip() else text


@given(TEXTS)
@example(["a http://x b", "http://only", "line www\nnext", ""])
def test_words_with_a_part_are_dropped_whole(texts: list[str]) -> None:
    table = Cleaning(drop_words_with=("http", "www", ".com"))
    for text, found in zip(texts, cleaned(texts, table), strict=True):
        words = re.sub(r"[^ \t\n]*(?:http|www|\.com)[^ \t\n]*[ \t]?", "", text)
        assert found == tidy(text, words)


@given(TEXTS)
def test_lines_with_a_part_are_dropped_whole(texts: list[str]) -> None:
    for text, found in zip(texts, cleaned(texts, Cleaning(drop_lines_with=("{", "grain"))), strict=True):
        lines = re.findall(r"[^\n]*\n|[^\n]+\Z", text)
        kept = "".join(line for line in lines if "{" not in line and "grain" not in line)
        assert found == tidy(text, kept)


@given(TEXTS)
@example(["One two three.\nmenu\nFour five six!", "menu"])
def test_lines_that_c4_would_not_retain_are_dropped(texts: list[str]) -> None:
    for text, found in zip(texts, cleaned(texts, Cleaning(c4_lines=True)), strict=True):
        index = batch_of([text]).lines
        lines = [text.encode()[start:].split(b"\n")[0].decode() for start in index.starts.tolist()]
        kept = [line for line, keep in zip(lines, index.kept.tolist(), strict=True) if keep]
        assert found in ("\n".join(kept), tidy(text, "\n".join(kept)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a " + "x" * 11 + " b", "a b"),
        ("a " + "x" * 10 + " b", "a " + "x" * 10 + " b"),
        ("b " + "é" * 11, "b"),
        ("字" * 40, "字" * 40),  # a sentence, not a word
        ("x" * 50, "x" * 50),  # nothing would be left
    ],
)
def test_long_words_are_dropped_by_language(text: str, expected: str) -> None:
    table = Cleaning(max_word_chars={"eng_*": 10, "*": 3})
    assert cleaned([text], table) == [expected]
    assert cleaned(["abc abcd"], table, language="fra_Latn") == ["abc"]
    assert cleaned(["abc abcd"], Cleaning(max_word_chars={"eng_Latn": 2}), language="fra_Latn") == ["abc abcd"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le moulin.\n== Références ==\nun\ndeux", "Le moulin."),
        ("Le moulin.\nRéférences:", "Le moulin."),
        ("Le moulin.\nRéférences\nun\nRéférences\ndeux", "Le moulin."),
        ("Les Références du moulin.\nSuite", "Les Références du moulin.\nSuite"),
        ("Références\nun", "Références\nun"),  # nothing would be left
    ],
)
def test_text_is_cut_from_a_heading_on(text: str, expected: str) -> None:
    assert cleaned([text], Cleaning(cut_from_lines=("Références", "Notes"))) == [expected]


def test_table_is_for_its_sources_alone() -> None:
    table = Cleaning(sources=("wiki_*", "news"), drop_words_with=("http",))
    assert cleaned(["a http"], table, source="wiki_fr") == ["a"]
    assert cleaned(["a http"], table, source="web") == ["a http"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("drop_words_with = ['a b']", "stands in no word"),
        ("drop_lines_with = ['']", "stands in no line"),
        ("max_word_chars = { eng_Latn = 1000 }", "max_word_chars"),
        ("colour = 1", "unknown key 'colour' at [clean.1]"),
    ],
)
def test_table_with_a_mistake_is_refused(tmp_path: Path, table: str, expected: str) -> None:
    path = tmp_path / "r.toml"
    path.write_text(f"[[sources]]\nname = 'a'\npath = 'a.jsonl'\n[[clean]]\n{table}\n", "utf-8")
    with pytest.raises(RecipeError) as caught:
        recipe.load(str(path))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('It is. He said "No." Then? (Yes!) 3.5 is e.g. one.', 'It is.\nHe said "No."\nThen?\n(Yes!) 3.5 is e.g. one.'),
        ("这是。那是！「好。」完", "这是。\n那是！\n「好。」\n完"),
        ("यह है। वह है", "यह है।\nवह है"),
        ("already.\nparted. Here", "already.\nparted.\nHere"),
        ("ends.", "ends."),
        ("A. B. C. D", "A.\nB.\nC.\nD"),
    ],
)
def test_sentences_get_lines_of_their_own(text: str, expected: str) -> None:
    [found] = cleaned([text], Cleaning(sentences=True))
    assert found == expected
    assert cleaned([found], Cleaning(sentences=True)) == [found]


def test_lines_are_joined_with_a_blank() -> None:
    assert cleaned(["a\nb \n\n c\td", "one"], Cleaning(join_lines=True)) == ["a b c\td", "one"]
    with pytest.raises(ValueError, match="set one of them"):
        Cleaning(join_lines=True, sentences=True)


def test_small_documents_are_those_with_fewer_bytes_than_their_language_asks_for() -> None:
    table = Cleaning(sources=("w*",), min_bytes={"*": 3, "eng": 6})
    texts = pa.array(["abcde", "abcdef", "字", "ab", "ab"], pa.string())
    languages = ["eng_Latn", "eng_Latn", "zho_Hans", "deu_Latn", "deu_Latn"]
    assert small(texts, languages, ["web"] * 4 + ["other"], [table]).tolist() == [True, False, False, True, False]
