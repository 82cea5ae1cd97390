"""Mentions equal those of a plain Python search by axis; lists say who made them; what has no list is not measured."""

import hashlib
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.kernels.labelled import compile_labelled, count_labels
from filters.languages import language_id
from filters.mentions import Filter
from filters.people import lists
from filters.people.lists import AXES, TARGETS, TermList, parse
from filters.people.term_file import TermFile
from tests.filters import oracle
from tests.filters.conftest import batch_of, documents, measured
from tests.filters.strategies import TEXT

OURS = list(lists.ours())
Words = Mapping[str, Mapping[str, Sequence[str]]]


Terms = Mapping[str, Mapping[tuple[str, ...], str]]


def as_words(words: Words) -> Terms:
    return {
        axis: {tuple(oracle.words(term)): group for group, forms in groups.items() for term in forms}
        for axis, groups in words.items()
    }


def labels_in(text: str, known: Terms) -> dict[str, int]:
    """Of each axis by itself: from the left, the longest term that stands at each place."""
    own = oracle.words(text)
    found: Counter[str] = Counter()
    for axis, terms in known.items():
        place = 0
        while place < len(own):
            size = next((n for n in range(12, 0, -1) if tuple(own[place : place + n]) in terms), 0)
            size = min(size, len(own) - place)
            if size and (group := terms[tuple(own[place : place + size])]):
                found[f"{axis}.{group}"] += 1
            place += max(size, 1)
    return dict(found)


def counted(texts: Sequence[str], language: Sequence[int], words: Mapping[str, Words]) -> list[dict[str, int]]:
    known = compile_labelled(words)
    index = batch_of(texts).index
    found = count_labels(index.word_hash, index.word_offsets, np.array(language, np.int64), known)
    return [
        {known.names[label]: int(count) for label, count in zip(found.labels[a:b], found.counts[a:b], strict=True)}
        for a, b in zip(found.ends[:-1], found.ends[1:], strict=True)
    ]


def row(text: str, language: str) -> dict[str, Any]:
    [found] = measured(Filter(), documents([text], [language])).to_pylist()
    for kind in ("groups", "targets"):
        found[kind] = {one["name"]: one["count"] for one in found[kind]}
    return dict(found)


@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.dictionaries(st.sampled_from(["one", "two", "three"]), st.lists(TEXT, max_size=6), max_size=3),
        max_size=2,
    ),
    st.lists(st.tuples(st.lists(TEXT, max_size=3).map(" ".join), st.sampled_from([-1, 0, 1])), max_size=4),
)
def test_any_lists_count_as_a_plain_search_by_axis(
    drawn: dict[str, dict[str, list[str]]], rows: list[tuple[str, int]]
) -> None:
    """Groups of an axis share no term, so each goes to the first that has it."""
    words: dict[str, dict[str, dict[str, list[str]]]] = {}
    for language in ("x", "y"):
        words[language] = {}
        for axis, groups in drawn.items():
            seen: set[tuple[str, ...]] = set()
            for name, terms in sorted(groups.items()):
                fit = [t for t in terms if 0 < len(oracle.words(t)) <= 12 and tuple(oracle.words(t)) not in seen]
                seen |= {tuple(oracle.words(term)) for term in fit}
                group = "" if name == "three" else name  # what is told apart and not counted
                words[language].setdefault(axis, {})[group] = fit if language == "x" else fit[:1]
    every = list(drawn.values())
    more = [term for groups in every for terms in groups.values() for term in terms[:2]]
    texts = [" ".join([text, *more]) for text, _ in rows]
    which = [number for _, number in rows]
    expected = [
        labels_in(text, as_words(words["xy"[number]])) if number >= 0 else {}
        for text, number in zip(texts, which, strict=True)
    ]
    assert counted(texts, which, words) == expected


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.name)
def test_lists_of_ours_count_as_a_plain_search(one: TermList) -> None:
    words = replace(one, prefixes=one.prefixes[:1]).words()
    forms = [form for groups in words.values() for own in groups.values() for form in own]
    known = as_words(words)
    texts = [" ".join(forms[::7]), ", zzyzx ".join(forms[3::11]).upper(), "", "x 字", " ".join(forms[:200])]
    assert counted(texts, [0] * len(texts), {one.name: words}) == [labels_in(text, known) for text in texts]


