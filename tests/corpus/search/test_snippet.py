"""No part of an address is shown, wherever the occurrence begins and ends."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.search import answer
from corpus.search.snippet import Snippet, snippets
from corpus.texts.pii_policy import Policy
from tests.filters.strategies import TEXT

MAIL = "jane.roe@mail-server.net"
TEXT_WITH_MAIL = f"Ask the miller: write to {MAIL} or to nobody, и спросите о муке."
POLICY = Policy()


def shown(text: str, start: int, end: int, around: int) -> Snippet:
    """By code points."""
    place = (len(text[:start].encode()), len(text[:end].encode()))
    (found,) = snippets(text, "eng_Latn", None, [place], POLICY, around)
    return found


@given(st.data())
def test_an_address_never_appears_whole_or_in_part(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT_WITH_MAIL) - 1))
    end = data.draw(st.integers(start + 1, len(TEXT_WITH_MAIL)))
    around = data.draw(st.integers(0, 90))
    found = shown(TEXT_WITH_MAIL, start, end, around)
    whole = found.before + found.match + found.after
    at = TEXT_WITH_MAIL.index(MAIL)
    assert whole in TEXT_WITH_MAIL.replace(MAIL, "PI:EMAIL")
    for size in (4, len(MAIL)):  # no four characters of it in a row, but those that words around it have too
        for first in range(len(MAIL) - size + 1):
            piece = MAIL[first : first + size]
            assert piece not in whole or piece in TEXT_WITH_MAIL.replace(MAIL, "")
    assert found.redacted == (start - around < at + len(MAIL) and end + around > at)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize("asked", [MAIL, MAIL[:8], MAIL[8:], "to jane", "net or", "roe@mail"])
def test_the_occurrence_is_a_placeholder_where_it_touches_an_address(asked: str) -> None:
    start = TEXT_WITH_MAIL.index(asked)
    found = shown(TEXT_WITH_MAIL, start, start + len(asked), 10)
    assert "PI:EMAIL" in found.match
    assert found.redacted


@given(TEXT, st.data())
def test_without_personal_data_a_snippet_is_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = shown(text, start, end, 5)
    if not found.redacted:
        assert (found.before, found.match, found.after) == (
            text[max(start - 5, 0) : start],
            text[start:end],
            text[end : end + 5],
        )


def test_places_may_overlap() -> None:
    found = snippets("aaaé" * 3, "eng_Latn", None, [(0, 2), (1, 3), (3, 5), (6, 8)], POLICY, 2)
    assert [(one.start, one.end) for one in found] == [(0, 2), (1, 3), (3, 4), (5, 7)]


@given(TEXT)
def test_json_lines_are_safe_on_a_terminal_and_give_back_the_text(text: str) -> None:
    line = answer.line({"text": text})
    assert line.isprintable()
    assert json.loads(line) == {"text": text}
