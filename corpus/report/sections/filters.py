"""The rules of the filters: what each drops, together with which others, at which threshold, of which measurements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report import bins, sweep
from corpus.report.counting import SEPARATOR, Binned, Counts, added, added_bins, by_field, counted
from corpus.report.documents import VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.reasons import Reasons
from corpus.report.rules import Rule, rules
from corpus.report.section import Section
from corpus.report.sweep import Curve
from corpus.stages.ingest import INGEST
from corpus.stages.report import Audit
from corpus.stages.stage import Ref, counts, signals
from filters.arrow import ChunkedArray, equal, string_array, strings
from filters.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A threshold that judges a measurement."""

    field: str
    value: object
    overrides: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """A measurement of all documents: counts over `bins.of` its signal."""

    signal: str
    kind: str
    counts: Sequence[int]
    by_language: Mapping[str, Sequence[int]]
    thresholds: Sequence[Threshold]

    @property
    def standing(self) -> list[tuple[str, float]]:
        """Fields and values of thresholds that are numbers: where lines are drawn."""
        return [(one.field, float(one.value)) for one in self.thresholds if isinstance(one.value, int | float)]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the filters did."""

    rules: Sequence[Rule]
    overlap: Mapping[str, int]  # documents by two rules that both dropped them, joined by a tab
    sweeps: Sequence[Curve]
    without: Mapping[str, Mapping[str, int]]  # by filter and language: documents that it has no lexicon or model for
    histograms: Sequence[Histogram]


@dataclass(frozen=True, kw_only=True)
class Together:
    """A rule that fired, how often, and the share of that which each rule of the matrix fired on too."""

    rule: str
    fired: int
    shares: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What shares are of, and the rules that fired, a row each."""

    documents: int
    matrix: Sequence[Together]


class Tally(TypedDict):
    """Names of counts: rule and language; two rules; filter and language; signal and language."""

    fired: Counts
    alone: Counts
    overlap: Counts
    without: Counts
    histograms: Binned
    sweeps: Binned


def reads(recipe: Audit) -> tuple[Ref, ...]:
    return VERDICTS, counts(INGEST), *(signals(choice.name) for choice in recipe.judged)


def tally(part: Part) -> Tally:
    verdicts = part.read(VERDICTS, ["source", "language"])
    languages = verdicts.column("language")
    reasons = part.once(Reasons.of)
    return {
        "fired": counted(reasons.labelled(languages)),
        "alone": counted(reasons.alone(languages)),
        "overlap": counted(reasons.overlaps()),
        "without": _without(part, languages),
        "histograms": dict(_histograms(part, string_array(languages.combine_chunks()))),
        "sweeps": dict(sweep.tallied(part.recipe.judged, lambda c, s: _values(part, c, s), verdicts, reasons)),
    }


def _values(part: Part, choice: Choice, signal: str) -> np.ndarray:
    """A measurement of every document, as float64."""
    values: np.ndarray = part.read(signals(choice.name), [signal]).column(signal).to_numpy().astype(np.float64)
    return values


def _histograms(part: Part, languages: pa.StringArray) -> Iterator[tuple[str, list[int]]]:
    places = {name: equal(languages, name) for name in strings(languages.unique())}
    for choice in part.recipe.judged:
        for signal in sorted({rule.signal for rule in choice.base.rules if not rule.threshold.startswith("keep_")}):
            values = _values(part, choice, signal)
            name = f"{choice.name}.{signal}"
            for language, here in places.items():
                counts = bins.of(signal).histogram(values[here])
                yield f"{name}{SEPARATOR}{language}", [int(count) for count in counts]


def _without(part: Part, languages: ChunkedArray) -> Counts:
    """Documents by filter and language that the filter has no lexicon or model for (its signals say so)."""
    labels: list[str] = []
    for choice in part.recipe.judged:
        for field in choice.base.signals:
            if pa.types.is_boolean(field.type):
                equipped = part.read(signals(choice.name), [field.name]).column(field.name)
                names = languages.filter(pc.invert(equipped)).to_pylist()
                labels += [f"{choice.name}{SEPARATOR}{name}" for name in names]
    return counted(labels)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "fired": added(value["fired"] for value in values),
        "alone": added(value["alone"] for value in values),
        "overlap": added(value["overlap"] for value in values),
        "without": added(value["without"] for value in values),
        "histograms": added_bins(value["histograms"] for value in values),
        "sweeps": added_bins(value["sweeps"] for value in values),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    every = list(rules(opened.recipe.judged, by_field(found["fired"], 0), by_field(found["alone"], 0)))
    without: dict[str, Counts] = {}
    for name, count in found["without"].items():
        filter_name, language = name.split(SEPARATOR)
        without.setdefault(filter_name, {})[language] = count
    return Facts(
        rules=every,
        overlap=found["overlap"],
        sweeps=list(sweep.curves(every, found["sweeps"])),
        without={
            name: dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for name, own in without.items()
        },
        histograms=list(_drawn(every, found["histograms"])),
    )


def _drawn(every: Sequence[Rule], found: Mapping[str, Sequence[int]]) -> Iterator[Histogram]:
    """Each measurement that a rule judges, in all and by language."""
    for signal in sorted({name.split(SEPARATOR)[0] for name in found}):
        judging = [rule for rule in every if rule.signal == signal]
        if not judging:
            continue
        own = {name.split(SEPARATOR)[1]: counts for name, counts in found.items() if name.split(SEPARATOR)[0] == signal}
        yield Histogram(
            signal=signal,
            kind=bins.of(signal).kind,
            counts=[sum(column) for column in zip(*own.values(), strict=True)],
            by_language=own,
            thresholds=[
                Threshold(field=rule.field, value=rule.threshold, overrides=rule.overrides) for rule in judging
            ],
        )


def shown(opened: Opened, _: Tally, known: Facts) -> Shown:
    return Shown(documents=opened.counts(INGEST).get("documents", 0), matrix=_matrix(known.rules, known.overlap))


def _matrix(every: Sequence[Rule], overlap: Mapping[str, int]) -> list[Together]:
    fired = {rule.name: rule.fired for rule in every if rule.fired}

    def share(one: str, other: str) -> float:
        return 1.0 if one == other else overlap.get(SEPARATOR.join(sorted((one, other))), 0) / fired[one]

    return [
        Together(rule=one, fired=count, shares=[share(one, other) for other in fired]) for one, count in fired.items()
    ]


SECTION: Section[Tally, Facts, Shown] = Section(
    name="filters",
    links=(("rules", "Rules"), ("sweeps", "Thresholds"), ("measurements", "Measurements")),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
    shown=shown,
)
