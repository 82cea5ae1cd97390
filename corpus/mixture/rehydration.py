"""Repeats from duplicates, as FineWeb-2 has them: documents of which there were many copies come more often, where the
filters say that such documents are good (Penedo et al. 2025, arXiv 2506.20920; misc/rehydration of its repository).

Of each size of clusters the share that the filters drop is compared with that of the language. Sizes that lose as much
or more come once, the size that loses least comes the most, those between by the line through both; then the mean over
five sizes, rounded to whole repeats.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpus.mixture.cells import Clustered
from corpus.mixture.dimension import DUPLICATES, LANGUAGE

WINDOW: Final = 5  # sizes
FEWEST: Final = 20  # documents of a size, below which a share is chance: they are put together with the sizes above


def repeats(rates: Sequence[float], whole: float, most: int) -> np.ndarray:
    """Repeats (int64) of each size of clusters, ascending, of which the filters drop these shares; `whole` is the share
    of all, in the same unit."""
    found = np.array(rates, np.float64)
    least = found.min()
    line = np.ones(len(found))
    below = found < whole
    line[below] = 1 + (most - 1) * ((found[below] - whole) / (least - whole))
    smooth = line.copy()
    half = WINDOW // 2
    if len(line) > 2 * half:
        shares = line * (1 / WINDOW)
        smooth[half:-half] = sum(shares[k : len(line) - 2 * half + k] for k in range(WINDOW))  # the same order anywhere
    return np.round(smooth).astype(np.int64)


def changes(sizes: Sequence[int], counts: np.ndarray) -> dict[int, int]:
    """Repeats from each size on at which they change, as FineWeb-2 writes them."""
    found: dict[int, int] = {}
    for size, count in zip(sizes, counts.tolist(), strict=True):
        if not found or next(reversed(found.values())) != count:
            found[size] = count
    return found


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """By language, from the size on at which they change; of a language without any, 1."""

    by_language: Mapping[str, Mapping[int, int]]

    def of(self, bucket: Mapping[str, str]) -> int:
        """Of a bucket's documents."""
        known = self.by_language.get(bucket[LANGUAGE], {})
        size = int(bucket[DUPLICATES])
        return next((count for start, count in sorted(known.items(), reverse=True) if start <= size), 1)


def of(counted: Iterable[Clustered], most: int) -> Repeats:
    """From what stage buckets counted. Sizes with few documents are put together with the next ones."""
    by_language: dict[str, dict[int, tuple[int, int]]] = {}
    for row in counted:
        by_language.setdefault(row.language, {})[int(row.size)] = (row.documents, row.dropped)
    found = {}
    for language, sizes in sorted(by_language.items()):
        starts, rates = _joined(sorted(sizes.items()))
        documents, dropped = (sum(own[side] for own in sizes.values()) for side in (0, 1))
        found[language] = changes(starts, repeats(rates, dropped / documents, most))
    return Repeats(by_language=found)


def _joined(sizes: Sequence[tuple[int, tuple[int, int]]]) -> tuple[list[int], list[float]]:
    """First size of each run of sizes that has FEWEST documents, and the share that was dropped; the last run may have
    fewer only if it is the only one."""
    runs: list[list[int]] = []
    for size, (documents, dropped) in sizes:
        if runs and runs[-1][1] < FEWEST:
            runs[-1][1] += documents
            runs[-1][2] += dropped
        else:
            runs.append([size, documents, dropped])
    if len(runs) > 1 and runs[-1][1] < FEWEST:
        _, documents, dropped = runs.pop()
        runs[-1][1] += documents
        runs[-1][2] += dropped
    return [size for size, _, _ in runs], [dropped / documents for _, documents, dropped in runs]
