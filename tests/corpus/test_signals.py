"""Judging: by thresholds of a document's language, under those of its source; a reason has value and threshold."""

from typing import Any

import pyarrow as pa

from corpus.judging import signals
from filters.choice import Choice
from filters.length import Filter


def choice_of(**overrides: object) -> Choice:
    return Choice(
        name="length",
        base=Filter(min_words=10, max_words=100),
        by_language={"fra_Latn": Filter(min_words=5, max_words=100)},
        judged=True,
        **overrides,  # type: ignore[arg-type]
    )


def judged(choice: Choice, rows: list[tuple[str, str, int]]) -> list[list[tuple[str, float, float]]]:
    """(rule, value, threshold) of each reason, for (source, language, words)."""
    sources, languages, words = zip(*rows, strict=True)
    head = pa.RecordBatch.from_pydict({"id": [f"{i}" for i in range(len(rows))], "source": list(sources)})
    names = Filter.signals.names
    measured = {
        "language": pa.RecordBatch.from_pydict({"label": list(languages)}),
        "length": pa.RecordBatch.from_pydict({name: pa.array(words, pa.int32()) for name in names}),
    }
    verdicts = signals.judge([choice], measured, head)
    reasons: list[Any] = verdicts.column("reasons").to_pylist()
    assert verdicts.column("kept").to_pylist() == [not own for own in reasons]
    return [[(r["rule"], r["value"], r["threshold"]) for r in own] for own in reasons]


ROWS = [("web", "eng_Latn", 7), ("web", "fra_Latn", 7), ("wiki_fr", "fra_Latn", 7), ("wiki_fr", "eng_Latn", 500)]


def test_thresholds_are_those_of_the_language() -> None:
    few, many = ("length.few_words", 7.0, 10.0), ("length.many_words", 500.0, 100.0)
    assert judged(choice_of(), ROWS) == [[few], [], [], [many]]


def test_thresholds_of_a_source_stand_over_those_of_the_language() -> None:
    choice = choice_of(by_source={"wiki_*": {"min_words": 8, "max_words": None}})
    few = ("length.few_words", 7.0, 10.0)
    assert judged(choice, ROWS) == [[few], [], [("length.few_words", 7.0, 8.0)], []]
    other = choice_of(by_source={"wiki_*": {"min_words": 8}, "wiki_fr": {"min_words": 1}})
    assert judged(other, ROWS[2:3]) == [[]]
