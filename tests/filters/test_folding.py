"""Folded words equal those of `unicodedata`'s NFKC and full case folding, for every character and any text in NFC."""

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters import unicode
from filters.kernels.folding import Words
from tests.filters import oracle
from tests.filters.conftest import batch_of
from tests.filters.strategies import TEXT

_CASED = st.text(
    st.sampled_from("aAßẞςΣİıſǰJΐᾳᾼΥᏣꮳﬁﬃ½²ⅫＡａ１ｶﾞ가각ำຳ\u0301\u0323\u0345\u030c\u0308\u0338=≠ \u00a0…´😀"), max_size=12
)


def _both_know(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cf") or (category != "Cn" and oracle.kind(character) != unicode.OTHER)


def known(text: str) -> str:
    """In NFC, as ingest writes texts, and without characters that this Python or the tables lack."""
    kept = "".join(c if _both_know(c) else " " for c in text)
    return unicodedata.normalize("NFC", kept)


KNOWN = st.one_of(TEXT, _CASED).map(known)


def unequal(texts: list[str]) -> list[str]:
    """Texts whose folded words are not the words of their foldings."""
    found, expected = batch_of(texts).folded, batch_of([oracle.folded(text) for text in texts]).index
    own = Words(word_offsets=expected.word_offsets, word_hash=expected.word_hash)
    if np.array_equal(found.word_offsets, own.word_offsets) and np.array_equal(found.word_hash, own.word_hash):
        return []
    return [text for text in texts if len(texts) == 1 or unequal([text])]


@given(st.lists(KNOWN, max_size=5))
@example(["J\u030c", "a\u0345\u0302", "ᾳ\u0302", "＝\u0338", "\u0301ß", "ß" * 5_000])
@example(["A" + "\u0315\u0301" * 3_000 + "ﷺ" * 3_000])
def test_folded_words_any_text_are_those_of_unicodedata(texts: list[str]) -> None:
    assert unequal([known(text) for text in texts]) == []


@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("A", "\u0301b"), ("x ", "\u0345\u0302"), ("\u1100", "\u1161")]
)
def test_folded_words_every_character_in_a_context_are_those_of_unicodedata(before: str, after: str) -> None:
    every = [chr(c) for c in range(0x30000) if oracle.kind(chr(c)) != unicode.OTHER]
    together = [
        known(f" {before}{c}{after} ")
        for c in every
        if not "一" <= c <= "鿿" and not "㐀" <= c <= "䶿" and c < "\U00020000"
    ]
    assert len(together) > 30_000
    assert unequal(["".join(together)]) == [] or unequal(together) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\U00010d50\U00010d51", "\U00010d70\U00010d71"),  # capitals of Garay (16.0)
        ("\ua7dc", "\u019b"),  # a capital of 16.0 whose small letter is old
        ("\U0001ccd6", "a"),  # an outlined letter of 16.0, a variant of A
    ],
)
def test_characters_younger_than_python_are_folded(one: str, other: str) -> None:
    words = batch_of([one, other]).folded
    assert words.word_hash[0] == words.word_hash[1]
    assert words.words.tolist() == [1, 1]
