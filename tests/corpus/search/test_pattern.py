"""Counts are those of str, occurrences that overlap included, in every script; places are theirs."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.search import pattern
from tests.filters.strategies import HOSTILE, TEXT, TEXTS


def naive(text: str, phrase: str) -> list[tuple[int, int]]:
    """Bytes of every occurrence, by str.find."""
    found, at = [], text.find(phrase)
    while at >= 0:
        start = len(text[:at].encode())
        found.append((start, start + len(phrase.encode())))
        at = text.find(phrase, at + 1)
    return found


@st.composite
def asked(draw: st.DrawFn) -> tuple[list[str], str]:
    """Texts, and a phrase that stands in one of them more often than not."""
    texts = draw(TEXTS)
    whole = "".join(texts)
    if whole and draw(st.booleans()):
        start = draw(st.integers(0, len(whole) - 1))
        return texts, whole[start : start + draw(st.integers(1, 12))]
    return texts, draw(TEXT.filter(bool))


@given(asked(), st.integers(0, 70), st.data())
@example((["aaaa", "aa", "a"], "aa"), 70, None)
@example((["ab", "ab"], "ba"), 70, None)  # no occurrence goes over the end of a text
@example((["x" * 200 + "needle" + "y" * 200], "needle"), 70, None)
@example((["字" * 100], "字字"), 70, None)
def test_counts_and_places_are_those_of_str(
    texts_phrase: tuple[list[str], str], room: int, data: st.DataObject
) -> None:
    texts, phrase = texts_phrase
    chosen = np.array([True] * len(texts) if data is None else [data.draw(st.booleans()) for _ in texts], bool)
    column = pa.array(["before", *texts, "after"], pa.string()).slice(1, len(texts))
    found = pattern.of(phrase, regex=False).find(column, chosen, room)
    wanted = [naive(text, phrase) if take else [] for text, take in zip(texts, chosen, strict=True)]
    assert found.counts.tolist() == [len(one) for one in wanted]
    places = [(row, start, end) for row, own in enumerate(wanted) for start, end in own]
    assert [tuple(place) for place in found.first.tolist()] == places[:room]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_counted(text: str) -> None:
    for phrase in {text[:1], text[-3:], text[:70], "x"} - {""}:
        found = pattern.of(phrase, regex=False).find(pa.array([text], pa.string()), np.ones(1, bool), 5)
        assert found.counts.tolist() == [len(naive(text, phrase))]


@given(TEXTS, st.sampled_from(["[a-z]+", "字", "(?i)grain", r"\p{Arabic}", "a|ab", "m.*?a"]))
def test_expressions_are_those_of_re2_within_each_text(texts: list[str], source: str) -> None:
    import re2

    found = pattern.of(source, regex=True).find(pa.array(texts, pa.string()), np.ones(len(texts), bool), 1000)
    wanted = [(row, m.start(), m.end()) for row, text in enumerate(texts) for m in re2.finditer(source, text.encode())]
    assert [tuple(place) for place in found.first.tolist()] == wanted
    assert int(found.counts.sum()) == len(wanted)


@pytest.mark.parametrize(
    ("asked", "regex", "message"),
    [
        ("", False, "the phrase is empty"),
        ("\ud800", False, "not UTF-8"),
        ("", True, "the expression is empty"),
        ("(a", True, "missing )"),
        (r"(\w)\1", True, "no expression of RE2"),
        (r"a\C", True, "write . in its place"),
        ("a{1,99999}", True, "no expression of RE2"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(asked: str, regex: bool, message: str) -> None:
    with pytest.raises(RecipeError, match=r"^[^\n]*$") as raised:
        pattern.of(asked, regex=regex)
    assert message in str(raised.value)


def test_an_expression_that_matches_nothing_is_refused() -> None:
    with pytest.raises(RecipeError, match="at some place"):
        pattern.of("b*", regex=True).find(pa.array(["aab"], pa.string()), np.ones(1, bool), 5)


def test_an_expression_takes_linear_time() -> None:
    """Backtracking would take 2^40 steps."""
    found = pattern.of("(a+)+$", regex=True).find(pa.array(["a" * 40 + "b"], pa.string()), np.ones(1, bool), 5)
    assert not found.counts.any()


@pytest.mark.parametrize(("phrase", "strange"), [("é", False), ("e\u0301", True), ("a\r\nb", True), ("a\nb", False)])
def test_a_phrase_that_no_text_can_hold_is_known(phrase: str, strange: bool) -> None:
    assert pattern.Phrase(phrase).strange is strange
