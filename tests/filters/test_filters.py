"""Length and symbols equal their twins, and every rule of every filter fires on its own side of its threshold alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

import filters
from filters import is_threshold, measuring_parameters
from filters.arrow import view
from filters.rules import Rule, violations
from tests.filters import oracle
from tests.filters.conftest import documents, measured
from tests.filters.strategies import HOSTILE, TEXTS

RULES = [(name, rule) for name in filters.names() for rule in filters.load(name).rules]


def length(text: str) -> dict[str, Any]:
    words = oracle.words(text)
    return {
        "bytes": len(text.encode()),
        "chars": len(text),
        "words": len(words),
        "lines": len(oracle.lines(text)),
        "mean_word_chars": sum(map(len, words)) / max(len(words), 1),
    }


def symbols(text: str) -> dict[str, Any]:
    _, letters, marks, digits, spaces, punctuation, signs, line_ends = oracle.kinds(text)
    visible = max(len(text) - spaces - line_ends, 1)
    return {
        "letter_ratio": (letters + marks) / visible,
        "alnum_ratio": (letters + marks + digits) / max(len(text), 1),
        "digit_ratio": digits / visible,
        "symbol_ratio": signs / visible,
        "special_ratio": (punctuation + digits + signs) / max(len(text), 1),
        "upper_ratio": oracle.upper(text) / max(letters, 1),
    }


TWINS = pytest.mark.parametrize(("name", "twin"), [("length", length), ("symbols", symbols)])


@TWINS
def test_filter_any_texts_equals_twin(name: str, twin: Any) -> None:
    @given(TEXTS)
    def check(texts: list[str]) -> None:
        assert measured(filters.load(name)(), documents(texts)).to_pylist() == [twin(text) for text in texts]

    check()


@TWINS
def test_filter_hostile_texts_equals_twin(name: str, twin: Any) -> None:
    assert measured(filters.load(name)(), documents(HOSTILE)).to_pylist() == [twin(text) for text in HOSTILE]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, 0, 0, 0, 0.0)),
        ("Two words", (9, 9, 2, 1, 4.0)),
        ("\n\nÜber\n \nalles\n", (16, 15, 2, 2, 4.5)),
        ("政府 ok", (9, 5, 3, 1, 4 / 3)),
        ("e\u0301", (3, 2, 1, 1, 2.0)),
        ("🙂\x00", (5, 2, 0, 1, 0.0)),
    ],
)
def test_length_known_text_has_the_counts_worked_out_by_hand(text: str, expected: tuple[float, ...]) -> None:
    [found] = measured(filters.load("length")(), documents([text])).to_pylist()
    assert tuple(found.values()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        (" \n\t", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        ("AbC d", (1.0, 4 / 5, 0.0, 0.0, 0.0, 0.5)),
        ("ab 12 $!", (2 / 6, 4 / 8, 2 / 6, 1 / 6, 4 / 8, 0.0)),
        ("👍👍", (0.0, 0.0, 0.0, 1.0, 1.0, 0.0)),
        ("नमस्ते", (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)),  # marks are part of the letters that they sit on
        ("٣½", (0.0, 1.0, 1.0, 0.0, 1.0, 0.0)),
    ],
)
def test_symbols_known_text_has_the_shares_worked_out_by_hand(text: str, expected: tuple[float, ...]) -> None:
    [found] = measured(filters.load("symbols")(), documents([text])).to_pylist()
    assert tuple(found.values()) == expected


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[f"{name}.{rule.reason}" for name, rule in RULES])
def test_rule_fires_beyond_its_threshold_and_not_at_it(name: str, rule: Rule) -> None:
    kind = filters.load(name).signals.field(rule.signal).type
    values: list[Any]
    threshold: object
    if rule.threshold.startswith("keep_"):
        values, threshold, expected = ["deu_Latn", "fra_Latn", "eng_Latn"], ("deu_Latn", "eng_Latn"), [0, 1, 0]
    elif rule.threshold.startswith("min_"):
        values, threshold, expected = [0, 1, 2], 1, [1, 0, 0]
    else:
        assert rule.threshold.startswith("max_")
        values, threshold, expected = [0, 1, 2], 1, [0, 0, 1]
    instance = replace(filters.load(name)(), **{rule.threshold: threshold})  # type: ignore[type-var]
    signals = pa.record_batch({rule.signal: pa.array(values).cast(kind)})
    assert violations(rule, instance, signals).tolist() == [bool(value) for value in expected]


@pytest.mark.parametrize(
    ("name", "text", "reasons"),
    [
        ("length", "too short", {"few_words"}),
        ("length", "just long enough to be kept: it has more words than ten", set()),
        ("length", "w " * 100_001, {"many_words"}),
        ("symbols", "12:30 - 13:45 #!", {"many_specials"}),
        ("symbols", "Running text, with a comma.", set()),
        ("repetition", "buy now and save more today " * 20, {"repeated_words"}),
        ("repetition", "one\ntwo\none\ntwo\n", {"repeated_lines", "repeated_line_chars"}),
        ("repetition", "", set()),
        ("language", "zzz 123", {"uncertain"}),
        ("stopwords", "Lawnmower carburettor gasket sprocket; lawnmower, sprocket.", {"few_stopwords"}),
    ],
)
def test_defaults_judge_known_text(name: str, text: str, reasons: set[str]) -> None:
    instance = filters.load(name)()
    signals = measured(instance, documents([text], ["eng_Latn" if name == "stopwords" else None]))
    assert {rule.reason for rule in instance.rules if violations(rule, instance, signals)[0]} == reasons


def test_names_are_the_files_that_hold_a_filter_and_load_refuses_others() -> None:
    assert {"content", "flagged", "language", "length", "minhash", "repetition", "stopwords"} <= set(filters.names())
    assert not {"batch", "kernels", "pii", "rules", "unicode", "models", "languages"} & set(filters.names())
    with pytest.raises(
        ValueError, match=r"unknown filter 'lenght'; did you mean 'length'\?; known: agreed, code, content, .*length"
    ) as refused:
        filters.load("lenght")
    assert "\n" not in str(refused.value)


def test_measuring_parameters_leave_thresholds_out() -> None:
    assert measuring_parameters(filters.load("repetition")()) == {"char_ngram": 10, "word_ngram": 5}
    assert [is_threshold(name) for name in ("min_a", "max_a", "keep_a", "a_min", "minimum", "seed")] == [
        *[True] * 3,
        *[False] * 3,
    ]


def test_index_is_computed_once_for_all_filters() -> None:
    batch = filters.batch.Batch(documents=documents(["the mill"]))
    assert batch.index is batch.index
    assert np.shares_memory(batch.buffers[0], view(batch.text.buffers()[2], np.uint8))
