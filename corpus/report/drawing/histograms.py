"""Measurements that rules judge, of all documents that were not withdrawn: counts over fixed bins, in all and by
language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.report import documents
from corpus.report.counting import Binned, Counts
from corpus.report.drawing import bins
from corpus.report.drawing.axis import SENTINEL
from corpus.report.opened import Part
from corpus.report.rules import Rule
from corpus.stages.stage import signals
from filters.arrow import strings
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
    unmeasured: int  # documents that the filter has nothing to measure with; they are in no count
    outside: int  # documents with a number below 0, or above 1 where shares are drawn; they are in no count either

    @property
    def standing(self) -> list[float]:
        """Thresholds that are numbers: where lines are drawn."""
        return [float(one.value) for one in self.thresholds if isinstance(one.value, int | float)]


def values(part: Part, choice: Choice, signal: str) -> np.ndarray:
    """A measurement of every document, as float64."""
    found: np.ndarray = part.read(signals(choice.name), [signal]).column(signal).to_numpy().astype(np.float64)
    return found


def tallied(part: Part, languages: pa.StringArray) -> Iterator[tuple[str, str, list[int]]]:
    """Signal, language and counts."""
    coded = languages.dictionary_encode()
    names, which = strings(coded.dictionary), coded.indices.to_numpy(zero_copy_only=False)
    for choice, signal in _measured(part):
        found = values(part, choice, signal)
        scale = bins.of(signal)
        there = (found < SENTINEL) & ~scale.outside(found) & part.once(documents.stays)
        counts = scale.histograms(found[there], which[there], len(names))
        for language, own in zip(names, counts.tolist(), strict=True):
            yield f"{choice.name}.{signal}", language, own


def unmeasured(part: Part) -> Iterator[str]:
    """A signal for each document that it says nothing of."""
    stays = part.once(documents.stays)
    for choice, signal in _measured(part):
        yield from [f"{choice.name}.{signal}"] * int(((values(part, choice, signal) >= SENTINEL) & stays).sum())


def outside(part: Part) -> Iterator[str]:
    """A signal for each document of which it is what no bin is for."""
    stays = part.once(documents.stays)
    for choice, signal in _measured(part):
        found = values(part, choice, signal)
        here = bins.of(signal).outside(found) & (found < SENTINEL) & stays
        yield from [f"{choice.name}.{signal}"] * int(here.sum())


def _measured(part: Part) -> Iterator[tuple[Choice, str]]:
    for choice in part.recipe.judged:
        for signal in sorted({rule.signal for rule in choice.base.rules if not rule.threshold.startswith("keep_")}):
            yield choice, signal


def of_rules(every: Sequence[Rule], found: Binned, apart: Counts, beyond: Counts) -> Iterator[Histogram]:
    """Each measurement that a rule judges; `apart` has the documents without one by signal, `beyond`
    those that no bin is for."""
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
            unmeasured=apart.get(signal, 0),
            outside=beyond.get(signal, 0),
        )
