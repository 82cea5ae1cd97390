"""Shares of stop words and flagged words equal those of plain Python sets, by the language of each document."""

import unicodedata
from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
import orjson
import pytest
import stopwordsiso
from hypothesis import given
from hypothesis import strategies as st

import filters
from corpus.judging import matrix
from filters import stopwords
from filters.kernels.lexicon import compile_lexicons, count_known
from filters.languages import language_id
from filters.script_groups import script_of
from filters.stopwords import Filter
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import TEXT
from tokenizer.parallel import declaration

STOPWORDS = (
    "eng_Latn",
    "deu_Latn",
    "tur_Latn",
    "rus_Cyrl",
    "hin_Deva",
    "ara_Arab",
    "kor_Kore",
    "vie_Latn",
    "zho_Hant",
    "jpn_Jpan",
    "tha_Thai",
)
SENTENCES = {
    "eng_Latn": "It is the duty of every man to help those who are in need, and DON'T forget it.",
    "deu_Latn": "Es ist die Pflicht eines jeden, denen zu helfen, die in Not sind; ÜBER alles.",
    "rus_Cyrl": "Это долг каждого, и он не должен забывать об этом.",
    "hin_Deva": "यह हर आदमी का कर्तव्य है और इसे नहीं भूलना चाहिए।",
    "ara_Arab": "هذا هو واجب كل إنسان في هذا العالم.",
    "kor_Kore": "그리고 그것은 모든 사람의 의무이다.",
    "vie_Latn": "Đó là bổn phận của mọi người và không được quên.",
    "zho_Hans": "这是每个人的责任，他们不应该忘记。",
    "zho_Hant": "這是每個人的責任，他們不應該忘記。",
    "jpn_Jpan": "それはすべての人の義務であり、忘れてはならない。",
    "tha_Thai": "นี่เป็นหน้าที่ของทุกคนและไม่ควรลืม",
}


Phrases = set[tuple[str, ...]]


def phrases(entries: Sequence[str]) -> Phrases:
    return {tuple(own) for entry in entries if 0 < len(own := oracle.words(entry)) <= 12}


def known_in(text: str, known: Phrases) -> list[tuple[str, ...]]:
    """Entries from the left, the longest that stands at each place."""
    own, found, place = oracle.words(text), [], 0
    while place < len(own):
        sizes = [n for n in range(12, 0, -1) if tuple(own[place : place + n]) in known and place + n <= len(own)]
        if sizes:
            found.append(tuple(own[place : place + sizes[0]]))
        place += sizes[0] if sizes else 1
    return found


def ratio(text: str, known: Phrases) -> float:
    return sum(map(len, known_in(text, known))) / max(len(oracle.words(text)), 1)


def stop_words(language: str) -> Phrases:
    """Of the language in any script."""
    others = orjson.loads((files("filters.data") / "stopwords.json").read_bytes())
    mine = [c for c in stopwordsiso.langs() if language_id(c) == language.replace("Hant", "Hans")]
    packaged = [entry for c in mine for entry in stopwordsiso.stopwords(c) if any(map(str.isalpha, entry))]
    same = [entry for id_, entries in others.items() if id_[:4] == language[:4] for entry in entries]
    return phrases(sorted({*packaged, *same}))


def flagged_words(language: str) -> Phrases:
    lists = orjson.loads((files("filters.data") / "flagged.json").read_bytes())
    return phrases(lists[language])


@pytest.mark.parametrize("language", STOPWORDS)
def test_stopwords_share_equals_that_of_a_python_set(language: str) -> None:
    known = stop_words(language)
    entries = [" ".join(entry) for entry in sorted(known)[::7]]
    texts = [*SENTENCES.values(), " ".join(entries).upper(), " zzyzx ".join(entries), "", "… 42", "字字"]
    found = measured(filters.load("stopwords")(), documents(texts, [language] * len(texts))).to_pylist()
    core = phrases(stopwords._GOPHER) if language == "eng_Latn" else known
    for text, row in zip(texts, found, strict=True):
        distinct = len(set(known_in(text, core)))
        assert row == {"ratio": ratio(text, known), "distinct": distinct, "lexicon": True}
    assert found[len(SENTENCES)]["ratio"] > 0.8  # upper case is no hiding place (but for ß, İ and final sigma)


