"""Counters with names such as "source<tab>language": of a part, added up, summed by one field of the name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

SEPARATOR = "\t"  # joins the fields of a name; ids, rules and languages hold none

Counts = dict[str, int]
Binned = dict[str, list[int]]  # counts over the same bins


def counted(labels: Iterable[str]) -> Counts:
    """How often each label comes, by name."""
    return dict(sorted(Counter(labels).items()))


def weighed(labels: Sequence[str], weights: np.ndarray) -> Counts:
    """The sum of the weights (int64) of each label."""
    total: Counter[str] = Counter()
    for label, weight in zip(labels, weights.tolist(), strict=True):
        total[label] += weight
    return dict(sorted(total.items()))


def added(parts: Iterable[Mapping[str, int]]) -> Counts:
    """Counters added up."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items()))


def added_bins(parts: Iterable[Mapping[str, Sequence[int]]]) -> Binned:
    """Counts over the same bins, added up by name."""
    total: dict[str, np.ndarray] = {}
    for part in parts:
        for name, counts in part.items():
            total[name] = total[name] + np.array(counts) if name in total else np.array(counts)
    return {name: [int(count) for count in counts] for name, counts in sorted(total.items())}


def by_field(counts: Mapping[str, int], field: int) -> Counts:
    """Sums by one field of the names."""
    total: Counts = {}
    for name, count in counts.items():
        label = name.split(SEPARATOR)[field]
        total[label] = total.get(label, 0) + count
    return total


def by_prefix(counts: Mapping[str, int], prefix: str) -> Counts:
    """Counts whose names begin so, by what follows."""
    return {name.removeprefix(prefix): count for name, count in counts.items() if name.startswith(prefix)}
