"""The index of words, lines and kinds equals its twin, hash by hash; its table says what Unicode says."""

import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters import unicode
from filters.arrow import string_array, strings
from filters.batch import Batch
from filters.kernels.text import TextIndex
from tests.filters import oracle
from tests.filters.conftest import batch_of
from tests.filters.strategies import HOSTILE, TEXTS

_KINDS = {
    "L": unicode.LETTER,
    "M": unicode.MARK,
    "N": unicode.DIGIT,
    "Z": unicode.SPACE,
    "P": unicode.PUNCTUATION,
    "S": unicode.SYMBOL,
    "C": unicode.OTHER,
}


def assert_equals_twin(index: TextIndex, texts: list[str]) -> None:
    words = [oracle.words(text) for text in texts]
    lines = [oracle.lines(text) for text in texts]
    assert index.word_offsets.tolist() == np.cumsum([0, *map(len, words)]).tolist()
    assert index.word_hash.tolist() == [oracle.hash_of(word) for own in words for word in own]
    assert index.word_chars.tolist() == [len(word) for own in words for word in own]
    assert index.lettered.tolist() == [
        sum(any(oracle.kind(c) == unicode.LETTER for c in w) for w in own) for own in words
    ]
    assert int(index.opens.sum()) == sum(len(oracle.paragraphs(text)) for text in texts)
    assert index.line_offsets.tolist() == np.cumsum([0, *map(len, lines)]).tolist()
    assert index.line_hash.tolist() == [oracle.hash_of(line) for own in lines for line in own]
    assert index.line_chars.tolist() == [len(line.replace(" ", "")) for own in lines for line in own]
    assert index.kinds.tolist() == [oracle.kinds(text) for text in texts]
    assert index.upper.tolist() == [oracle.upper(text) for text in texts]
    assert index.in_words.tolist() == [sum(map(len, own)) for own in words]
    assert index.chars.tolist() == [len(text) for text in texts]
    assert index.words.tolist() == [len(own) for own in words]
    assert index.lines.tolist() == [len(own) for own in lines]


@given(TEXTS)
@example([""])
@example(["", ""])
@example(["字", "a", "", "字1字"])
def test_index_any_texts_equals_twin(texts: list[str]) -> None:
    assert_equals_twin(batch_of(texts).index, texts)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_index_hostile_text_equals_twin(text: str) -> None:
    assert_equals_twin(batch_of([text]).index, [text])


@given(TEXTS, st.data())
def test_index_slice_equals_index_of_its_texts(texts: list[str], data: st.DataObject) -> None:
    whole = batch_of(["Vor dem ersten", *texts, "字 nach"]).documents
    first = data.draw(st.integers(0, whole.num_rows))
    length = data.draw(st.integers(0, whole.num_rows - first))
    piece = whole.slice(first, length)
    assert_equals_twin(Batch(documents=piece).index, strings(piece.column("text")))


def test_index_empty_array_without_buffers_has_no_rows() -> None:
    bare = string_array(pa.Array.from_buffers(pa.string(), 0, [None, None, pa.py_buffer(b"")]))
    index = Batch(documents=pa.RecordBatch.from_arrays([bare], ["text"])).index
    assert index.words.tolist() == []
    assert index.kinds.shape == (0, 8)
    assert index.word_offsets.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The MILL's well-known", ["the", "mill", "s", "well", "known"]),
        ("ÀÉÎ ΣΊΣΥΦΟΣ Жук", ["àéî", "σίσυφοσ", "жук"]),  # simple lower case: no final sigma
        ("ǅungla ẞ", ["ǆungla", "ß"]),
        ("cafe\u0301 42b x2", ["cafe\u0301", "42b", "x2"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("政府abc宣布", ["政", "府", "abc", "宣", "布"]),
        ("第3章", ["第", "3", "章"]),
        ("すべてカタ", ["す", "べ", "て", "カ", "タ"]),
        ("ก\u0e49าว", ["ก\u0e49", "า", "ว"]),
        ("한국어 텍스트", ["한국어", "텍스트"]),
        ("مَرْحَبًا بك", ["مَرْحَبًا", "بك"]),
        ("זה טקסט", ["זה", "טקסט"]),
        ("word\u200bword soft\u00adhyphen", ["word", "word", "soft", "hyphen"]),
        ("snake_case ½ ②", ["snake", "case", "½", "②"]),
        ("\u0301lead", ["\u0301lead"]),
        ("🙂 — … $ \n", []),
    ],
)
def test_words_of_each_script_are_the_defined_units(text: str, words: list[str]) -> None:
    assert oracle.words(text) == words
    assert batch_of([text]).index.word_hash.tolist() == [oracle.hash_of(word) for word in words]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a  b\t c", "  a b c ", True),
        ("a\u00a0b\u3000c", "a b c", True),
        ("A b", "a b", False),
        ("ab", "a b", False),
        ("a b", "b a", False),
        ("a.", "a", False),
    ],
)
def test_line_hash_ignores_white_space_alone(one: str, other: str, same: bool) -> None:
    hashes = batch_of([one, other]).index.line_hash
    assert (hashes[0] == hashes[1]) == same