def test_many_labels_a_text_grow_what_is_written() -> None:
    """More labels than the kernel first makes room for."""
    words = {"x": {"axis": {f"g{n}": [f"w{n}"] for n in range(300)}}}
    text = " ".join(f"w{n} w{n}" for n in range(300))
    assert counted([text, "", text], [0, 0, 0], words) == [
        {f"axis.g{n}": 2 for n in range(300)},
        {},
        {f"axis.g{n}": 2 for n in range(300)},
    ]


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.name)
def test_lists_say_who_made_them_and_are_in_one_form(one: TermList) -> None:
    assert one.version >= 1
    assert all(getattr(one, key) for key in ("variety", "author", "source", "licence", "limits"))
    assert all(language_id(id_) == id_ for id_ in one.languages)
    every = [form for groups in one.words().values() for own in groups.values() for form in own]
    assert [form for form in every if unicodedata.normalize("NFC", form) != form or form != form.strip()] == []
    for axis, groups in one.words().items():
        for group, forms in groups.items():
            assert len(set(forms)) == len(forms), (axis, group, Counter(forms).most_common(1))


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.name)
def test_lists_of_the_two_genders_are_of_one_length(one: TermList) -> None:
    """Counts are divided by it: lists of two lengths would show a difference that no text has."""
    assert len(one.axes["gender"]["female"]) == len(one.axes["gender"]["male"])


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.name)
def test_what_is_told_apart_holds_a_term_of_its_axis(one: TermList) -> None:
    for axis, apart in one.apart.items():
        terms = {tuple(oracle.words(f)) for own in one.axes[axis].values() for term in own for f in one.forms(term)}
        for form in apart:
            own = tuple(oracle.words(form))
            assert any(own[i:j] in terms for i in range(len(own)) for j in range(i, len(own) + 1)), (axis, form)


