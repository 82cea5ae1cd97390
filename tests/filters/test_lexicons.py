"""Shares of stop words and flagged words equal those of plain Python sets, by the language of each document."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
import orjson
import pytest
import stopwordsiso
from hypothesis import given
from hypothesis import strategies as st

import filters
from filters.kernels.lexicon import compile_lexicons, count_known
from filters.languages import language_id
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import TEXT

UNSPACED = ("zho_Hans", "jpn_Jpan", "tha_Thai")
STOPWORDS = ("eng_Latn", "deu_Latn", "tur_Latn", "rus_Cyrl", "hin_Deva", "ara_Arab", "kor_Kore", "vie_Latn")
SENTENCES = {
    "eng_Latn": "It is the duty of every man to help those who are in need, and DON'T forget it.",
    "deu_Latn": "Es ist die Pflicht eines jeden, denen zu helfen, die in Not sind; ÜBER alles.",
    "rus_Cyrl": "Это долг каждого, и он не должен забывать об этом.",
    "hin_Deva": "यह हर आदमी का कर्तव्य है और इसे नहीं भूलना चाहिए।",
    "ara_Arab": "هذا هو واجب كل إنسان في هذا العالم.",
    "kor_Kore": "그리고 그것은 모든 사람의 의무이다.",
    "vie_Latn": "Đó là bổn phận của mọi người và không được quên.",
}


def single(entries: Sequence[str]) -> set[str]:
    return {oracle.words(entry)[0] for entry in entries if len(oracle.words(entry)) == 1}


def stop_words(language: str) -> set[str]:
    [code] = [code for code in stopwordsiso.langs() if language_id(code) == language]
    return single(sorted(stopwordsiso.stopwords(code)))


def flagged_words(language: str) -> set[str]:
    lists = orjson.loads((files("filters.data") / "flagged.json").read_bytes())
    return single(lists[language]) if language in lists else set()


@pytest.mark.parametrize("language", STOPWORDS)
def test_stopwords_share_equals_that_of_a_python_set(language: str) -> None:
    known = stop_words(language)
    entries = sorted(known)[::7]
    texts = [*SENTENCES.values(), " ".join(entries).upper(), " zzyzx ".join(entries), "", "… 42", "字字"]
    found = measured(filters.load("stopwords")(), documents(texts, [language] * len(texts))).to_pylist()
    for text, row in zip(texts, found, strict=True):
        words = oracle.words(text)
        assert row == {"ratio": sum(word in known for word in words) / max(len(words), 1), "lexicon": True}
    assert found[len(SENTENCES)]["ratio"] > 0.9  # upper case is no hiding place (but for ß, İ and final sigma)


@pytest.mark.parametrize("language", SENTENCES)
def test_stopwords_sentence_is_above_the_threshold_in_its_own_language(language: str) -> None:
    [row] = measured(filters.load("stopwords")(), documents([SENTENCES[language]], [language])).to_pylist()
    assert row["ratio"] > filters.load("stopwords")().min_ratio


@pytest.mark.parametrize("language", [*UNSPACED, "und_Zzzz", "code_Python", "ace_Latn"])
def test_language_without_lexicon_never_fails_either_filter(language: str) -> None:
    batch = documents(["the mill, 字", ""], [language] * 2)
    assert measured(filters.load("stopwords")(), batch).to_pylist() == [{"ratio": 1.0, "lexicon": False}] * 2
    if language != "und_Zzzz":
        assert language not in orjson.loads((files("filters.data") / "flagged.json").read_bytes())
    assert measured(filters.load("flagged")(), batch).to_pylist() == [{"ratio": 0.0, "lexicon": False}] * 2


@pytest.mark.parametrize("language", sorted(orjson.loads((files("filters.data") / "flagged.json").read_bytes())))
def test_flagged_share_equals_that_of_a_python_set(language: str) -> None:
    known = flagged_words(language)
    assert known
    entry = min(known)
    texts = [f"{entry} 123 {entry}, 456 {max(known)} 789 zzyzx", "zzyzx qqfoo", ""]
    found = measured(filters.load("flagged")(), documents(texts, [language] * 3)).to_pylist()
    for text, row in zip(texts, found, strict=True):
        words = oracle.words(text)
        assert row == {"ratio": sum(word in known for word in words) / max(len(words), 1), "lexicon": True}
    assert found[0]["ratio"] > 0.25
    assert found[1]["ratio"] == 0.0


def test_lexicon_of_each_document_is_that_of_its_own_language() -> None:
    texts = ["die und der", "die und der", "die und der"]
    found = measured(filters.load("stopwords")(), documents(texts, ["deu_Latn", "ell_Grek", "jpn_Jpan"])).to_pylist()
    assert [row["ratio"] for row in found] == [1.0, 0.0, 1.0]
    assert [row["lexicon"] for row in found] == [True, True, False]


def test_detected_language_is_used_where_none_is_declared() -> None:
    text = "Alle Menschen sind frei und gleich an Würde und Rechten geboren, und sie sind mit Vernunft begabt."
    batch = documents([text, text], [None, "deu_Latn"])
    one, other = measured(filters.load("stopwords")(), batch).to_pylist()
    assert one == other
    assert one["lexicon"]


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        ({}, []),
        ({"eng_Latn": []}, [0]),
        ({"eng_Latn": [""]}, [0]),
        ({"eng_Latn": ["a b", "...", "don't"]}, [0]),  # phrases are no words
        ({"eng_Latn": ["Mill", "mill", "mill."]}, [1]),
        ({"b": ["x", "y"], "a": ["x"], "c": []}, [1, 2, 0]),  # in the order of languages
    ],
)
def test_compile_counts_entries_of_one_word_once(words: Mapping[str, Sequence[str]], sizes: list[int]) -> None:
    made = compile_lexicons(words)
    assert np.diff(made.offsets).tolist() == sizes
    assert list(made.languages) == sorted(words)
    assert made.hashes.dtype == np.uint64


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.lists(TEXT, max_size=8), max_size=3),
    st.lists(st.tuples(st.lists(TEXT, max_size=3).map(" ".join), st.sampled_from(["a", "b", "c", "d"])), max_size=4),
)
def test_count_any_lexicons_equals_that_of_python_sets(
    lists: dict[str, list[str]], rows: list[tuple[str, str]]
) -> None:
    made = compile_lexicons(lists)
    texts = [" ".join([text, *lists.get(language, [])[:2]]) for text, language in rows]
    index = batch_of(texts).index
    which = np.array([made.languages.get(language, -1) for _, language in rows], np.int64)
    found = count_known(index.word_hash, index.word_offsets, which, made.offsets, made.hashes)
    known = {language: single(entries) for language, entries in lists.items()}
    assert found.tolist() == [
        sum(word in known.get(language, ()) for word in oracle.words(text))
        for text, (_, language) in zip(texts, rows, strict=True)
    ]
