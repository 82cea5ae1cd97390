"""Words that stand in one language alone: counted as a Python set counts them, found in its text and in no other's."""

import pytest

import filters
from filters import wordlist
from tests.filters import oracle
from tests.filters.conftest import documents, measured
from tokenizer.parallel import declaration

NONE = {"words": 2**31 - 1, "lexicon": False}
# Of the Declaration those whose lists are too strict for it: what Croats, Serbs and Bosnians write is one language in
# most words, and Franco-Provençal is written in many ways.
STRICT = {"hrv_Latn", "srp_Latn", "frp_Latn"}


def different(text: str, language: str) -> int:
    """Entries from the left, the longest at each place."""
    known = {tuple(oracle.words(entry)) for entry in wordlist.lists()[language]}
    own, found, place = oracle.words(text), set(), 0
    while place < len(own):
        size = next((n for n in range(12, 0, -1) if tuple(own[place : place + n]) in known), 0)
        found |= {tuple(own[place : place + size])} if size else set()
        place += size or 1
    return len(found)


def counts(texts: list[str], languages: list[str]) -> list[int]:
    return [int(row["words"]) for row in measured(filters.load("wordlist")(), documents(texts, languages)).to_pylist()]


@pytest.mark.parametrize("language", ["lin_Latn", "swh_Latn", "rus_Cyrl", "hin_Deva", "jpn_Jpan", "arz_Arab"])
def test_count_equals_that_of_a_python_set(language: str) -> None:
    entries = wordlist.lists()[language]
    texts = [" zzyzx ".join(entries[::40]).upper(), declaration().get(language, ""), "", "zzyzx", entries[0] * 2]
    found = measured(filters.load("wordlist")(), documents(texts, [language] * len(texts))).to_pylist()
    assert [row["words"] for row in found] == [different(text, language) for text in texts]
    assert all(row["lexicon"] for row in found)


def test_each_document_is_held_against_the_list_of_its_language() -> None:
    text = declaration()["swh_Latn"]
    languages = ["swh_Latn", "lin_Latn", "code_C", "zxx_Zzzz"]
    found = measured(filters.load("wordlist")(), documents([text] * 4, languages)).to_pylist()
    assert found[0]["words"] > 10
    assert found[1]["words"] < 3
    assert found[2:] == [NONE, NONE]


def test_declaration_has_words_of_its_own_list_and_of_no_other() -> None:
    own = {name: text for name, text in declaration().items() if name in wordlist.lists()}
    assert len(own) >= 75
    found = counts(list(own.values()), list(own))
    assert {name for name, words in zip(own, found, strict=True) if not words} <= STRICT
    others = [name for name in own if name not in ("eng_Latn", "pcm_Latn")]
    passed = counts([declaration()["eng_Latn"]] * len(others), others)
    assert sum(words > 0 for words in passed) <= len(others) / 10  # a text of 1,700 words
