"""Conditions against a twin in Python, a row at a time; and what is refused, in one line."""

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.query.expressions import Kind, holds
from corpus.query.parsing import parse

COLUMNS: dict[str, Kind] = {
    "a.words": "number",
    "b": "number",
    "name": "string",
    "on": "truth",
    "date": "date",
    "rules": "list",
    "odd-name": "number",
}
ROWS = pa.table(
    {
        "a.words": pa.array([1, 2, None, 2**31 - 1, -3], pa.int32()),
        "b": pa.array([0.5, None, 2.0, 0.0, -1.5]),
        "name": pa.array(["deu_Latn", "o'x", None, "", "50 %"]),
        "on": pa.array([True, False, None, True, False]),
        "date": pa.array([datetime(2024, m, 1, tzinfo=UTC) for m in (1, 2, 3, 4)] + [None], pa.timestamp("ms", "UTC")),
        "rules": pa.array([["length.few_words"], [], ["x", "length.few_words"], ["x"], []]),
        "odd-name": pa.array([1, 2, 3, 4, 5]),
    }
)
Truth = bool | None
Twin = Callable[[dict[str, Any]], Any]
Piece = tuple[str, Twin]


def _numbers() -> st.SearchStrategy[Piece]:
    literals = st.sampled_from([0, 1, 2, 0.5, 1e3, 2147483647]).map(lambda n: (str(n), lambda _: n))
    columns = st.sampled_from(["a.words", "b", "odd-name"]).map(
        lambda name: (f'"{name}"' if "-" in name else name, lambda row: row[name])
    )

    def computed(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
        return st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: (f"({p[0][0]} {p[1]} {p[2][0]})", _of(p)))

    return st.recursive(literals | columns, computed, max_leaves=3)


def _of(pieces: tuple[Piece, str, Piece]) -> Twin:
    (_, one), sign, (_, other) = pieces
    by = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign]

    def value(row: dict[str, Any]) -> float | None:
        left, right = one(row), other(row)
        if left is None or right is None or (sign == "/" and right == 0):
            return None
        return float(by(float(left), float(right)))

    return value


_COMPARISONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(pieces: tuple[Piece, str, Piece]) -> Piece:
    (left, one), sign, (right, other) = pieces

    def value(row: dict[str, Any]) -> Truth:
        a, b = one(row), other(row)
        return None if a is None or b is None else bool(_COMPARISONS[sign](a, b))

    return f"{left} {sign} {right}", value


