"""Which removals and pairs a report shows, from the narrow tables: counts by stratum, and a sample of each stratum.

A sample is what has the smallest order keys, so it depends on seed and ids alone, and samples of parts merge.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.duplicates import losses
from corpus.duplicates.bands import probability
from corpus.report import Facts, bins, strata
from corpus.shards.order import order_keys
from corpus.table import Table

_LARGEST = 10  # clusters shown by the head of their keeper


def removals(clusters: pa.Table, keys: np.ndarray, part: int, threshold: float, most: int) -> Facts:
    """Of one part of clusters, whose rows have these order keys (uint64): removals by stratum, and a sample each as
    [key, part, row, kept id]; clusters by stratum of size as [key, part, row, id]; the largest as
    [-size, id, part, row]."""
    outcomes = clusters.column("outcome").to_pylist()
    similar, kept = clusters.column("jaccard").to_pylist(), clusters.column("kept_id").to_pylist()
    ids, sizes = clusters.column("id"), clusters.column("size").to_numpy()
    rows = [row for row, outcome in enumerate(outcomes) if losses.is_lost(outcome) and kept[row] is not None]
    names = {row: strata.of_outcome(outcomes[row], similar[row], threshold) for row in rows}
    sampled = _smallest(names, keys, most)
    grown = np.flatnonzero(sizes > 1).tolist()
    of_size = _smallest({row: strata.of_size(int(sizes[row])) for row in grown}, keys, most)
    largest = sorted([-int(sizes[row]), ids[row].as_py(), part, row] for row in grown)[:_LARGEST]
    return {
        "strata": dict(sorted(Counter(names.values()).items())),
        "removed": {n: [[int(keys[r]), part, r, kept[r]] for r in own] for n, own in sampled.items()},
        "clusters": {n: [[int(keys[r]), part, r, ids[r].as_py()] for r in own] for n, own in of_size.items()},
        "largest": largest,
    }


def _smallest(names: Mapping[int, str], keys: np.ndarray, most: int) -> dict[str, list[int]]:
    """Rows by stratum, those with the smallest keys."""
    found: dict[str, list[int]] = {}
    for row in sorted(names, key=lambda row: (int(keys[row]), row)):
        own = found.setdefault(names[row], [])
        if len(own) < most:
            own.append(row)
    return dict(sorted(found.items()))


def merge_removals(parts: Sequence[Mapping[str, Any]], most: int) -> Facts:
    """What removals() says of all parts together."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part["strata"])
    return {
        "strata": dict(sorted(total.items())),
        "removed": _merged([part["removed"] for part in parts], most),
        "clusters": _merged([part["clusters"] for part in parts], most),
        "largest": sorted(row for part in parts for row in part["largest"])[:_LARGEST],
    }


def _merged(parts: Sequence[Mapping[str, list[list[Any]]]], most: int) -> Facts:
    found: dict[str, list[list[Any]]] = {}
    for part in parts:
        for name, rows in part.items():
            found.setdefault(name, []).extend(rows)
    return {name: sorted(rows, key=lambda row: row[:3])[:most] for name, rows in sorted(found.items())}


@dataclass(frozen=True, kw_only=True)
class PairTally:
    """The task: what one part of `pairs` says of the banding and of verification."""

    pairs: Table
    threshold: float
    bands: int
    rows: int
    seed: int
    samples: int

    def __call__(self, part: int) -> Facts:
        table = self.pairs.read(part, ["a", "b", "jaccard"])
        similar = table.column("jaccard").to_numpy()
        alike = similar[similar >= self.threshold]
        low, high = strata.below(self.threshold)
        near = np.flatnonzero((similar >= low) & (similar < high))
        a, b = ([value.hex() for value in table.column(n).take(pa.array(near)).to_pylist()] for n in ("a", "b"))
        # a pair is in the table with the probability of the S-curve, so it stands for 1 / p pairs (Horvitz-Thompson)
        unseen = fsum(1 / probability(s, self.bands, self.rows) - 1 for s in alike.tolist())
        keys = _pair_keys(a, b, self.seed)
        first = sorted(range(len(near)), key=lambda i: (int(keys[i]), a[i], b[i]))[: self.samples]
        return {
            "compared": [int(n) for n in bins.RATIO.histogram(similar)],
            "alike": len(alike),
            "refused": len(similar) - len(alike),
            "below": len(near),
            "unseen": unseen,
            "sample": [[int(keys[i]), a[i], b[i], float(similar[near[i]])] for i in first],
        }


def _pair_keys(a: list[str], b: list[str], seed: int) -> np.ndarray:
    """uint64 for each pair of content keys."""
    one, other = (order_keys(pa.array(side, pa.string()), seed) for side in (a, b))
    mixed: np.ndarray = one ^ (other << np.uint64(1)) ^ (other >> np.uint64(63))
    return mixed


def merge_pairs(parts: Sequence[Mapping[str, Any]], samples: int) -> Facts:
    """What PairTally says of all parts together; `missed`: share of the pairs at or over the threshold that the banding
    is expected not to have proposed."""
    total = {name: sum(part[name] for part in parts) for name in ("alike", "refused", "below")}
    unseen = fsum(part["unseen"] for part in parts)
    return {
        **total,
        "compared": [sum(column) for column in zip(*(part["compared"] for part in parts), strict=True)],
        "missed": float(f"{unseen / (unseen + total['alike']):.3g}") if total["alike"] else 0.0,
        "sample": sorted(row for part in parts for row in part["sample"])[:samples],
    }