def test_lexicons_are_there_for_fifty_languages_and_more() -> None:
    assert len(stopwords.lexicons().languages) >= 50


def test_english_needs_gophers_words_and_others_any() -> None:
    batch = documents(["the grain and the mill", "whether although", "der die"], ["eng_Latn", "eng_Latn", "deu_Latn"])
    assert [row["distinct"] for row in measured(filters.load("stopwords")(), batch).to_pylist()] == [2, 0, 2]


@pytest.mark.parametrize("language", SENTENCES)
def test_stopwords_sentence_is_above_the_threshold_in_its_own_language(language: str) -> None:
    [row] = measured(filters.load("stopwords")(), documents([SENTENCES[language]], [language])).to_pylist()
    assert row["ratio"] > Filter().min_ratio


@pytest.mark.parametrize("language", ["bod_Tibt", "und_Zzzz", "code_Python", "tel_Telu"])
def test_language_without_lexicon_never_fails_either_filter(language: str) -> None:
    batch = documents(["the mill, 字", ""], [language] * 2)
    missing = {"ratio": 1.0, "distinct": 2**31 - 1, "lexicon": False}
    assert measured(filters.load("stopwords")(), batch).to_pylist() == [missing] * 2
    if language != "und_Zzzz":
        assert language not in orjson.loads((files("filters.data") / "flagged.json").read_bytes())
    missing = {"ratio": 0.0, "entries": 0, "lexicon": False}
    assert measured(filters.load("flagged")(), batch).to_pylist() == [missing] * 2


@pytest.mark.parametrize("language", sorted(orjson.loads((files("filters.data") / "flagged.json").read_bytes())))
def test_flagged_share_equals_that_of_a_python_set(language: str) -> None:
    known = flagged_words(language)
    assert known
    entry, other = " ".join(min(known)), " ".join(max(known))
    texts = [f"{entry} 123 {entry}, 456 {other} 789 zzyzx", "zzyzx qqfoo", ""]
    found = measured(filters.load("flagged")(), documents(texts, [language] * 3)).to_pylist()
    for text, row in zip(texts, found, strict=True):
        assert row == {"ratio": ratio(text, known), "entries": len(known_in(text, known)), "lexicon": True}
    assert found[0]["ratio"] > 0.25
    assert found[1]["ratio"] == 0.0


def test_lexicon_of_each_document_is_that_of_its_own_language() -> None:
    texts = ["die und der", "die und der", "die und der"]
    found = measured(filters.load("stopwords")(), documents(texts, ["deu_Latn", "ell_Grek", "bod_Tibt"])).to_pylist()
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
        ({"eng_Latn": ["a b", "...", "don't"]}, [2]),
        ({"eng_Latn": ["Mill", "mill", "mill."]}, [1]),
        ({"eng_Latn": ["x " * 13]}, [0]),
        ({"b": ["x", "y"], "a": ["x"], "c": []}, [1, 2, 0]),  # in the order of languages
    ],
)
def test_compile_counts_entries_once(words: Mapping[str, Sequence[str]], sizes: list[int]) -> None:
    made = compile_lexicons(words)
    kinds = [made.kinds[first:last] for first, last in zip(made.offsets[:-1], made.offsets[1:], strict=True)]
    assert [int((own & 1).sum()) for own in kinds] == sizes
    assert list(made.languages) == sorted(words)


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
    found = count_known(index.word_hash, index.word_offsets, which, made.offsets, made.table, made.kinds)
    known = {language: phrases(entries) for language, entries in lists.items()}
    entries = [known_in(text, known.get(language, set())) for text, (_, language) in zip(texts, rows, strict=True)]
    assert found.tolist() == [[sum(map(len, own)), len(own), len(set(own))] for own in entries]


