"""How well a threshold tells documents that people would keep from others, and where it does so best."""

from collections.abc import Callable

import numpy as np

# Of values (float64), labels (bool, True to keep) and the name of a threshold: the best threshold, a value that occurs,
# the most lenient of equals; and what it gains over keeping everything.
Criterion = Callable[[np.ndarray, np.ndarray, str], tuple[float, float]]


def youden(values: np.ndarray, wanted: np.ndarray, field: str) -> tuple[float, float]:
    """By the index of Youden 1950, sensitivity + specificity - 1: the shares of both kinds that it gets right, added.

    0.0 where only one kind of label is there.
    """
    candidates = np.unique(values)
    good, bad = np.sort(values[wanted]), np.sort(values[~wanted])
    if not len(good) or not len(bad):
        return float(candidates[0 if field.startswith("min_") else -1]), 0.0
    if field.startswith("min_"):
        kept_good = 1 - np.searchsorted(good, candidates, side="left") / len(good)
        kept_bad = 1 - np.searchsorted(bad, candidates, side="left") / len(bad)
        best = int(np.argmax(kept_good - kept_bad))
    else:
        kept_good = np.searchsorted(good, candidates, side="right") / len(good)
        kept_bad = np.searchsorted(bad, candidates, side="right") / len(bad)
        best = len(candidates) - 1 - int(np.argmax((kept_good - kept_bad)[::-1]))
    return float(candidates[best]), float(kept_good[best] - kept_bad[best])


def f_beta(beta: float) -> Criterion:
    """By F of the documents that are kept (van Rijsbergen 1979): recall weighs `beta` times as much as precision.
    Unlike Youden's index it depends on how many of the labelled documents are to be kept."""

    def best(values: np.ndarray, wanted: np.ndarray, field: str) -> tuple[float, float]:
        candidates = np.unique(values)
        if field.startswith("max_"):
            candidates = candidates[::-1]  # the first keeps everything, in either case
        good, bad = (_kept(values[own], candidates, field) for own in (wanted, ~wanted))
        square = beta * beta
        found = (1 + square) * good / (good + bad + square * wanted.sum())
        place = int(np.argmax(found))
        return float(candidates[place]), float(found[place] - found[0])

    return best


def _kept(values: np.ndarray, thresholds: np.ndarray, field: str) -> np.ndarray:
    """int64[thresholds]: how many of the values each keeps."""
    ordered = np.sort(values)
    if field.startswith("min_"):
        return len(values) - np.searchsorted(ordered, thresholds, side="left")
    return np.searchsorted(ordered, thresholds, side="right")
