"""A rule as the page draws it, and what the page's script needs to draw it for one language and another threshold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.report import beside
from corpus.report.drawing import axis
from corpus.report.drawing.axis import Axis
from corpus.report.drawing.histograms import Histogram
from corpus.report.drawing.nearby import Beside
from corpus.report.drawing.sweep import Curve
from corpus.report.rules import Rule
from corpus.report.units import unit
from filters.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What a rule measures of all documents, what its threshold would keep, documents on either side of it."""

    rule: Rule
    unit: str
    axis: Axis
    histogram: Histogram
    curve: Curve
    near: Sequence[Beside]
    own: Mapping[str, float | None]  # thresholds of languages that have another than the base

    @property
    def points(self) -> list[tuple[float, int]]:
        return list(zip(self.curve.thresholds, self.curve.kept, strict=True))

    @property
    def threshold(self) -> float | None:
        return float(self.rule.threshold) if isinstance(self.rule.threshold, int | float) else None

    @property
    def marginal(self) -> tuple[int, int] | None:
        """Documents that one step of the curve below and above the threshold would win (or, below 0, lose)."""
        if self.threshold is None or len(self.curve.thresholds) < 2:
            return None
        here = self.curve.free - self.rule.alone
        below = [kept for at, kept in self.points if at < self.threshold]
        above = [kept for at, kept in self.points if at > self.threshold]
        return (below[-1] if below else here) - here, (above[0] if above else here) - here


def of_rules(
    choices: Sequence[Choice],
    rules: Sequence[Rule],
    curves: Sequence[Curve],
    histograms: Sequence[Histogram],
    near: Mapping[str, Sequence[Beside]],
) -> Iterator[Figure]:
    """One for each rule that has a curve."""
    by_name, by_signal = {one.name: one for one in curves}, {one.signal: one for one in histograms}
    for rule in rules:
        if rule.name in by_name:
            own = by_signal[rule.signal]
            yield Figure(
                rule=rule,
                unit=unit(rule.signal),
                axis=axis.of(own.kind, own.counts, own.standing),
                histogram=own,
                curve=by_name[rule.name],
                near=near.get(rule.name, ()),
                own=dict(_own(choices, rule, by_name[rule.name])),
            )


def _own(choices: Sequence[Choice], rule: Rule, curve: Curve) -> Iterator[tuple[str, float | None]]:
    choice = next(one for one in choices if one.name == rule.name.rpartition(".")[0])
    for language in curve.by_language:
        value = getattr(choice.for_language(language), rule.field)
        if value != rule.threshold:
            yield language, None if value is None else float(value)


def data(figures: Sequence[Figure], documents: int) -> bytes:
    """`rules.js`."""
    return beside.data("rules", {"documents": documents, "rules": [_rule(one) for one in figures]})


def _rule(one: Figure) -> dict[str, object]:
    return {
        "name": one.rule.name,
        "field": one.rule.field,
        "value": one.threshold,
        "unit": one.unit,
        "said": one.axis.said,
        "kind": one.axis.kind,
        "free": one.curve.free,
        "alone": one.rule.alone,
        "thresholds": one.curve.thresholds,
        "kept": one.curve.kept,
        "bins": beside.sparse(one.histogram.counts),
        # rows, no object: a language may be called "__proto__"
        "languages": [
            [
                name,
                beside.sparse(one.histogram.by_language[name]),
                beside.steps(kept),
                one.curve.free_by_language[name],
                one.own.get(name, one.threshold),
            ]
            for name, kept in one.curve.by_language.items()
        ],
        "near": [_near(near) for near in one.near],
    }


def _near(one: Beside) -> list[object]:
    sample = one.sample
    text = sample.text + ("…" if sample.cut else "")
    return [one.value, one.dropped, one.hair, sample.language, sample.source, sample.id, text]
