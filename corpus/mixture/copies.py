"""The copies of a token part's documents: how many of each, and where they stand in the global order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.mixture import documents
from corpus.mixture.remainder import SALT, Cut
from corpus.mixture.solve import Group
from corpus.shards.copies import SCHEMA
from corpus.shards.order import copy_keys, order_keys
from corpus.shards.tokens import TokenPart
from corpus.store.table import one_batch
from filters.arrow import array


@dataclass(frozen=True, kw_only=True)
class Made:
    """Copies (columns of SCHEMA, in order of the part), and counts: of copies as stage encode counts documents, and
    `copies<TAB>key` and `given<TAB>key`, the tokens of a group with their ends."""

    copies: pa.RecordBatch
    counts: Mapping[str, int]


def make(part: TokenPart, groups: Sequence[Group], cuts: Sequence[Cut], seed: int) -> Made:
    """Copies of one part; a cut for each group. A document's copies depend on its group, its id and the seed alone."""
    whole = np.array([group.whole for group in groups], np.int64)
    stops = np.array([one.below > 0 for one in cuts], bool)
    last = np.array([max(one.below - 1, 0) for one in cuts], np.uint64)  # of the keys that come once more
    counted = np.zeros((2, sum(len(group.pairs) for group in groups)), np.int64)  # copies and tokens of each pair
    batches = []
    start = 0
    for found in documents.read(part, groups):
        trained = found.groups >= 0
        times = np.where(trained, whole[found.groups], 0)
        rows = np.flatnonzero(trained & stops[found.groups])
        keys = order_keys(found.ids.take(array(rows)), seed, SALT)
        times[rows] += keys <= last[found.groups[rows]]
        at = np.repeat(np.arange(len(times)), times)
        copy = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
        taken = array(at)
        columns = [
            found.languages.take(taken),
            pa.array(copy_keys(found.ids.take(taken), found.order[at], copy, times[at], seed)),
            pa.array((at + start).astype(np.int32)),
            pa.array(copy.astype(np.int16)),
        ]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))
        np.add.at(counted[0], found.pairs, times)
        np.add.at(counted[1], found.pairs, times * found.tokens)
        start += len(times)
    return Made(copies=one_batch(pa.Table.from_batches(batches, schema=SCHEMA)), counts=_counts(groups, counted))


def _counts(groups: Sequence[Group], counted: np.ndarray) -> dict[str, int]:
    counts = Counter(documents=0, tokens=0)
    for (pair, number), copies, tokens in zip(documents.members(groups).items(), *counted.tolist(), strict=True):
        source, language = pair
        for what in ("", f".{language}", f"\t{source}\t{language}"):
            counts[f"documents{what}"] += copies
            counts[f"tokens{what}"] += tokens - copies  # without ends, as encode counts
        counts[f"copies\t{groups[number].key}"] += copies
        counts[f"given\t{groups[number].key}"] += tokens
    return dict(sorted(counts.items()))
