"""The copies of a token part's documents: how many of each, and where they stand in the global order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.mixture import documents
from corpus.mixture.remainder import SALT, Cut
from corpus.mixture.solve import Group
from corpus.mixture.tallies import Given
from corpus.shards.copies import SCHEMA
from corpus.shards.order import copy_keys, order_keys
from corpus.shards.tallies import Pair
from corpus.shards.tokens import TokenPart
from corpus.store.table import Table, one_batch
from corpus.store.tally import Row
from filters.arrow import array


@dataclass(frozen=True, kw_only=True)
class Made:
    """Copies (columns of SCHEMA, in order of the part), counted as stage encode counts documents, in all and by pair,
    and by group."""

    copies: pa.RecordBatch
    counts: Mapping[str, int]
    rows: Sequence[Row]


def make(
    part: TokenPart, groups: Sequence[Group], cuts: Sequence[Cut], seed: int, buckets: Table | None = None
) -> Made:
    """Copies of one part; a cut for each group. A document's copies depend on its group, its id and the seed alone."""
    whole = np.array([group.whole for group in groups], np.int64)
    stops = np.array([one.below > 0 for one in cuts], bool)
    last = np.array([max(one.below - 1, 0) for one in cuts], np.uint64)  # of the keys that come once more
    counted = np.zeros((2, sum(len(group.pairs) for group in groups)), np.int64)  # copies and tokens of each pair
    batches = []
    start = 0
    for found in documents.read(part, groups, buckets):
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
    pairs = [
        Pair(source=source, language=language, documents=copies, tokens=tokens - copies)  # without ends
        for (source, language, *_), copies, tokens in zip(documents.members(groups), *counted.tolist(), strict=True)
    ]
    given = [
        Given(group=groups[number].key, copies=copies, tokens=tokens)
        for number, copies, tokens in zip(documents.members(groups).values(), *counted.tolist(), strict=True)
    ]
    return Made(
        copies=one_batch(pa.Table.from_batches(batches, schema=SCHEMA)),
        counts={name: sum(getattr(row, name) for row in pairs) for name in ("documents", "tokens")},
        rows=[*pairs, *given],
    )