def _simple() -> st.SearchStrategy[Piece]:
    numbers = _numbers()
    texts = st.sampled_from(["deu_Latn", "o'x", "", "zz"])
    compared = st.tuples(numbers, st.sampled_from(sorted(_COMPARISONS)), numbers).map(_compared)
    named = st.tuples(st.sampled_from(sorted(_COMPARISONS)), texts).map(
        lambda p: _compared((("name", lambda row: row["name"]), p[0], (_quoted(p[1]), lambda _: p[1])))
    )
    among = st.lists(texts, min_size=1, max_size=3).map(
        lambda few: (
            f"name IN ({', '.join(map(_quoted, few))})",
            lambda row: None if row["name"] is None else row["name"] in few,
        )
    )
    others: list[Piece] = [
        ("on", lambda row: row["on"]),
        ("on = false", lambda row: None if row["on"] is None else not row["on"]),
        ("name is null", lambda row: row["name"] is None),
        ("b IS NOT NULL", lambda row: row["b"] is not None),
        ("name like 'd%_n'", lambda row: None if row["name"] is None else row["name"] == "deu_Latn"),
        ("name not like '%\\%'", lambda row: None if row["name"] is None else row["name"] != "50 %"),
        ("'length.few_words' in rules", lambda row: "length.few_words" in row["rules"]),
        ("'x' not in rules", lambda row: "x" not in row["rules"]),
        ("date >= '2024-02-01'", lambda row: None if row["date"] is None else row["date"].month >= 2),
        ("'2024-02-01T01:00:00+01:00' = date", lambda row: None if row["date"] is None else row["date"].month == 2),
        ("b between 0 and 0.5", lambda row: None if row["b"] is None else 0 <= row["b"] <= 0.5),
        ("-b > 1", lambda row: None if row["b"] is None else -row["b"] > 1),
    ]
    return compared | named | among | st.sampled_from(others)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _joined(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    negated = inner.map(lambda p: (f"not ({p[0]})", lambda row: None if p[1](row) is None else not p[1](row)))
    both = st.tuples(inner, st.sampled_from(["and", "OR"]), inner).map(_both)
    return negated | both


def _both(pieces: tuple[Piece, str, Piece]) -> Piece:
    (left, one), word, (right, other) = pieces
    ends = word == "OR"  # the value that decides by itself

    def value(row: dict[str, Any]) -> Truth:
        values = (one(row), other(row))
        if ends in values:
            return ends
        return None if None in values else not ends

    return f"({left}) {word} ({right})", value


@given(st.recursive(_simple(), _joined, max_leaves=5))
def test_conditions_hold_where_the_twin_says(piece: Piece) -> None:
    text, twin = piece
    hold, unknown = holds(parse(text, COLUMNS), ROWS)
    wanted = [twin(row) for row in ROWS.to_pylist()]
    assert [None if u else bool(h) for h, u in zip(hold, unknown, strict=True)] == wanted, text


def test_and_binds_before_or_and_not_before_and() -> None:
    hold, _ = holds(parse("on or not on and b > 100", COLUMNS), ROWS)
    assert hold.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.wrods < 5", "no column 'a.wrods'; did you mean 'a.words'?; there are: a.words, b, name"),
        ("name < 5", "name is a text and 5 a number"),
        ("b = 'x'", "b is a number and 'x' a text"),
        ("b", "b is a number, and --where wants what is true or false"),
        ("date > 'yesterday'", "'yesterday' is no date: write one as '2024-01-31'"),
        ("b <", "it ends where a column, a number or a text in single quotes belongs"),
        ("b < 1 2", "'2' stands where and, or, or the end belongs"),
        ("b < 1 < 2", "'<' stands where and, or, or the end belongs"),
        ("(b < 1", "it ends where ')' belongs"),
        ('name = "deu_Latn"', "no column 'deu_Latn'"),
        ("name = `x`", "cannot be read from '`x`' on"),
        ("name = 'x", "cannot be read from"),
        ("on < true", "on is true or false, which < does not compare"),
        ("rules = 'x'", "rules is a list of texts and 'x' a text"),
        ("'x' in name", "name is no list"),
        ("b like 'x'", "like compares texts, and b is a number"),
        ("name + 1 = 2", "name is a text, and + wants numbers"),
        ("not b", "b is a number, and not wants"),
        ("b not 5", "b is a number, and --where wants"),
        ("b not like", "like compares texts"),
        ("name not in 5", "'5' stands where '(' belongs"),
        ("__import__('os')", "no column '__import__'"),
        ("1x < 2", "cannot be read"),
        ("", "it ends where"),
        ("(" * 51 + "on" + ")" * 51, "more than 50 brackets"),
        (" or ".join(["on"] * 402), "more than 400 operators"),
        ("not " * 60 + "on", "more than 50 brackets"),
        ("b = " + "1" * 10_000, "has 10,004 characters"),
    ],
)
def test_what_is_no_condition_is_one_line(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse(text, COLUMNS)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_longest_conditions_that_are_read_are_computed() -> None:
    hold, _ = holds(parse(" or ".join(["on"] * 401), COLUMNS), ROWS)
    assert hold.tolist() == [True, False, False, True, False]
    hold, _ = holds(parse("(" * 50 + "on" + ")" * 50, COLUMNS), ROWS)
    assert hold.tolist() == [True, False, False, True, False]
    many = ", ".join(f"'{n}'" for n in range(1000))
    assert holds(parse(f"name in ({many}, '50 %')", COLUMNS), ROWS)[0].tolist() == [False] * 4 + [True]


_WORDS = [
    *("a.words", "b", "name", "on", "date", "rules", '"odd-name"', "1", "0", "2.5e3", "1e999", "99999999999999999999"),
    *(
        "'x'",
        "'%\\'",
        "'[a'",
        "'\\'",
        "'2024-01-01'",
        "''",
        "true",
        "null",
        "and",
        "or",
        "not",
        "in",
        "is",
        "like",
        "between",
    ),
    *("(", ")", ",", "=", "!=", "<", ">=", "+", "-", "*", "/", "é", "\x00", "--", ";"),
]


@given(st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_whatever_is_written_is_computed_or_refused_in_one_line(text: str) -> None:
    refused = ""
    try:
        hold, unknown = holds(parse(text, COLUMNS), ROWS)
    except RecipeError as error:
        refused = str(error)
    assert "\n" not in refused
    if not refused:
        assert len(hold) == len(unknown) == ROWS.num_rows
        assert not (hold & unknown).any()


@given(st.text(alphabet="a%_\\[](){}.*+?|^$é\n", max_size=8))
def test_patterns_of_like_are_taken_as_they_stand(pattern: str) -> None:
    """Of the signs of regular expressions none means anything; a backslash takes % and _ as they are."""
    hold, _ = holds(parse(f"name like {_quoted(pattern)}", COLUMNS), ROWS)
    assert len(hold) == ROWS.num_rows
