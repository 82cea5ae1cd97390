"""Every kernel equals a naive Python twin, on texts of all scripts."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters import unicode
from filters.batch import Batch
from filters.kernels import minhash, ngrams
from filters.kernels.text import TextIndex

_MASK = (1 << 64) - 1

TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=60),
        st.text(st.sampled_from("ab \n\t.,1é\u0301ÀßİǅΣ字仮名ไทยខ្មែရမြန်བོད🙂\u200dأ\u064eनि\u0000'-"), max_size=80),
        st.lists(st.sampled_from(["the mill", "grain", "\n", " ", "字", "ก็"]), max_size=60).map("".join),
    ),
    max_size=5,
)


def batch(texts: list[str]) -> Batch:
    return Batch(documents=pa.record_batch({"text": pa.array(texts, pa.string())}))


def flags_of(code: int) -> int:
    tables = unicode.tables()
    return int(tables.classes[(int(tables.class_blocks[code >> 8]) << 8) | (code & 255)])


def lowered(code: int) -> int:
    tables = unicode.tables()
    return code + int(tables.lower[(int(tables.lower_blocks[code >> 8]) << 8) | (code & 255)])


def words_of(text: str) -> list[str]:
    """The definition in words: runs of letters, marks and digits; letters of unspaced scripts stand alone."""
    found: list[str] = []
    open_word = alone = False
    for character in text:
        flags = flags_of(ord(character))
        kind = flags & unicode.KIND
        if kind not in (unicode.LETTER, unicode.MARK, unicode.DIGIT):
            open_word = False
            continue
        unspaced = bool(flags & unicode.UNSPACED)
        if not open_word or (kind != unicode.MARK and (alone or unspaced)):
            found.append("")
            alone = unspaced
        open_word = True
        found[-1] += chr(lowered(ord(character)))
    return found


def lines_of(text: str) -> list[str]:
    spaces = {chr(c) for c in range(0x3001) if flags_of(c) & unicode.KIND == unicode.SPACE}
    parts = ["".join(" " if c in spaces else c for c in line).split(" ") for line in text.split("\n")]
    return [" ".join(p for p in line if p) for line in parts if any(line)]


def check_groups(hashes: np.ndarray, things: list[str]) -> None:
    """Equal hashes exactly where the things are equal."""
    assert len(hashes) == len(things)
    assert len(set(zip(hashes.tolist(), things, strict=True))) == len(set(things)) == len(set(hashes.tolist()))


@given(TEXTS)
@example(["", "\n", "a"])
def test_index_finds_the_words_lines_and_kinds_of_its_twin(texts: list[str]) -> None:
    index: TextIndex = batch(texts).index
    assert index.words.tolist() == [len(words_of(text)) for text in texts]
    check_groups(index.word_hash, [word for text in texts for word in words_of(text)])
    check_groups(index.line_hash, [line for text in texts for line in lines_of(text)])
    assert index.lines.tolist() == [len(lines_of(text)) for text in texts]
    assert index.line_chars.tolist() == [len(line.replace(" ", "")) for text in texts for line in lines_of(text)]
    assert index.chars.tolist() == [len(text) for text in texts]
    assert index.in_words.tolist() == [sum(map(len, words_of(text))) for text in texts]
    for row, text in enumerate(texts):
        kinds = Counter(flags_of(ord(c)) & unicode.KIND for c in text)
        assert index.kinds[row].tolist() == [kinds[k] for k in range(8)]
        assert index.upper[row] == sum(bool(flags_of(ord(c)) & unicode.UPPER) for c in text)


@given(TEXTS)
def test_index_of_a_slice_is_the_slice_of_the_index(texts: list[str]) -> None:
    whole = batch(["before", *texts]).documents
    sliced = Batch(documents=whole.slice(1)).index
    assert sliced.word_hash.tolist() == batch(texts).index.word_hash.tolist()
    assert sliced.kinds.tolist() == batch(texts).index.kinds.tolist()


def counts_of(sequence: str | list[str], n: int) -> Counter[object]:
    return Counter(tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1))


def top_share(text: str, n: int) -> float:
    counts = sorted(counts_of(text, n).values(), reverse=True)
    if not counts:
        return 0.0
    once = sum(count == 1 for count in counts)
    return sum(counts[: min(math.isqrt(len(counts)), len(counts) - once)]) / sum(counts)


def repeated_share(words: list[str], n: int) -> float:
    counts = counts_of(words, n)
    return sum(c for c in counts.values() if c > 1) / sum(counts.values()) if counts else 0.0


@given(TEXTS, st.integers(1, 4))
def test_repetition_of_ngrams_equals_its_twin(texts: list[str], n: int) -> None:
    made = batch(texts)
    assert ngrams.character_repetition(*made.buffers, n).tolist() == [top_share(text, n) for text in texts]
    index = made.index
    found = ngrams.word_repetition(index.word_hash, index.word_offsets, n).tolist()
    assert found == [repeated_share(words_of(text), n) for text in texts]


def test_repetition_of_a_text_counted_in_several_passes_equals_its_twin() -> None:
    """2.5 million characters are more than one table holds."""
    chance = np.random.default_rng(1)
    text = "".join(chance.choice(list("abcdefghij klmnop\n"), 1_500_000)) + "the same again " * 70_000
    made = batch([text, "short"])
    assert ngrams.character_repetition(*made.buffers, 10).tolist() == [top_share(text, 10), 0.0]


@given(TEXTS)
def test_repetition_of_lines_equals_its_twin(texts: list[str]) -> None:
    index = batch(texts).index
    found = ngrams.line_repetition(index.line_hash, index.line_chars, index.line_offsets)
    for row, text in enumerate(texts):
        lines = lines_of(text)
        again = [line for i, line in enumerate(lines) if line in lines[:i]]
        sizes = [len(line.replace(" ", "")) for line in lines]
        share = sum(len(line.replace(" ", "")) for line in again) / sum(sizes) if again else 0.0
        assert found[row].tolist() == [len(again) / len(lines) if again else 0.0, share]


def shingles_of(text: str, n: int) -> set[tuple[str, ...]]:
    words = words_of(text)
    n = min(n, len(words))
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)} if words else set()


@given(TEXTS, st.integers(1, 5))
def test_shingle_sets_intersect_as_sets_do(texts: list[str], n: int) -> None:
    index = batch(texts).index
    offsets, values = minhash.shingle_sets(index.word_hash, index.word_offsets, np.arange(len(texts)), n)
    assert np.diff(offsets).tolist() == [len(shingles_of(text, n)) for text in texts]
    assert all(np.all(np.diff(values[a:b].astype(object)) > 0) for a, b in pairwise(offsets))
    for row, text in enumerate(texts):
        one = values[offsets[row] : offsets[row + 1]]
        expected = [len(shingles_of(text, n) & shingles_of(other, n)) for other in texts]
        # Texts shorter than n words have shingles of other lengths: their hashes must not meet those of n words.
        assert minhash.jaccard(one, values, offsets).tolist() == expected


@given(TEXTS)
def test_signature_is_the_minimum_over_shingles_of_each_permutation(texts: list[str]) -> None:
    index = batch(texts).index
    a, b = minhash.coefficients(9, 1)
    found, shingles = minhash.signatures(index.word_hash, index.word_offsets, 3, a, b)
    offsets, values = minhash.shingle_sets(index.word_hash, index.word_offsets, np.arange(len(texts)), 3)
    for row in range(len(texts)):
        own = [int(v) for v in values[offsets[row] : offsets[row + 1]]]
        expected = [
            min((((int(p) * x + int(q)) & _MASK) >> 32 for x in own), default=0xFFFFFFFF)
            for p, q in zip(a, b, strict=True)
        ]
        assert found[row].tolist() == expected
        assert (shingles[row] == 0) == (not own)


def test_signature_agrees_in_about_the_jaccard_share_of_permutations() -> None:
    words = [f"w{i}" for i in range(1200)]
    changed = ["x" if i % 40 == 0 else word for i, word in enumerate(words)]
    texts = [" ".join(words), " ".join(changed)]
    index = batch(texts).index
    a, b = minhash.coefficients(2048, 1)
    found, _ = minhash.signatures(index.word_hash, index.word_offsets, 5, a, b)
    one, other = shingles_of(texts[0], 5), shingles_of(texts[1], 5)
    exact = len(one & other) / len(one | other)
    assert np.mean(found[0] == found[1]) == pytest.approx(exact, abs=0.04)  # 4 sigma of 2048 coin throws


@given(TEXTS)
def test_content_keys_are_equal_exactly_where_the_words_are(texts: list[str]) -> None:
    index = batch(texts).index
    keys = [tuple(key) for key in minhash.content_keys(index.word_hash, index.word_offsets).tolist()]
    words = [tuple(words_of(text)) for text in texts]
    assert len(set(zip(keys, words, strict=True))) == len(set(words)) == len(set(keys))
    assert all((key == (0, 0)) == (not found) for key, found in zip(keys, words, strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The mill's well-known", ["the", "mill", "s", "well", "known"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),  # vowel signs and viramas belong to their letters
        ("政府宣布", ["政", "府", "宣", "布"]),
        ("กำลัง", ["ก", "\u0e33", "ล\u0e31", "ง"]),  # sara am is a letter of its own in Unicode
        ("مَرْحَبًا", ["مَرْحَبًا"]),
        ("cafe\u0301 42b", ["cafe\u0301", "42b"]),
        ("", []),
        ("... --- 🙂", []),
    ],
)
def test_word_of_each_script_is_the_defined_unit(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert batch([text]).index.words.tolist() == [len(words)]
