"""The normaliser equals a plain twin on any text, and what it gives is what kenlm would split in the same way."""

import unicodedata
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from filters import unicode
from filters.arrow import binaries, string_array, strings
from filters.lm import normaliser
from filters.lm.counter import WordCounter
from filters.lm.normaliser import normalise, normalise_array, of_strings
from filters.lm.vocabulary import Vocabulary, numbered
from tests.filters import strategies

_UNSEEN = {"\u00ad", "\u061c", "\u200e", "\u200f", "\u2060", "\ufeff", *map(chr, range(0x202A, 0x202F))}
_UNSEEN |= set(map(chr, range(0x2066, 0x206A)))


@cache
def _committed() -> dict[int, str]:
    """General categories of the committed file."""
    text = (files("filters.data") / f"unicode-{unicode.VERSION}.tsv").read_text("ascii")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    named = [row for row in rows if row[2][0].isupper() and row[2] != "STerm"]
    return {code: value for first, last, value in named for code in range(int(first, 16), int(last, 16) + 1)}


def category(character: str) -> str:
    """Of the committed table, as far as it tells; Python's own may be younger."""
    tables, code = unicode.tables(), ord(character)
    kind = tables.classes[int(tables.class_blocks[code >> 8]) << 8 | code & 255] & unicode.KIND
    if kind == unicode.OTHER and unicodedata.category(character) not in ("Cc", "Cf"):
        return "Cn"
    python = unicodedata.category(character)
    return _committed().get(code, "Cn") if python == "Cn" else python


def lower(character: str) -> str:
    """Simple lower case: the one character, where Python gives several (U+0130)."""
    if character == "\u0130":
        return "i"
    tables, code = unicode.tables(), ord(character)
    return chr(code + int(tables.lower[int(tables.lower_blocks[code >> 8]) << 8 | code & 255]))


def twin(text: str) -> str:
    out = []
    for character in text:
        kind = category(character)
        if character == "\n":
            out.append("\n")
        elif character in _UNSEEN:
            continue
        elif kind == "Nd":
            out.append("0")
        elif kind[0] in "ZPS" or kind == "Cc" or character == "\u200b":
            out.append(" ")
        else:
            out.append(lower(character))
    lines = (" ".join(word for word in line.split(" ") if word) for line in "".join(out).split("\n"))
    return "\n".join(line for line in lines if line)


@given(strategies.TEXTS)
def test_any_texts_are_those_of_the_twin(texts: list[str]) -> None:
    found = normalise(pa.array(texts, pa.string()))
    assert found.to_pylist() == [twin(text) for text in texts]
    assert normalise(string_array(found.cast(pa.string()))).to_pylist() == found.to_pylist()  # once is enough


@pytest.mark.parametrize("text", strategies.HOSTILE)
def test_hostile_text_is_that_of_the_twin(text: str) -> None:
    assert normalise(pa.array([text, "x"], pa.string()).slice(0, 1)).to_pylist() == [twin(text)]


def test_every_code_point_is_that_of_the_twin() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert "".join(strings(normalise(pa.array(every, pa.string())))) == "".join(map(twin, every))


def test_lower_case_that_takes_more_bytes_has_room() -> None:
    assert normalise(pa.array(["\u023a" * 1000], pa.string())).to_pylist() == ["\u2c65" * 1000]


@given(strategies.TEXTS)
def test_words_are_counted_and_found_again(texts: list[str]) -> None:
    text = normalise_array(pa.array(texts, pa.string()))
    counter = WordCounter()
    local = [counter.add(text, row).tolist() for row in range(len(texts))]
    words, counts = counter.result()
    names = [word.decode() for word in binaries(words)]
    plain = [whole.split("\n") if whole else [] for whole in map(twin, texts)]
    assert local == [[i for line in lines for i in [*map(names.index, line.split(" ")), -1]] for lines in plain]
    assert counts.tolist() == [sum(" ".join(lines).split(" ").count(n) for lines in plain) for n in names]
    vocabulary = Vocabulary.of(words)
    tokens, rows = numbered(text, vocabulary.table)
    assert tokens.tolist() == [2 if i < 0 else i + 3 for one in local for i in one]
    assert rows.tolist() == np.cumsum([0, *map(len, local)]).tolist()


def test_more_words_than_there_is_room_for_make_room() -> None:
    names = [f"w{chr(0x4E00 + i % 1000)}x{chr(0x4E00 + i // 1000)}" for i in range(70_000)]
    counter = WordCounter()
    found = counter.add(of_strings(pa.array(["a " + " ".join(names) + " a"], pa.large_string())), 0)
    assert found.tolist() == [*range(70_001), 0, -1]
    words, counts = counter.result()
    assert words.to_pylist() == [b"a", *(name.encode() for name in names)]
    assert (counts[0], counts[1:].max()) == (2, 1)


def test_a_vocabulary_with_a_word_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="have the same hash or are the same"):
        Vocabulary.of(pa.array([b"a", b"b", b"a"], pa.large_binary()))


def test_the_normaliser_of_this_version_gives_what_it_gave() -> None:
    assert (normaliser.NAME, normaliser.VERSION) == ("gristmill-lower-digits0-nopunct", 1)
    text = "İstanbul'da 1.234 kişi\u200bvar — Straße ΣΊΣΥΦΟΣ क्षत्रिय\u200dम् 東京 ١٢٣"
    assert normalise(pa.array([text], pa.string())).to_pylist() == [
        "istanbul da 0 000 kişi var straße σίσυφοσ क्षत्रिय\u200dम् 東京 000"
    ]
