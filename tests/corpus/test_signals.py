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
        by_language={"fra_Latn": {"min_words": 5}},
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


def test_language_that_is_not_sure_is_held_to_no_language_of_its_script() -> None:
    choice = Choice(
        name="length",
        base=Filter(min_words=10),
        by_script={"Deva": {"min_words": 3}},
        by_language={"hin_Deva": {"min_words": 38}, "und_*": {"max_words": 20}},
        judged=True,
    )
    labels, scores = ["hin_Deva", "hin_Deva", "eng_Latn", "code_C", "hin_Deva"], [0.8, 0.4, 0.1, 0.1, 0.6]
    language = pa.RecordBatch.from_pydict({"label": labels, "score": scores})
    assert signals.languages(language, 0.6).to_pylist() == ["hin_Deva", "und_Deva", "und_Latn", "und_Zzzz", "hin_Deva"]
    assert signals.languages(language, 0.0).to_pylist() == labels
    head = pa.RecordBatch.from_pydict({"id": [*"01234"], "source": ["s"] * 5})
    words = pa.array([30, 30, 5, 30, 30], pa.int32())
    measured = {"language": language, "length": pa.RecordBatch.from_pydict(dict.fromkeys(Filter.signals.names, words))}
    verdicts = signals.judge([choice], measured, head, 0.6)
    assert verdicts.column("language").to_pylist() == labels  # what it is called does not change
    reasons: list[Any] = verdicts.column("reasons").to_pylist()
    assert [[r["threshold"] for r in own] for own in reasons] == [[38], [20], [10], [20], [38]]


def test_thresholds_of_a_source_stand_over_those_of_the_language() -> None:
    choice = choice_of(by_source={"wiki_*": {"min_words": 8, "max_words": None}})
    few = ("length.few_words", 7.0, 10.0)
    assert judged(choice, ROWS) == [[few], [], [("length.few_words", 7.0, 8.0)], []]
    other = choice_of(by_source={"wiki_*": {"min_words": 8}, "wiki_fr": {"min_words": 1}})
    assert judged(other, ROWS[2:3]) == [[]]
