"""What is sought is counted as Python's `re` counts it, and as words are found; what cannot be sought is refused."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.agreed import Filter as Agreed
from filters.agreed import Function, Range
from filters.occurrences import Filter, Sought
from tests.filters.conftest import documents, measured
from tests.filters.strategies import HOSTILE, TEXTS

EXPRESSIONS = ("a", "(?i)the", r"^\w+", r"\d{2}", r"[^\n]+$", "(?m)^b", "aa", "é|中")


def counts(instance: Filter, texts: list[str]) -> list[Any]:
    return measured(instance, documents(texts)).column("counts").to_pylist()


def looking_for(*expressions: str) -> Filter:
    return Filter(of=tuple(Sought(expression=one) for one in expressions))


@given(TEXTS)
def test_matches_are_those_of_python(texts: list[str]) -> None:
    """Of expressions that mean the same to both: RE2's \\w and \\d are ASCII's, its $ is the very end."""
    same = [one.replace("$", r"\Z") for one in EXPRESSIONS]
    twin = [[sum(1 for _ in re.finditer(one, text, re.ASCII)) for one in same] for text in texts]
    assert counts(looking_for(*EXPRESSIONS), texts) == twin


def test_a_text_begins_once() -> None:
    assert counts(looking_for("^a", "(?m)^a", "a"), ["aaa", "a\na", "", *HOSTILE[:1]]) == [
        [1, 1, 3],
        [1, 2, 2],
        [0] * 3,
        [0] * 3,
    ]


def lexicon(folder: Path, text: str) -> Sought:
    path = folder / "words.txt"
    path.write_text(text, "utf-8")
    return Sought(lexicon=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_entries_of_a_lexicon_are_whole_words_and_phrases(tmp_path: Path) -> None:
    own = Filter(of=(lexicon(tmp_path, "# said of mills\nmill\n\nOld Mill\n水車\n"), Sought(expression="mill")))
    texts = ["The Mill, the old mill.", "millers", "村の水車です", ""]
    assert counts(own, texts) == [[2, 1], [0, 1], [1, 0], [0, 0]]


def test_what_cannot_be_sought_is_refused_in_one_line(tmp_path: Path) -> None:
    for expression, why in (
        ("(", "no expression of RE2: missing"),
        ("a*", "matches where nothing is"),
        (r"(?=a)", "no expr"),
    ):
        with pytest.raises(ValueError, match=re.escape(why)) as error:
            Sought(expression=expression)
        assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="one of expression and lexicon"):
        Sought()
    with pytest.raises(ValueError, match="one of expression and lexicon"):
        Sought(expression="a", lexicon="b")
    with pytest.raises(ValueError, match="has no entry"):
        counts(Filter(of=(lexicon(tmp_path, "# nothing\n"),)), ["a"])
    with pytest.raises(ValueError, match="its sha256 is"):
        counts(Filter(of=(Sought(lexicon=str(tmp_path / "words.txt"), sha256="0"),)), ["a"])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"name": "a b"}, "ASCII letters"),
        ({"name": "a"}, "one of expression, lexicon and signal"),
        ({"name": "a", "expression": "b", "signal": "c.d"}, "one of expression, lexicon and signal"),
        ({"name": "a", "expression": "b"}, "would never vote"),
        ({"name": "a", "expression": "b", "keep": Range(min=1), "drop": Range(max=1)}, "overlap"),
        ({"name": "a", "signal": "words", "keep": Range(min=1)}, "must be <filter>.<signal>"),
        ({"name": "a", "expression": "(", "keep": Range(min=1)}, "no expression of RE2"),
        ({"name": "a", "expression": "b", "sha256": "0", "keep": Range(min=1)}, "sha256 is of a lexicon"),
        ({"name": "a", "expression": "b", "keep": Range(min=1), "languages": ("xx-nowhere",)}, "is no language"),
    ],
)
def test_function_that_says_nothing_sensible_is_refused(table: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        Function(**table)  # type: ignore[arg-type]


def test_ranges_hold_their_ends() -> None:
    with pytest.raises(ValueError, match="needs min, max or both"):
        Range()
    with pytest.raises(ValueError, match="no number is in the range"):
        Range(min=2, max=1)
    assert Range(min=1).meets(Range(max=1))
    assert not Range(min=2).meets(Range(max=1))
    twice = Function(name="a", expression="b", keep=Range(min=1))
    with pytest.raises(ValueError, match="two functions are named 'a'"):
        Agreed(functions=(twice, twice))


@given(st.integers(0, 3))
def test_by_itself_a_document_has_no_probability(rows: int) -> None:
    found = measured(Agreed(min_probability=0.9), documents(["a"] * rows))
    assert found.to_pylist() == [{"probability": 1.0, "known": False}] * rows