SCRIPTS = {
    **{"Latn": "LATIN", "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Grek": "GREEK", "Deva": "DEVANAGARI", "Thai": "THAI"},
    **{"Hans": "CJK", "Hant": "CJK", "Kore": "HANGUL", "Hebr": "HEBREW", "Beng": "BENGALI", "Khmr": "KHMER"},
}
FLAGGED = orjson.loads((files("filters.data") / "flagged.json").read_bytes())


def script_names(entry: str) -> set[str]:
    return {unicodedata.name(c).split()[0] for c in entry if unicodedata.category(c).startswith("L")}


def test_lists_are_in_the_script_of_their_language() -> None:
    others = orjson.loads((files("filters.data") / "stopwords.json").read_bytes())
    assert not others.keys() & stopwords.packaged().keys()
    for language, entries in [*others.items(), *stopwords.packaged().items(), *FLAGGED.items()]:
        wanted = SCRIPTS.get(script_of(language))
        strangers = [entry for entry in entries if wanted and wanted not in script_names(entry)]
        assert len(strangers) <= len(entries) / 50, (
            language,
            strangers[:9],
        )  # a stray letter in the package's Hungarian
    assert SCRIPTS["Arab"] not in script_names(" ".join(others["kur_Latn"]))  # Kurmanji
    assert script_names(" ".join(stopwords.packaged()["ckb_Arab"])) == {SCRIPTS["Arab"]}  # Sorani


def test_no_flagged_entry_is_an_everyday_word_or_stands_inside_many() -> None:
    rows = (files("filters.data") / "flagged-left-out.tsv").read_text("utf-8").splitlines()[1:]
    left_out = {tuple(row.split("\t")[:2]) for row in rows}
    assert {row.split("\t")[2] for row in rows} == {"everyday", "medicine", "news", "part"}
    listed = {(language, entry) for language, entries in FLAGGED.items() for entry in entries}
    assert not left_out & listed
    for language in ("zho_Hans", "zho_Hant", "jpn_Jpan", "tha_Thai"):
        assert all(sum(map(str.isalpha, entry)) > 1 for entry in FLAGGED[language])
    for language, entry in (("zho_Hans", "13."), ("zho_Hans", "乳房"), ("zho_Hans", "妈的"), ("kor_Kore", "보지")):
        assert entry not in FLAGGED[language]


def test_language_in_several_scripts_has_its_words_in_each() -> None:
    texts = [declaration()[name] for name in ("srp_Cyrl", "srp_Latn")]
    found = measured(filters.load("stopwords")(), documents([*texts, *texts], ["srp_Cyrl"] * 2 + ["srp_Latn"] * 2))
    assert all(row["ratio"] > 0.15 for row in found.to_pylist())


def test_declaration_has_no_flagged_words_and_enough_stop_words() -> None:
    texts = declaration()
    batch = documents(list(texts.values()), list(texts))
    stop, bad = (measured(filters.load(name)(), batch).to_pylist() for name in ("stopwords", "flagged"))
    shares = {name: row["ratio"] for name, row in zip(texts, stop, strict=True) if row["lexicon"]}
    assert len(shares) >= 75
    assert {name for name, share in shares.items() if share < 0.08} <= {"zul_Latn"}  # the package's list is short
    hits = {name: row["entries"] for name, row in zip(texts, bad, strict=True) if row["entries"]}
    assert hits == {"eng_Latn": 1}  # sex: C4 takes the English list whole


def test_default_drops_no_page_of_the_declaration_in_any_language_with_a_list() -> None:
    clean = matrix.clean()
    batch = documents([one.text for one in clean], [one.language for one in clean])
    found = measured(Filter(), batch).to_pylist()
    least = Filter().min_ratio or 0.0
    listed = {one.language for one, row in zip(clean, found, strict=True) if row["lexicon"]}
    assert len(listed) >= 70
    assert [one.language for one, row in zip(clean, found, strict=True) if row["ratio"] < least] == []


@pytest.mark.parametrize("language", ["mya_Mymr", "tat_Cyrl", "crh_Cyrl", "bug_Latn", "awa_Deva"])
def test_language_whose_list_finds_nothing_in_clean_text_has_none(language: str) -> None:
    assert language not in stopwords.lexicons().languages
