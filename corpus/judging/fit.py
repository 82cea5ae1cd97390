"""Fitting thresholds of one language: by quantile, by the share that is to be kept, or to labels; with intervals."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.judging.criteria import Criterion
from corpus.judging.sample import Judged, Sample

_RESAMPLES = 200  # of the bootstrap (Efron & Tibshirani 1993: 200 give a standard error, and ends of 95 % to within 1)
_LEVELS = (2.5, 97.5)  # percentiles of the interval
_STEPS = 30  # of the bisection: 0.5 / 2^30
_MOST_DROPPED = 0.5  # by one rule


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """One threshold of one language."""

    rule: Judged
    language: str
    old: float | None
    new: float
    low: float  # 95 % bootstrap interval of `new`, before rounding
    high: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A language's thresholds, and the share of its sample that all rules keep, before and after."""

    language: str
    documents: int
    sampled: int
    fitted: Sequence[Fitted]
    kept_before: float
    kept_after: float
    agreement: float | None  # share of labels that the new thresholds agree with; None without labels


def by_quantile(sample: Sample, rules: Sequence[Judged], active: Sequence[Judged], drop: float, seed: int) -> Outcome:
    """Each rule drops at most the share `drop` of the language's documents."""
    fitted = [_fitted(sample, rule, lambda v, r=rule: quantile(v, r.field, drop), seed) for rule in rules]  # type: ignore[misc]
    return _outcome(sample, fitted, active, labelled=False)


def by_share(sample: Sample, rules: Sequence[Judged], active: Sequence[Judged], keep: float, seed: int) -> Outcome:
    """All rules together keep the share `keep`, each of those fitted dropping alike: as little as that needs."""

    def kept(drop: float) -> float:
        moved = {rule.name: rounded(rule, quantile(sample.values[rule.name], rule.field, drop)) for rule in rules}
        return float(keeps(sample, active, moved).mean())

    low, high = 0.0, _MOST_DROPPED
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if kept(middle) >= keep else (low, middle)
    return by_quantile(sample, rules, active, low, seed)


def by_labels(sample: Sample, rules: Sequence[Judged], active: Sequence[Judged], seed: int, best: Criterion) -> Outcome:
    """Each threshold where it tells wanted documents from unwanted best. A rule that does no better than keeping
    everything stays as it is."""
    fitted = []
    for rule in rules:
        values = sample.values[rule.name]
        if best(values, sample.wanted, rule.field)[1] > 0:

            def estimate(rows: np.ndarray, rule: Judged = rule, values: np.ndarray = values) -> float:
                return best(values[rows], sample.wanted[rows], rule.field)[0]

            new, low, high = _bootstrap(sample, rule, estimate, seed)
            fitted.append(
                Fitted(
                    rule=rule,
                    language=sample.language,
                    old=rule.threshold(sample.language),
                    new=rounded(rule, new),
                    low=low,
                    high=high,
                )
            )
    return _outcome(sample, fitted, active, labelled=True)


def quantile(values: np.ndarray, field: str, drop: float) -> float:
    """The strictest threshold (a value that occurs) that drops at most the share `drop` of `values`."""
    ordered = np.sort(values)
    allowed = int(drop * len(ordered))
    return float(ordered[allowed] if field.startswith("min_") else ordered[len(ordered) - 1 - allowed])


def rounded(rule: Judged, value: float) -> float:
    """Three significant digits, whole where thresholds are, towards the side that keeps more."""
    outward = np.floor if rule.field.startswith("min_") else np.ceil
    if rule.whole or value == 0:
        return float(outward(value))
    step = 10.0 ** (int(np.floor(np.log10(abs(value)))) - 2)
    moved = float(f"{outward(round(value / step, 6)) * step:.6g}")
    bounded = rule.signal.endswith(("ratio", "score"))
    return min(moved, 1.0) if bounded else moved


def keeps(sample: Sample, active: Sequence[Judged], moved: Mapping[str, float]) -> np.ndarray:
    """bool: which documents of the sample all rules keep, with the thresholds in `moved` for those of the recipe."""
    found = np.ones(sample.size, bool)
    for rule in active:
        threshold = moved.get(rule.name, rule.threshold(sample.language))
        if threshold is not None:
            values = sample.values[rule.name]
            found &= values >= threshold if rule.field.startswith("min_") else values <= threshold
    return found


def _fitted(sample: Sample, rule: Judged, estimate: Callable[[np.ndarray], float], seed: int) -> Fitted:
    values = sample.values[rule.name]
    new, low, high = _bootstrap(sample, rule, lambda rows: estimate(values[rows]), seed)
    old = rule.threshold(sample.language)
    return Fitted(rule=rule, language=sample.language, old=old, new=rounded(rule, new), low=low, high=high)


def _bootstrap(
    sample: Sample, rule: Judged, estimate: Callable[[np.ndarray], float], seed: int
) -> tuple[float, float, float]:
    """The estimate, and the ends of its interval over resampled documents. The same for the same names and seed."""
    digest = hashlib.blake2b(f"{seed}/{sample.language}/{rule.name}".encode(), digest_size=8).digest()
    chance = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
    size = sample.size
    found = [estimate(chance.integers(0, size, size)) for _ in range(_RESAMPLES)]
    low, high = np.percentile(found, _LEVELS)
    return estimate(np.arange(size)), float(low), float(high)


def _outcome(sample: Sample, fitted: Sequence[Fitted], active: Sequence[Judged], *, labelled: bool) -> Outcome:
    moved = {one.rule.name: one.new for one in fitted}
    after = keeps(sample, active, moved)
    return Outcome(
        language=sample.language,
        documents=sample.documents,
        sampled=sample.size,
        fitted=fitted,
        kept_before=float(keeps(sample, active, {}).mean()),
        kept_after=float(after.mean()),
        agreement=float((after == sample.wanted).mean()) if labelled else None,
    )
