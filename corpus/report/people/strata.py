"""Strata of removals: by similarity, and by size of the cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_EDGES = (0.85, 0.9, 0.95, 1.0)  # of similarity, over the threshold
BELOW = 0.1  # of Jaccard under the threshold: the refused pairs that a person would want to look at
SIZES = ((2, 2), (3, 10), (11, 100), (101, 1000), (1001, None))  # documents of a cluster, its keeper included


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """A stratum of size: its clusters, and the documents removed for their keepers."""

    name: str
    clusters: int
    removed: int


def edges(threshold: float) -> list[float]:
    """Where strata of similarity begin, ascending, the threshold first."""
    return [threshold, *(edge for edge in _EDGES if edge > threshold)]


def names(threshold: float) -> list[str]:
    """Strata of near duplicates: a range each, and last those of the same set of shingles."""
    starts = edges(threshold)
    ranges = [f"{low:g} to {high:g}" for low, high in pairwise(starts)]
    return [*ranges, "1, same shingles"]


def of_similarity(similarity: np.ndarray, threshold: float) -> np.ndarray:
    """Index into names() of each similarity (float64); -1 below the threshold."""
    return np.searchsorted(np.array(edges(threshold)), similarity, side="right") - 1


def of_outcome(outcome: str, similarity: float | None, threshold: float) -> str:
    """The stratum of a removal: near duplicates by similarity, all others by their outcome."""
    if outcome != "near" or similarity is None:
        return outcome
    return names(threshold)[max(int(of_similarity(np.array([similarity]), threshold)[0]), 0)]


def ordered(found: Sequence[str], threshold: float) -> list[str]:
    """Strata that occur, near ones by similarity first."""
    first = names(threshold)
    return [name for name in first if name in found] + sorted(set(found) - set(first))


def below(threshold: float) -> tuple[float, float]:
    """The range of refused pairs that are sampled: from, and up to but without."""
    return max(0.0, round(threshold - BELOW, 6)), threshold


def size_name(low: int, high: int | None) -> str:
    return f"{low}" if low == high else f"{low} to {high:,}" if high else f"over {low - 1:,}"


def of_size(size: int) -> str:
    """The stratum of a cluster of two or more."""
    return next(size_name(low, high) for low, high in SIZES if high is None or size <= high)


def sizes(counted: Mapping[str, int]) -> list[Clusters]:
    """Strata of size that occur, from clusters by size."""
    rows = []
    for low, high in SIZES:
        inside = {int(s): n for s, n in counted.items() if int(s) >= low and (high is None or int(s) <= high)}
        if inside:
            removed = sum((size - 1) * n for size, n in inside.items())
            rows.append(Clusters(name=size_name(low, high), clusters=sum(inside.values()), removed=removed))
    return rows
