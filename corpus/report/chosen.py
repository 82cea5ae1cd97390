"""Which removals and pairs a report shows, from the narrow tables: counts by stratum, and a sample of each stratum.

A sample is what has the smallest order keys, so it depends on seed and ids alone, and samples of parts merge.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, TypedDict

import numpy as np
import pyarrow as pa

from corpus.duplicates.curve import probability
from corpus.duplicates.recipe_tables import Dedup
from corpus.losses import deduplicated
from corpus.report.drawing import bins
from corpus.report.people import strata
from corpus.shards.order import order_keys
from filters.arrow import array, binaries, strings

_LARGEST = 10  # clusters shown by the head of their keeper


Ref = list[list[Any]]  # of numbers and strings, as JSON has them


class Removals(TypedDict):
    """Of one part, or of all; rows of each stratum by key."""

    strata: dict[str, int]  # removals
    removed: dict[str, Ref]  # a sample of each stratum of removals: [order key, part, row, kept id]
    clusters: dict[str, Ref]  # and of each stratum of cluster size: [order key, part, row, id]
    largest: Ref  # [-size, id, part, row]


class Proposed(TypedDict):
    """Pairs that were compared, of one part or of all."""

    compared: list[int]  # by similarity, over bins.RATIO
    alike: int  # at or over the threshold
    refused: int  # below it
    below: int  # just below it: strata.below
    unseen: float  # pairs at or over the threshold that are expected beside those that were proposed
    sample: Ref  # just below it: [order key, content, content, similarity]


def removals(clusters: pa.Table, keys: np.ndarray, part: int, threshold: float, most: int) -> Removals:
    """Of one part of clusters, whose rows have these order keys (uint64)."""
    outcomes = strings(clusters.column("outcome"))
    similar, kept = clusters.column("jaccard").to_pylist(), clusters.column("kept_id").to_pylist()
    ids, sizes = clusters.column("id"), clusters.column("size").to_numpy()
    rows = [row for row, outcome in enumerate(outcomes) if deduplicated.is_lost(outcome) and kept[row] is not None]
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
    """Ref by stratum, those with the smallest keys."""
    found: dict[str, list[int]] = {}
    for row in sorted(names, key=lambda row: (int(keys[row]), row)):
        own = found.setdefault(names[row], [])
        if len(own) < most:
            own.append(row)
    return dict(sorted(found.items()))


def merge_removals(parts: Sequence[Removals], most: int) -> Removals:
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


def _merged(parts: Sequence[Mapping[str, Ref]], most: int) -> dict[str, Ref]:
    found: dict[str, Ref] = {}
    for part in parts:
        for name, rows in part.items():
            found.setdefault(name, []).extend(rows)
    return {name: sorted(rows, key=lambda row: row[:3])[:most] for name, rows in sorted(found.items())}


def proposed(pairs: pa.Table, dedup: Dedup, seed: int, most: int) -> Proposed:
    """What one part of `pairs` (a, b, jaccard) says of the banding and of verification."""
    similar = pairs.column("jaccard").to_numpy()
    alike = similar[similar >= dedup.threshold]
    low, high = strata.below(dedup.threshold)
    near = np.flatnonzero((similar >= low) & (similar < high))
    a, b = ([value.hex() for value in binaries(pairs.column(n).take(array(near)))] for n in ("a", "b"))
    keys = _pair_keys(a, b, seed)
    first = sorted(range(len(near)), key=lambda i: (int(keys[i]), a[i], b[i]))[:most]
    return {
        "compared": [int(n) for n in bins.RATIO.histogram(similar)],
        "alike": len(alike),
        "refused": len(similar) - len(alike),
        "below": len(near),
        # a pair is in the table with the probability of the S-curve, so it stands for 1 / p pairs (Horvitz-Thompson)
        "unseen": fsum(1 / probability(s, dedup.bands, dedup.rows) - 1 for s in alike.tolist()),
        "sample": [[int(keys[i]), a[i], b[i], float(similar[near[i]])] for i in first],
    }


def _pair_keys(a: list[str], b: list[str], seed: int) -> np.ndarray:
    """uint64 for each pair of content keys."""
    one, other = (order_keys(pa.array(side, pa.string()), seed) for side in (a, b))
    mixed: np.ndarray = one ^ (other << np.uint64(1)) ^ (other >> np.uint64(63))
    return mixed


def merge_proposed(parts: Sequence[Proposed], most: int) -> Proposed:
    """What proposed() says of all parts together."""
    nothing = [0] * bins.RATIO.count
    return {
        "compared": [sum(column) for column in zip(nothing, *(part["compared"] for part in parts), strict=True)],
        "alike": sum(part["alike"] for part in parts),
        "refused": sum(part["refused"] for part in parts),
        "below": sum(part["below"] for part in parts),
        "unseen": fsum(part["unseen"] for part in parts),
        "sample": sorted(row for part in parts for row in part["sample"])[:most],
    }


def missed(found: Proposed) -> float:
    """Share of the pairs at or over the threshold that the banding is expected not to have proposed."""
    unseen = found["unseen"]
    return float(f"{unseen / (unseen + found['alike']):.3g}") if found["alike"] else 0.0
