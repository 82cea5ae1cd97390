"""Words are cut as `tokenizers` cuts them, and counted as they are, whatever the preset, order and sizes."""

from collections import Counter
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Regex, pre_tokenizers

from filters.arrow import binaries
from tests.filters.strategies import TEXT
from tokenizer import counts
from tokenizer.classes import DIGIT, LETTER, MARK, SPACE, _plain
from tokenizer.counts import WordCounter
from tokenizer.presets import PRESETS, Name
from tokenizer.pretokens import split

HARD = [
    "नमस्ते don't 1234 \r\n\r\n  x\u00a0\u3000y\t\t",
    "'S 'LL 'lL '\u017f 's'd ''s  'x \u0301a 1\u03012 ²Ⅷ٣ a1b22c333d4444e",
    " .\n\n .\r\n  \n a\n b \n  ",
    "a(b|c)[d] e,f…g。h，i، j! ?k\u2028l\x1c\x85m",
    "👩\u200d👩\u200d👧 \ufeff\u200b\u0e33 粉屋は粉を挽く。",
]


def pieces(preset: Name, text: str) -> Counter[bytes]:
    return Counter(piece.encode() for piece, _ in split(PRESETS[preset]).pre_tokenize_str(text))


def counted(preset: Name, values: list[str], weights: list[int] | None = None) -> dict[bytes, int]:
    counter = WordCounter(PRESETS[preset])
    counter.add(pa.array(values, pa.string()), np.array(weights or [1] * len(values), np.int64))
    words, found = counter.take()
    return dict(zip(binaries(words), found.tolist(), strict=True))


@pytest.mark.parametrize("preset", PRESETS)
@given(text=TEXT)
def test_words_are_those_of_the_tokenizer_that_encodes(preset: Name, text: str) -> None:
    assert counted(preset, [text]) == pieces(preset, text)


@pytest.mark.parametrize("preset", PRESETS)
@given(text=st.text(st.sampled_from(" \n\r\t'sSlLveRE\u017fa1.(\u0301\u00a0é。"), max_size=30))
@example("".join(HARD))
def test_words_of_signs_that_patterns_turn_on_are_the_same_too(preset: Name, text: str) -> None:
    assert counted(preset, [text]) == pieces(preset, text)


@pytest.mark.parametrize("preset", PRESETS)
def test_hard_texts(preset: Name) -> None:
    for text in HARD:
        assert counted(preset, [text]) == pieces(preset, text), text


@pytest.mark.parametrize(("pattern", "kind"), [(r"\p{L}", LETTER), (r"\p{M}", MARK), (r"\p{N}", DIGIT), (r"\s", SPACE)])
def test_every_code_point_is_what_tokenizers_takes_it_for(pattern: str, kind: int) -> None:
    points = np.array([point for point in range(0x110000) if not 0xD800 <= point < 0xE000])
    inside = np.zeros(len(points), bool)
    runs = pre_tokenizers.Split(Regex(pattern + "+"), "isolated").pre_tokenize_str("".join(map(chr, points)))
    for _, (start, end) in runs[1::2]:  # U+0000 is of no class
        inside[start:end] = True
    np.testing.assert_array_equal(_plain()[points] == kind, inside)


@given(st.lists(st.tuples(TEXT, st.integers(0, 1 << 50)), max_size=5), st.randoms(use_true_random=False))
def test_weights_add_up_beyond_32_bits_whatever_the_order(rows: list[tuple[str, int]], chance: Random) -> None:
    expected: Counter[bytes] = Counter()
    for text, weight in rows:
        for word, count in pieces("qwen", text).items():
            expected[word] += count * weight
    chance.shuffle(rows)
    found = counted("qwen", [text for text, _ in rows], [weight for _, weight in rows])
    assert found == {word: count for word, count in expected.items() if count}


def test_tables_grow_and_a_second_counter_adds_what_a_first_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_ROOM", 4)
    chance = Random(1)
    values = [
        " ".join(str(chance.randint(0, 9999)) + "x" * chance.randint(0, 99) for _ in range(300)) for _ in range(9)
    ]
    expected = sum((pieces("llama3", value) for value in values), Counter())
    assert counted("llama3", values) == expected
    total = WordCounter(PRESETS["llama3"])
    for value in values:
        counter = WordCounter(PRESETS["llama3"])
        counter.add(pa.array([value]), np.ones(1, np.int64))
        total.add(*counter.take(), whole=True)
    words, found = total.take()
    assert dict(zip(binaries(words), found.tolist(), strict=True)) == expected


def test_a_slice_of_an_array_and_no_rows_are_counted_as_they_are() -> None:
    counter = WordCounter(PRESETS["qwen"])
    counter.add(pa.array(["no", "mill mill", "no"])[1:2], np.ones(1, np.int64))
    counter.add(pa.array([], pa.string()), np.ones(0, np.int64))
    words, found = counter.take()
    assert dict(zip(binaries(words), found.tolist(), strict=True)) == {b"mill": 1, b" mill": 1}
    assert len(counter) == 0


def test_a_word_beyond_the_longest_is_left_out_and_told() -> None:
    counter = WordCounter(PRESETS["qwen"])
    counter.add(pa.array(["x" * (counts.LONGEST + 1) + " mill"]), np.array([3]))
    assert counter.skipped == 3
    assert counter.take()[0].to_pylist() == [b" mill"]
