"""Repetition: ratios of n-grams and lines equal their twins, also where counting takes several passes over a text."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters.kernels import ngrams, repeats
from filters.repetition import Filter
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import HOSTILE, PHRASES, REPETITIVE, TEXT, TEXTS

_ROUND = ngrams._MOST  # n-grams that one round may hold


@given(st.lists(st.one_of(REPETITIVE, TEXT), max_size=4), st.integers(1, 12))
@example(["", "aaaa"], 4)
@example(["abab" * 9], 10)
def test_character_ratio_any_texts_equals_twin(texts: list[str], n: int) -> None:
    found = ngrams.character_repetition(*batch_of(texts).buffers, n)
    assert found.tolist() == [oracle.top_share(text, n) for text in texts]


@given(st.lists(st.one_of(REPETITIVE, TEXT), max_size=4), st.integers(1, 6))
@example(["a a a a a", ""], 5)
def test_word_ratio_any_texts_equals_twin(texts: list[str], n: int) -> None:
    index = batch_of(texts).index
    found = ngrams.word_repetition(index.word_hash, index.word_offsets, n)
    assert found.tolist() == [oracle.repeated_share(oracle.words(text), n) for text in texts]


@given(TEXTS)
@example(["a\na\nb\na", "\n\n", "x", "a b\n a  b\nab"])
def test_line_ratios_any_texts_equal_twin(texts: list[str]) -> None:
    index = batch_of(texts).index
    found = repeats.line_repeats(index.line_hash, index.line_chars, index.opens, index.line_offsets)
    assert [tuple(row) for row in found.tolist()] == [oracle.line_shares(text) for text in texts]


@given(st.lists(st.one_of(REPETITIVE, TEXT, PHRASES), max_size=4))
@example(["a b c a b c", "the mill the mill the mill a b c d e f a b c d e f g a b c d e f g"])
@example(["x " * 25])
def test_gopher_ratios_any_texts_equal_twin(texts: list[str]) -> None:
    index = batch_of(texts).index
    found = repeats.word_repeats(index.word_hash, index.word_chars, index.word_offsets, index.chars)
    assert found.tolist() == [oracle.gopher_shares(text) for text in texts]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_filter_hostile_text_equals_twins(text: str) -> None:
    [found] = measured(Filter(), documents([text])).to_pylist()
    assert list(found.values()) == [
        oracle.top_share(text, 10),
        oracle.repeated_share(oracle.words(text), 5),
        *oracle.line_shares(text),
        *oracle.gopher_shares(text),
    ]


@pytest.mark.parametrize(
    ("text", "char_ngram", "word_ngram", "expected"),
    [
        ("aaaaaaaaaaa", 10, 5, (1.0, 0.0, 0.0, 0.0)),  # one n-gram, twice
        ("abcdefghijk", 10, 5, (0.0, 0.0, 0.0, 0.0)),
        ("abab", 2, 1, (2 / 3, 0.0, 0.0, 0.0)),  # ab ab | ba: sqrt(2) is 1 n-gram
        ("a b a c", 10, 1, (0.0, 2 / 4, 0.0, 0.0)),
        ("A b a B a b", 10, 2, (0.0, 1.0, 0.0, 0.0)),  # words are lower-cased
        ("one\nTwo!\none", 10, 5, (0.0, 0.0, 1 / 3, 3 / 10)),
        ("one\nOne", 10, 5, (0.0, 0.0, 0.0, 0.0)),  # lines are not
        ("字字字", 1, 1, (1.0, 1.0, 0.0, 0.0)),
    ],
)
def test_filter_known_text_has_the_ratio_worked_out_by_hand(
    text: str, char_ngram: int, word_ngram: int, expected: tuple[float, ...]
) -> None:
    instance = Filter(char_ngram=char_ngram, word_ngram=word_ngram)
    [found] = measured(instance, documents([text])).to_pylist()
    assert tuple(found.values())[:4] == expected


@pytest.mark.parametrize("text", ["a" * 70_000, "a" * 70_000 + " " + "b" * 66_000 + "cd" * 40 + "the mill " * 9])
def test_character_ratio_counts_above_the_short_tally_equal_twin(text: str) -> None:
    """A count of 65,536 and more is kept in a list, and must not leak into the text that follows."""
    texts = [text, "abab", text]
    found = ngrams.character_repetition(*batch_of(texts).buffers, 3)
    assert found.tolist() == [oracle.top_share(text, 3) for text in texts]


@given(st.lists(st.integers(0, 5), min_size=3, max_size=60), st.integers(1, 3), st.integers(1, 5), st.integers(1, 9))
def test_rounds_together_count_every_ngram_once(symbols: list[int], n: int, rounds: int, piece: int) -> None:
    """A text of several rounds is hashed in pieces too, of any length."""
    made, room = np.array([99, *symbols, 99], np.uint32), ngrams.scratch(len(symbols))
    if rounds > 1:
        room = room._replace(spreads=np.empty(piece, np.uint64))
    counts: list[int] = []
    for turn in range(rounds):
        alone, filled = ngrams._repeated(made, 1, len(made) - 1, n, rounds, turn, room)
        counts += [1] * alone + room.counts[room.used[:filled]].tolist()
        room.counts[room.used[:filled]] = 0
    assert not room.counts.any()
    expected: dict[tuple[int, ...], int] = {}
    for ngram in oracle.ngrams(symbols, n):
        expected[ngram] = expected.get(ngram, 0) + 1
    assert sorted(counts) == sorted(expected.values())


@pytest.mark.parametrize("words", [_ROUND, _ROUND + 1, _ROUND * 5 // 4])
def test_word_ratio_around_one_round_equals_twin(words: int) -> None:
    """More n-grams than a round holds are counted in several; the text beside it in one."""
    vocabulary = words * 2
    drawn = np.random.default_rng(5).integers(0, vocabulary, words).astype(np.uint64)
    _, counts = np.unique(drawn, return_counts=True)
    joined = np.concatenate([drawn, np.array([7, 7, 8], np.uint64)])
    found = ngrams.word_repetition(joined, np.array([0, words, words + 3]), 1)
    assert found.tolist() == [counts[counts > 1].sum() / words, 2 / 3]


def test_character_ratio_around_one_round_equals_twin() -> None:
    codes = np.random.default_rng(6).integers(0x4E00, 0x9FFF, _ROUND + 50_000)
    text = "".join(map(chr, codes)) + "磨" * 70_000
    found = ngrams.character_repetition(*batch_of([text, "abab"]).buffers, 2)
    values, repeats = np.unique(np.array([*codes, *[0x78E8] * 70_000]), return_inverse=True)
    pairs = repeats[:-1].astype(np.int64) * len(values) + repeats[1:]
    counts = np.sort(np.unique(pairs, return_counts=True)[1])[::-1]
    wanted = min(int(len(counts) ** 0.5), int((counts > 1).sum()))
    assert found.tolist() == [counts[:wanted].sum() / len(pairs), oracle.top_share("abab", 2)]
