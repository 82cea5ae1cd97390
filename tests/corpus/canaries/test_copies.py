"""Copies of which it is known how alike they are, held against sets of words in Python."""

import re
import unicodedata
from random import Random

import pytest

from corpus.canaries import copies, texts

LANGUAGES = ("eng_Latn", "rus_Cyrl", "zho_Hans", "jpn_Jpan", "vie_Latn")


def shingles(text: str, ngram: int, language: str) -> set[tuple[str, ...]]:
    """A naive twin: words are runs of letters, of languages without blanks single ones."""
    words = re.findall(r"\w" if language in texts.UNSPACED else r"\w+", unicodedata.normalize("NFC", text).casefold())
    return {tuple(words[first : first + ngram]) for first in range(len(words) - ngram + 1)}


@pytest.mark.parametrize("percent", [50, 70, 80, 90])
@pytest.mark.parametrize("ngram", [3, 5, 8])
@pytest.mark.parametrize("language", LANGUAGES)
def test_near_copy_is_as_alike_as_it_says(language: str, ngram: int, percent: int) -> None:
    random = Random(f"{language}{ngram}{percent}")
    made = 0
    for _ in range(20):
        drawn = "".join(random.sample(texts.sentences(language), 20))
        text = drawn if language in texts.UNSPACED else texts.jumble(random, language, 400)
        pair = copies.near(random, text, ngram, percent)
        if pair:
            one, other = (shingles(each, ngram, language) for each in (pair.text, pair.copy))
            assert len(one & other) * 100 == percent * len(one | other)
            made += 1
    assert made >= (ngram > 5 if language in texts.UNSPACED else 10)  # of letters the same few come again


def test_text_that_says_something_twice_or_is_short_has_no_near_copy() -> None:
    assert copies.near(Random(1), "one two three four five six seven eight", 5, 90) is None
    assert copies.near(Random(1), "the same five words again " * 100, 5, 90) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_exact_copy_has_the_same_words_and_not_the_same_bytes(language: str) -> None:
    made = 0
    for seed in range(20):
        text = texts.prose(Random(seed), language, 400)
        pair = copies.exact(Random(seed), text)
        if pair:
            made += 1
            assert pair.text == text != pair.copy
            assert pair.copy.casefold().split() == text.casefold().split()
    assert made