@pytest.mark.parametrize(
    ("text", "lines"), [("", 0), ("\n\n \t\n", 0), ("a", 1), ("a\n", 1), ("\na\n\n b\n", 2), ("a\rb\u2028c", 1)]
)
def test_lines_blank_ones_do_not_count(text: str, lines: int) -> None:
    assert batch_of([text]).index.lines.tolist() == [lines]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", 0x4A3BC5C4A67C4DC9),
        ("mill", 0x9A1F331859E88075),
        ("字", 0xFBE360D85F8934F2),
        ("𠀀", 0xE4A24C0BA77A7442),
    ],
)
def test_word_hash_never_changes(word: str, expected: int) -> None:
    assert batch_of([word]).index.word_hash.tolist() == [expected]


def test_table_every_code_point_that_python_knows_is_what_it_says() -> None:
    tables = unicode.tables()
    codes = np.arange(sys.maxunicode + 1)
    classes = tables.classes[(tables.class_blocks[codes >> 8].astype(np.int64) << 8) | (codes & 255)]
    categories = [unicodedata.category(chr(code)) for code in codes]
    expected = np.array([_KINDS[category[0]] for category in categories], np.uint8)
    expected[[0x09, 0x0B, 0x0C]] = unicode.SPACE
    expected[0x0A] = unicode.LINE_END
    known = np.array([category != "Cn" for category in categories])
    assert np.flatnonzero(known & ((classes & unicode.KIND) != expected)).tolist() == []
    upper = np.array([category in ("Lu", "Lt") for category in categories])
    assert np.array_equal(known & ((classes & unicode.UPPER) > 0), upper)
    assert not np.any((classes & unicode.UNSPACED > 0) & (classes & unicode.KIND != unicode.LETTER))
    assert np.count_nonzero(classes & unicode.KIND) > np.count_nonzero(expected)  # it knows more than any Python yet
    # A letter of each version since 15.0: Kawi, a Han ideograph of 15.1, Garay, Sidetic, the seal script.
    assert {int(classes[code]) & unicode.KIND for code in (0x11F04, 0x2EBF0, 0x10D50, 0x10940, 0x3D000)} == {1}


def test_table_lower_case_is_unicodes_simple_one() -> None:
    wrong = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) != "Cn"
        and len(character.lower()) == 1
        and chr(oracle.lower(character)) != character.lower()
    ]
    assert wrong == []
    assert [oracle.lower(chr(code)) for code in (0x10D50, 0xA7DC, 0x16EA0)] == [0x10D70, 0x19B, 0x16EBB]  # of 16 and 17


@pytest.mark.parametrize("character", "กຂའကខあアーㄅ字々㐀豈ｱ𠀀ꩠ")
def test_table_letter_of_unspaced_script_stands_alone(character: str) -> None:
    assert oracle.flags(character) & unicode.UNSPACED


@pytest.mark.parametrize("character", "aéжאبक한ა0.🙂 \u0e31\u0e50")
def test_table_other_characters_join_words(character: str) -> None:
    assert not oracle.flags(character) & unicode.UNSPACED
