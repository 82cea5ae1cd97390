"""Measuring a batch with many filters, and judging what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError, RecipeError
from corpus.stages.decide import REASON, VERDICTS
from filters import Filter
from filters.arrow import ListArray, array, equal, lists, same, string_array, strings
from filters.batch import Batch
from filters.choice import Choice
from filters.rules import violations
from filters.script_groups import NO_SCRIPT, script_of


def measure(name: str, instance: Filter, batch: Batch) -> pa.RecordBatch:
    """The filter's signals, checked once for all filters: same rows, the declared schema, no null, all finite.

    Raises RecipeError for what the filter refuses (a model whose digest differs), DataError for a broken promise.
    """
    try:
        signals = instance.measure(batch)
    except ValueError as error:
        raise RecipeError(f"filter {name}: {error}") from error
    if signals.schema != instance.signals or signals.num_rows != batch.rows:
        raise DataError(
            f"filter {name} gave {signals.num_rows} rows of {signals.schema.names} for {batch.rows} documents: "
            "mend the filter"
        )
    for field, column in zip(signals.schema, signals.columns, strict=True):
        finite = not pa.types.is_floating(field.type) or bool(pc.all(pc.is_finite(column)).as_py() in (True, None))
        if column.null_count or not finite:
            raise DataError(f"filter {name} measured {field.name!r} as null or not finite: mend the filter")
    return signals


@dataclass(frozen=True, kw_only=True)
class TryModels:
    """Measure one short text with every filter, so that a missing or changed model stops the run before it starts."""

    choices: Sequence[Choice]

    def __call__(self) -> None:
        none = pa.array([None], pa.string())
        text = pa.RecordBatch.from_pydict(
            {
                "text": ["a b"],
                "source": [""],
                "language": none,
                "url": none,
                "rights": none,
                "date": none.cast(pa.timestamp("s", tz="UTC")),
            }
        )
        done: dict[str, pa.RecordBatch] = {}
        for choice in self.choices:
            done[choice.name] = measure(choice.name, choice.base, Batch(documents=text, signals=done))


def judge(
    choices: Sequence[Choice], signals: Mapping[str, pa.RecordBatch], head: pa.RecordBatch, known_from: float = 0.0
) -> pa.RecordBatch:
    """Verdicts for a batch: every rule that fired, with the value and the threshold.

    `head` has id and source; the language whose thresholds are used is `language.label`, or that of no known one in its
    script where the label's score is below `known_from`; under those of the source.
    """
    labels = string_array(signals["language"].column("label"))
    judged_as = languages(signals["language"], known_from)
    sources = string_array(head.column("source")) if any(choice.by_source for choice in choices) else None
    rows_of = groups(judged_as, sources)
    fired = []
    for choice in choices:
        own = instances(choice, rows_of)
        for rule in choice.base.rules:
            for instance, rows in own.items():
                hit = violations(rule, instance, signals[choice.name]) & rows
                if hit.any():
                    fired.append((choice.name, rule, instance, hit))
    reasons = _reasons(fired, signals, len(labels))
    kept = same(pc.list_value_length(reasons), 0)
    return pa.RecordBatch.from_arrays(
        [head.column("id"), head.column("source"), labels, kept, reasons], schema=VERDICTS
    )


def languages(signals: pa.RecordBatch, known_from: float) -> pa.StringArray:
    """By whose thresholds each document is judged, from the signals of filter `language`."""
    labels = string_array(signals.column("label"))
    if not known_from:
        return labels
    unsure = signals.column("score").to_numpy() < known_from
    if not unsure.any():
        return labels
    coded = labels.dictionary_encode()
    unknown = pa.array([f"und_{script_of(name) or NO_SCRIPT}" for name in strings(coded.dictionary)], pa.string())
    return string_array(pc.if_else(array(unsure), unknown.take(coded.indices), labels))


def instances(choice: Choice, rows_of: Mapping[tuple[str, str], np.ndarray]) -> dict[Filter, np.ndarray]:
    """Rows (bool) by what judges them, of those by language and source."""
    found: dict[Filter, np.ndarray] = {}
    for (language, source), here in rows_of.items():
        instance = choice.for_document(language, source)
        known = found.get(instance)
        found[instance] = here if known is None else known | here
    return found


def groups(labels: pa.StringArray, sources: pa.StringArray | None) -> dict[tuple[str, str], np.ndarray]:
    """Rows (bool) by language and source; by language alone where no source sets thresholds."""
    found = {}
    for language in strings(labels.unique()):
        mine = equal(labels, language)
        if sources is None:
            found[language, ""] = mine
            continue
        for source in strings(pc.unique(sources.filter(array(mine)))):
            found[language, source] = mine & equal(sources, source)
    return found


def _reasons(fired: list, signals: Mapping[str, pa.RecordBatch], rows: int) -> ListArray:  # type: ignore[type-arg]
    """list<REASON> per row, rules in the recipe's order."""
    hits = np.array([hit for *_, hit in fired], bool).reshape(len(fired), rows)
    row, which = np.nonzero(hits.T)  # row-major: reasons of a row stand together
    names, values, thresholds, texts = [], np.zeros(len(row)), np.zeros(len(row)), np.full(len(row), "", object)
    for number, (name, rule, instance, _) in enumerate(fired):
        names.append(f"{name}.{rule.reason}")
        places = np.nonzero(which == number)[0]
        column = signals[name].column(rule.signal).take(array(row[places]))
        if rule.threshold.startswith("keep_"):
            texts[places] = column.to_pylist()
        else:
            values[places] = column.to_numpy(zero_copy_only=False).astype(np.float64)
            thresholds[places] = float(getattr(instance, rule.threshold))
    rules = pa.array(names, pa.string()).take(pa.array(which, pa.int64())) if names else pa.array([], pa.string())
    items = pa.StructArray.from_arrays(
        [rules, pa.array(values), pa.array(thresholds), pa.array(texts.tolist(), pa.string())], fields=list(REASON)
    )
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int32)
    field = VERDICTS.field("reasons").type
    return lists(offsets, items, field)
