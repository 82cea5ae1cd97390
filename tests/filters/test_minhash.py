"""MinHash signatures, shingle sets and content keys equal their twins, and estimate what they promise to estimate."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import filters
from filters.arrow import binaries
from filters.kernels import minhash
from filters.minhash import Filter
from filters.unicode import LETTER
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import HOSTILE, TEXT, TEXTS
from tests.filters.test_folding import KNOWN

NO_WORDS = ("", " \n", "— … 🙂", "\u200b")


@pytest.mark.parametrize(("permutations", "seed"), [(1, 0), (7, 1), (126, 1), (64, 2**63 + 5), (3, 2**64 - 1)])
def test_coefficients_equal_twin_and_multipliers_are_odd(permutations: int, seed: int) -> None:
    a, b = minhash.coefficients(permutations, seed)
    assert (a.tolist(), b.tolist()) == oracle.coefficients(permutations, seed)
    assert all(value % 2 for value in a.tolist())


def test_coefficients_first_of_seed_zero_is_the_published_one_of_splitmix64() -> None:
    a, _ = minhash.coefficients(1, 0)
    assert a.tolist() == [0xE220A8397B1DCDAF]


@given(TEXTS, st.integers(1, 7), st.integers(0, 2**32))
@example(["", "a", "a b c d e"], 5, 1)
def test_signature_any_texts_equals_twin(texts: list[str], n: int, seed: int) -> None:
    index = batch_of(texts).index
    found, shingles = minhash.signatures(index.word_hash, index.word_offsets, n, *minhash.coefficients(5, seed))
    assert found.tolist() == [oracle.signature(text, n, 5, seed) for text in texts]
    assert shingles.tolist() == [len(oracle.shingles(text, n)) for text in texts]


@pytest.mark.parametrize("words", [63, 64, 65, 68, 69, 129, 200])
def test_signature_around_a_block_of_shingles_equals_twin(words: int) -> None:
    text = " ".join(f"w{i * i % 97}" for i in range(words))
    signals = measured(Filter(permutations=4), documents([text])).to_pylist()
    expected = np.array(oracle.signature(text, 5, 4, 1), "<u4").tobytes()
    assert signals == [{"signature": expected, "shingles": words - 4}]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_filter_hostile_text_equals_twin(text: str) -> None:
    text = oracle.folded(text)
    [found] = measured(Filter(permutations=2, ngram=3, seed=9), documents([text])).to_pylist()
    own = oracle.shingles(text, 3)
    assert found["signature"] == (np.array(oracle.signature(text, 3, 2, 9), "<u4").tobytes() if own else b"")
    assert found["shingles"] == len(own)


@pytest.mark.parametrize("text", NO_WORDS)
def test_filter_text_without_words_has_no_signature_between_those_that_have(text: str) -> None:
    found = measured(Filter(), documents([text, "the mill", text, "grain"])).to_pylist()
    assert [len(row["signature"]) for row in found] == [0, 4 * 126, 0, 4 * 126]
    assert [row["shingles"] for row in found] == [0, 1, 0, 1]
    assert found[1]["signature"] != found[3]["signature"]


@pytest.mark.parametrize("parameters", [{"seed": 2}, {"ngram": 2}, {"permutations": 125}])
def test_filter_every_parameter_changes_the_signature(parameters: dict[str, int]) -> None:
    batch = documents(["the mill grinds the grain of the whole valley"])
    assert not measured(Filter(**parameters), batch).equals(measured(Filter(), batch))


@given(st.lists(TEXT, min_size=1, max_size=6), st.integers(1, 6), st.data())
def test_shingle_sets_any_rows_equal_python_sets(texts: list[str], n: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=6))
    index = batch_of(texts).index
    offsets, values = minhash.shingle_sets(index.word_hash, index.word_offsets, np.array(rows, np.int64), n)
    found = [values[first:last].tolist() for first, last in pairwise(offsets)]
    assert found == [sorted({oracle.shingle_hash(s) for s in oracle.shingles(texts[row], n)}) for row in rows]


@given(st.lists(TEXT, min_size=1, max_size=6), st.integers(1, 6))
@example(["a b c", "a b c d", "", "c b a", "a b"], 2)
def test_jaccard_any_texts_is_that_of_python_sets(texts: list[str], n: int) -> None:
    index = batch_of(texts).index
    offsets, values = minhash.shingle_sets(index.word_hash, index.word_offsets, np.arange(len(texts)), n)
    sets = [set(oracle.shingles(text, n)) for text in texts]
    for row, own in enumerate(sets):
        shared = minhash.jaccard(values[offsets[row] : offsets[row + 1]], values, offsets)
        assert shared.tolist() == [len(own & other) for other in sets]


@pytest.mark.parametrize("changed", [0, 1, 3, 10, 40, 200, 600])
def test_signature_of_planted_pair_estimates_exact_jaccard(changed: int) -> None:
    words = [f"w{i}" for i in range(600)]
    other = [f"x{i}" if i * changed // 600 != (i + 1) * changed // 600 else word for i, word in enumerate(words)]
    texts = [" ".join(words), " ".join(other)]
    exact = oracle.jaccard(set(oracle.shingles(texts[0], 5)), set(oracle.shingles(texts[1], 5)))
    signals = measured(Filter(permutations=1024), documents(texts))
    one, two = (np.frombuffer(value, "<u4") for value in binaries(signals.column("signature")))
    sigma = (exact * (1 - exact) / 1024) ** 0.5
    assert float(np.mean(one == two)) == pytest.approx(exact, abs=4 * sigma)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The mill, the grain.", "the MILL the\ngrain", True),
        ("the mill", "the mill the", False),
        ("the mill", "mill the", False),
        ("the mill", "themill", False),
        ("Würde", "WÜRDE", True),
        ("caf\u00e9", "cafe\u0301", False),  # ingest writes NFC
        ("page 1", "page 2", False),
        ("page 1", "page \u0661", False),  # a digit is what it is, in every script
        ("Ｐａｇｅ　１", "page 1", True),
        ("Straße", "STRASSE", True),
        ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", True),
        ("น้ำ", "นำ", False),  # tone marks, vowel signs, virama and harakat stay
        ("की", "क", False),
        ("كَتَبَ", "كُتُب", False),
        ("ﻛﺘﺐ", "كتب", True),
        ("政府", "政 府", True),
        ("", "🙂", False),
        ("🙂 ✨", "🙂 ✨", True),  # without words every byte tells
        ("⠓⠑⠇⠇⠕", "⠓⠑⠇⠇⠕", True),
        ("⠓⠑⠇⠇⠕", "⠓⠑⠇⠇⠕ ", False),
        ("", "", True),
    ],
)
def test_content_key_known_pair_is_equal_where_words_are(one: str, other: str, same: bool) -> None:
    keys = measured(filters.load("content")(), documents([one, other])).column("key").to_pylist()
    assert (keys[0] == keys[1]) == same


@given(st.lists(KNOWN, max_size=5))
@example(["a b", "A, b", "b a", "", "-", "ab", "a\u0000b"])
def test_content_key_any_texts_equals_twin_and_tells_word_sequences_apart(texts: list[str]) -> None:
    signals = measured(filters.load("content")(), documents(texts)).to_pylist()
    assert [row["capitals"] for row in signals] == [2 * oracle.upper(t) > oracle.kinds(t)[LETTER] for t in texts]
    folded = [oracle.folded(text) for text in texts]
    keys = [row["key"] for row in signals]
    for key, text, own in zip(keys, texts, folded, strict=True):
        assert key == (oracle.content_key(own) if oracle.words(own) else oracle.wordless_key(text))
    assert [row["words"] for row in signals] == [len(oracle.words(text)) for text in folded]
    sequences = [(*oracle.words(own),) or (text, "") for text, own in zip(texts, folded, strict=True)]
    for key, sequence in zip(keys, sequences, strict=True):
        assert [key == other for other in keys] == [sequence == other for other in sequences]
    assert [key == bytes(16) for key in keys] == [not text for text in texts]


@pytest.mark.parametrize("words", [1, 2, 4, 5])
def test_text_of_fewer_words_than_a_shingle_resembles_its_own_words_alone(words: int) -> None:
    own = ["the", "mill", "grinds", "the", "grain"][:words]
    texts = [" ".join(own), " ".join(own).upper() + ".", " ".join([*own, "daily"]), " ".join(own[::-1])]
    index = batch_of(texts).index
    offsets, values = minhash.shingle_sets(index.word_hash, index.word_offsets, np.arange(len(texts)), 5)
    shared = minhash.jaccard(values[: offsets[1]], values, offsets)
    palindrome = own == own[::-1]
    assert shared.tolist() == [1, 1, int(words == 5), int(palindrome)]
