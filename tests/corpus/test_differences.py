"""Two texts side by side: all that differs is marked, nothing is markup, nothing is torn apart."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.report.differences import compared, runs
from tests.filters.strategies import HOSTILE, TEXT

MARKUP = st.text(st.sampled_from("<>&\"'/ab \n{}%"), max_size=40)
ANY = st.one_of(TEXT, MARKUP, st.sampled_from(HOSTILE))
TAGS = re.compile(r'</?mark>|<bdi class="gap" dir="ltr">… [^<>]* …</bdi>')


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(ANY, ANY)
@example("", "")
@example("a b", "ab")
@example("x " * 9000, "y " * 9000)
def test_runs_lose_nothing_and_differ_where_they_say(one: str, other: str) -> None:
    found = list(runs(one, other))
    assert "".join(left for _, left, _ in found) == one
    assert "".join(right for *_, right in found) == other
    assert all(squeezed(left) == squeezed(right) for kind, left, right in found if kind == "equal")
    assert all(left != right for kind, left, right in found if kind == "differs")


@given(ANY, ANY, st.integers(1, 700))
def test_compared_hostile_texts_are_never_markup(one: str, other: str, chars: int) -> None:
    found = compared(one, other, chars)
    assert found.same == (one == other)
    for side, text in ((found.left, one), (found.right, other)):
        pieces = TAGS.split(str(side))
        assert all("<" not in piece and ">" not in piece for piece in pieces)
        assert all(html.unescape(piece) in text for piece in pieces)
        assert len(html.unescape("".join(pieces))) <= 6 * chars + 1500


def test_compared_marks_words_and_leaves_out_what_is_alike() -> None:
    one, other = "the mill " * 100 + "grinds corn", "the mill " * 100 + "grinds rye"
    found = compared(one, other, 600)
    assert "<mark>corn</mark>" in found.left
    assert "<mark>rye</mark>" in found.right
    assert re.search(r"… \d+ characters alike …", str(found.left))
    assert len(found.left) < 300


def test_compared_takes_no_line_break_for_a_difference() -> None:
    found = compared("copy of\n  this <b>", "copy of this\n<b>", 600)
    assert (str(found.left), str(found.right)) == ("copy of\n  this &lt;b&gt;", "copy of this\n&lt;b&gt;")
    assert not found.same


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("政府工作报告", "政府工作報告", "政府工作<mark>报</mark>告", "政府工作<mark>報</mark>告"),
        ("กินข้าว", "กินขาว", "กิน<mark>ข้</mark>าว", "กิน<mark>ข</mark>าว"),
        ("नमस्ते दुनिया", "नमस्कार दुनिया", "<mark>नमस्ते </mark>दुनिया", "<mark>नमस्कार </mark>दुनिया"),
        ("سلام دنیا", "سلام جهان", "سلام <mark>دنیا</mark>", "سلام <mark>جهان</mark>"),
        ("a👩‍👩‍👧b", "a👩‍👩‍👦b", "a<mark>👩‍👩‍👧</mark>b", "a<mark>👩‍👩‍👦</mark>b"),
    ],
)
def test_compared_marks_what_readers_see_as_one(one: str, other: str, left: str, right: str) -> None:
    found = compared(one, other, 600)
    assert (str(found.left), str(found.right)) == (left, right)