SENTENCES = [
    ("eng_Latn", "Her husband, a Muslim, was lazy.", {"gender.female": 1, "gender.male": 1, "religion.muslim": 1}),
    ("eng_Latn", "The Isle of Man and the Indian Ocean.", {}),
    ("fra_Latn", "Les droits de l'homme et une femme juive.", {"gender.female": 1, "religion.jewish": 1}),
    ("spa_Latn", "La abuela y los gitanos rumanos.", {"gender.female": 1, "origin.roma": 1}),
    ("por_Latn", "O idoso brasileiro.", {"age.old": 1, "origin.brazilian": 1}),
    ("vie_Latn", "Người Việt Nam và phụ nữ.", {"origin.vietnamese": 1, "gender.female": 1}),
    ("zho_Hans", "其他女人是穆斯林。", {"gender.female": 1, "religion.muslim": 1}),
    ("zho_Hant", "猶太人和老人", {"religion.jewish": 1, "age.old": 1}),
    ("hin_Deva", "दलित महिलाओं ने कहा", {"caste.dalit": 1, "gender.female": 1}),
    ("ara_Arab", "والمسلمون والنساء", {"religion.muslim": 1, "gender.female": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "groups"), SENTENCES)
def test_sentence_speaks_of_its_groups(language: str, text: str, groups: dict[str, int]) -> None:
    found = row(text, language)
    assert found["groups"] == groups
    assert found["lexicon"]
    sums = {axis: sum(n for name, n in groups.items() if name.startswith(f"{axis}.")) for axis in AXES}
    have = lists.by_language()[language].axes
    assert {axis: found[axis] for axis in AXES} == {axis: sums[axis] if axis in have else -1 for axis in AXES}


def test_targets_are_counted_by_their_common_names() -> None:
    assert row("The nurses and a lazy nurse", "eng_Latn")["targets"] == {"profession.nurse": 2, "adjective.lazy": 1}
    assert row("Las enfermeras perezosas", "spa_Latn")["targets"] == {"profession.nurse": 1, "adjective.lazy": 1}
    names = {kind: {tuple(one.targets[kind]) for one in OURS} for kind in TARGETS}
    assert all(len(found) >= 1 for found in names.values())


@pytest.mark.parametrize("language", ["swh_Latn", "und_Zzzz", "code_Python", "jpn_Jpan"])
def test_language_without_a_list_is_not_measured_and_never_0(language: str) -> None:
    found = row("she he muslim 女人", language)
    assert found == {**dict.fromkeys(AXES, -1), "groups": {}, "targets": {}, "lexicon": False}


def test_axis_that_a_list_lacks_is_not_measured() -> None:
    assert row("Le brahmane", "fra_Latn")["caste"] == -1
    assert row("The mill", "eng_Latn")["caste"] == 0


GIVEN = """
languages = ["swh_Latn"]
version = 3
variety = "v"
author = "a"
source = "s"
licence = "CC0-1.0"
limits = "few words"
[gender]
female = ["mwanamke/wanawake"]
male = ["mwanaume/wanaume"]
"""


def given_file(folder: Path, text: str = GIVEN) -> TermFile:
    path = folder / "swh.toml"
    path.write_text(text, "utf-8")
    return TermFile(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_list_of_a_recipe_measures_its_language(tmp_path: Path) -> None:
    instance = Filter(lexicons={"mine": given_file(tmp_path)})
    found = measured(instance, documents(["wanawake na mwanaume", "she"], ["swh_Latn", "eng_Latn"])).to_pylist()
    assert [one["gender"] for one in found] == [2, 1]
    assert [one["religion"] for one in found] == [-1, 0]
    english = GIVEN.replace("swh_Latn", "eng_Latn").replace("mwanamke/wanawake", "lass")
    instead = Filter(lexicons={"mine": given_file(tmp_path, english)})
    [own] = measured(instead, documents(["she, a lass"], ["eng_Latn"])).to_pylist()
    assert (own["gender"], own["religion"]) == (1, -1)


def test_list_of_a_recipe_that_changed_is_refused(tmp_path: Path) -> None:
    file = given_file(tmp_path)
    Path(file.path).write_text(GIVEN + "#", "utf-8")
    with pytest.raises(ValueError, match="sha256"):
        measured(Filter(lexicons={"mine": file}), documents(["x"], ["eng_Latn"]))


def test_two_lists_of_one_language_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    two = {"a": given_file(tmp_path), "b": given_file(tmp_path / "b")}
    with pytest.raises(ValueError, match="'a' and 'b' are both of swh_Latn"):
        measured(Filter(lexicons=two), documents(["x"], ["eng_Latn"]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("licence =", "license ="), "'license' is no key"),
        (('"CC0-1.0"', '""'), "does not say 'licence'"),
        (("version = 3", 'version = "3"'), "version must be a whole number"),
        (("swh_Latn", "swahili"), "'swahili' is no language id"),
        (('["mwanamke/wanawake"]', '"mwanamke"'), "gender.female must be a list of texts"),
        (("[gender]", "[sex]"), "'sex' is no key"),
        (('female = ["mwanamke/wanawake"]\nmale = ["mwanaume/wanaume"]', ""), "must be a table of groups"),
        (("female", '"fe male"'), "must be of ASCII letters"),
        (('author = "a"', "author = 1"), "author must be a text"),
    ],
)
def test_list_that_is_none_is_refused_in_a_line(change: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message) as told:
        parse(tomllib.loads(GIVEN.replace(*change)), "mine")
    assert "\n" not in str(told.value)


def test_term_of_two_groups_of_an_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="x: gender has 'The boss!' under 'female' and 'male'"):
        compile_labelled({"x": {"gender": {"female": ["the boss"], "male": ["The boss!"]}}})
    with pytest.raises(ValueError, match="under 'apart' and 'male'"):
        compile_labelled({"x": {"gender": {"": ["boss"], "male": ["boss"]}}})
    with pytest.raises(ValueError, match="of 0 words"):
        compile_labelled({"x": {"gender": {"male": ["..."]}}})
