"""What filters measure of strings, and what a preset or a recipe says of them: no run, no files, nothing written.

Texts are brought into the one form that `ingest` gives them (corpus.charset.normalise) before they are measured. Cost:
that of the filters; the first call of a kernel compiles it, or reads it from the cache.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.charset.normalise import normalise_array
from corpus.errors import RecipeError
from corpus.judging import signals
from corpus.planning import layers, presets
from corpus.planning.filter_tables import FilterTables
from corpus.planning.toml_tables import Tables
from corpus.stages.decide_table import Decide
from filters import languages
from filters.batch import Batch
from filters.choice import Choice

_BATCH = 1 << 12  # texts that are measured at once


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A rule that fired."""

    rule: str
    """`<filter>.<reason>`, as in verdicts and in the report."""
    value: float | str
    """What was measured; the label of a rule that goes by labels."""
    threshold: float | None
    """What it was held against; None of a rule that goes by labels."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the filters of a preset or a recipe say of one text."""

    kept: bool
    language: str
    """The id by whose thresholds it was judged, unless its score is below `[decide] known_from`."""
    reasons: tuple[Reason, ...]
    """Every rule that fired, in the order of the recipe; none for a text that is kept."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The filters of a recipe, and from which score a language is known."""

    choices: tuple[Choice, ...]
    known_from: float


def rules_of(preset_or_recipe: str | Path) -> Rules:
    """The filters of a preset by its name, or of a recipe by its path; it needs no sources. Labels of [[signals]] are
    of documents, not of texts: their thresholds are left out. Raises RecipeError."""
    path = presets.path_of(preset_or_recipe)
    raw = layers.read(str(path))
    choices = FilterTables(str(path)).choices(raw.get("filters", []), None)
    return Rules(
        choices=choices, known_from=Tables(str(path)).table(Decide, raw.get("decide", {}), "decide").known_from
    )


def measure(texts: Sequence[str], filters: Sequence[str], *, language: str | None = None) -> pa.Table:
    """What filters measure of texts, by their default parameters.

    Returns a table of len(texts) rows and a column for each signal, named `<filter>.<signal>`; docs/data-format.md has
    what each means and in which unit. `language` is one that all texts are declared to be in, as an id or a tag. Raises
    RecipeError for a filter that is none, or whose model cannot be read.

    >>> measure(["The mill grinds corn."], ["length"]).column("length.words").to_pylist()
    [4]
    """
    choices = FilterTables("filters").choices([{"use": name} for name in filters], None)
    found = [measured(documents(some, language=language), choices) for some in _cut(texts)]
    columns = {
        f"{choice.name}.{field.name}": pa.chunked_array(
            [batch[choice.name].column(field.name) for batch in found], field.type
        )
        for name in filters
        for choice in choices
        if choice.name == name
        for field in choice.base.signals
    }
    return pa.table(columns)


def judge(
    texts: Sequence[str], preset_or_recipe: str | Path, *, language: str | None = None, source: str = ""
) -> list[Verdict]:
    """What the filters of a preset ("gopher") or of a recipe (its path) say of texts, one verdict each, in order.

    `language` is one that all texts are declared to be in, as an id or a tag; without it the filter `language` tells
    it. `source` is the one whose thresholds (`by_source`) hold. Neither duplicates nor personal data are looked for,
    and nothing is judged by what is known of a corpus alone: labels of [[signals]], and what filters agree on. Raises
    RecipeError.

    >>> [verdict] = judge(["Too short."], "gopher", language="en")
    >>> verdict.kept, verdict.language, verdict.reasons[0]
    (False, 'eng_Latn', Reason(rule='length.few_words', value=2.0, threshold=50.0))
    """
    rules = rules_of(preset_or_recipe)
    return [
        verdict for some in _cut(texts) for verdict in judged(documents(some, language=language, source=source), rules)
    ]


def documents(texts: Sequence[str], *, language: str | None = None, source: str = "") -> pa.RecordBatch:
    """Texts as filters are given documents. Raises RecipeError for a language that is none."""
    known = languages.language_id(language) if language else None
    if language and known is None:
        raise RecipeError(f"{language!r} is no language id, tag or programming language: see `gristmill languages`")
    rows = len(texts)
    return pa.record_batch(
        {
            "id": pa.array([str(row) for row in range(rows)], pa.string()),
            "text": normalise_array(pa.array(texts, pa.string())),
            "source": pa.array([source] * rows, pa.string()),
            "language": pa.array([known] * rows, pa.string()),
            "url": pa.nulls(rows, pa.string()),
            "rights": pa.nulls(rows, pa.string()),
            "date": pa.nulls(rows, pa.timestamp("s", tz="UTC")),
        }
    )


def measured(batch: pa.RecordBatch, choices: Sequence[Choice]) -> Mapping[str, pa.RecordBatch]:
    """Signals by filter."""
    found: dict[str, pa.RecordBatch] = {}
    for choice in choices:
        found[choice.name] = signals.measure(choice.name, choice.base, Batch(documents=batch, signals=found))
    return found


def judged(batch: pa.RecordBatch, rules: Rules) -> list[Verdict]:
    """A verdict a document."""
    choices = [choice for choice in rules.choices if choice.judged]
    found = signals.judge(choices, measured(batch, rules.choices), batch, rules.known_from)
    return [
        Verdict(
            kept=row["kept"],
            language=row["language"],
            reasons=tuple(_reason(one) for one in row["reasons"]),
        )
        for row in found.to_pylist()
    ]


def _reason(raw: Mapping[str, Any]) -> Reason:
    labelled = bool(raw["text"])
    return Reason(
        rule=raw["rule"],
        value=raw["text"] if labelled else raw["value"],
        threshold=None if labelled else raw["threshold"],
    )


def _cut(texts: Sequence[str]) -> list[Sequence[str]]:
    if isinstance(texts, str):
        raise TypeError("texts is one string: give a list of texts")
    return [texts[first : first + _BATCH] for first in range(0, len(texts), _BATCH)]
