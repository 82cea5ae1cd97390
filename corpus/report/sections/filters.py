"""The rules of the filters: what each drops, together with which others, at which threshold, of which measurements."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.rank import AWARE
from corpus.report import bins, sweep
from corpus.report.counting import Binned, Counts, added, added_bins, added_rows, by_language, cells, counted
from corpus.report.documents import VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.reasons import Reasons
from corpus.report.rules import Rule, rules
from corpus.report.section import Section
from corpus.report.sweep import Curve
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts, signals
from corpus.store.tally import Cells, Row, read
from filters.arrow import ChunkedArray, string_array, strings
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


@dataclass(frozen=True, kw_only=True)
class Overlap(Row):
    """Documents that two rules both dropped, in order of name."""

    NAME: ClassVar[str] = "overlap"
    first: str
    second: str
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class Without(Row):
    """Documents of a language that a filter has no lexicon or model for."""

    NAME: ClassVar[str] = "without"
    filter: str
    language: str
    documents: int = 0


class Tally(TypedDict):
    """Documents by rule; rows of Overlap and of Without; counts over bins by signal, and by rule."""

    fired: Counts
    alone: Counts
    overlap: list[Cells]
    without: list[Cells]
    histograms: Binned
    sweeps: Binned


def reads(recipe: Audit) -> tuple[Ref, ...]:
    return VERDICTS, counts(INGEST), *(signals(choice.name) for choice in recipe.judged)


def tally(part: Part) -> Tally:
    verdicts = part.read(VERDICTS, ["source", "language"])
    languages = verdicts.column("language")
    reasons = part.once(Reasons.of)
    return {
        "fired": counted(reasons.rules.tolist()),
        "alone": counted(reasons.alone()),
        "overlap": cells(_overlaps(reasons)),
        "without": cells(_without(part, languages)),
        "histograms": by_language(_histograms(part, string_array(languages.combine_chunks()))),
        "sweeps": by_language(sweep.tallied(part.recipe.judged, lambda c, s: _values(part, c, s), verdicts, reasons)),
    }


def _values(part: Part, choice: Choice, signal: str) -> np.ndarray:
    """A measurement of every document, as float64."""
    values: np.ndarray = part.read(signals(choice.name), [signal]).column(signal).to_numpy().astype(np.float64)
    return values


def _histograms(part: Part, languages: pa.StringArray) -> Iterator[tuple[str, str, list[int]]]:
    coded = languages.dictionary_encode()
    names, which = strings(coded.dictionary), coded.indices.to_numpy(zero_copy_only=False)
    for choice in part.recipe.judged:
        for signal in sorted({rule.signal for rule in choice.base.rules if not rule.threshold.startswith("keep_")}):
            counts = bins.of(signal).histograms(_values(part, choice, signal), which, len(names))
            for language, own in zip(names, counts.tolist(), strict=True):
                yield f"{choice.name}.{signal}", language, own


def _overlaps(reasons: Reasons) -> Iterator[Overlap]:
    for (first, second), count in Counter(reasons.overlaps()).items():
        yield Overlap(first=first, second=second, documents=count)


def _without(part: Part, languages: ChunkedArray) -> Iterator[Without]:
    """Its signals say which documents a filter is not equipped for."""
    for choice in part.recipe.judged:
        for field in choice.base.signals:
            if field.name in AWARE:
                equipped = part.read(signals(choice.name), [field.name]).column(field.name)
                names = Counter(strings(languages.filter(pc.invert(equipped))))
                for language, count in names.items():
                    yield Without(filter=choice.name, language=language, documents=count)


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return {
        "fired": added(value["fired"] for value in values),
        "alone": added(value["alone"] for value in values),
        "overlap": added_rows(value["overlap"] for value in values),
        "without": added_rows(value["without"] for value in values),
        "histograms": added_bins(value["histograms"] for value in values),
        "sweeps": added_bins(value["sweeps"] for value in values),
    }


def facts(opened: Opened, found: Tally) -> Facts:
    every = list(rules(opened.recipe.judged, found["fired"], found["alone"]))
    without: dict[str, Counts] = {}
    for row in read(Without, found["without"]):
        without.setdefault(row.filter, {})[row.language] = row.documents
    return Facts(
        rules=every,
        overlap={_both(row.first, row.second): row.documents for row in read(Overlap, found["overlap"])},
        sweeps=list(sweep.curves(every, found["sweeps"])),
        without={
            name: dict(sorted(own.items(), key=lambda item: (-item[1], item[0]))) for name, own in without.items()
        },
        histograms=list(_drawn(every, found["histograms"])),
    )


def _both(*rules: str) -> str:
    """How facts.json names two rules."""
    return "\t".join(sorted(rules))


def _drawn(every: Sequence[Rule], found: Binned) -> Iterator[Histogram]:
    """Each measurement that a rule judges, in all and by language."""
    for signal, own in found.items():
        judging = [rule for rule in every if rule.signal == signal]
        if not judging:
            continue
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
        return 1.0 if one == other else overlap.get(_both(one, other), 0) / fired[one]

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
