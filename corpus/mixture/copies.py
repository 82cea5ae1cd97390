"""The copies of a token part's documents: how many of each, and where they stand in the global order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.mixture import documents
from corpus.mixture.cut import SALT, Cut
from corpus.mixture.solve import Group
from corpus.sampling import chosen
from corpus.shards.copies import SCHEMA
from corpus.shards.order import copy_keys, order_keys
from corpus.shards.tokens import TokenPart


@dataclass(frozen=True, kw_only=True)
class Made:
    """Copies (columns of SCHEMA, in order of the part), and counts: of copies as stage encode counts documents, and
    `copies<TAB>key` and `given<TAB>key`, the tokens of a group with their ends."""

    copies: pa.RecordBatch
    counts: Mapping[str, int]


def make(part: TokenPart, groups: Sequence[Group], cuts: Sequence[Cut], seed: int) -> Made:
    """Copies of one part; a cut for each group. A document's copies depend on its group, its id and the seed alone."""
    whole = np.array([group.whole for group in groups], np.int64)
    pairs = list(documents.members(groups))
    counted = np.zeros((2, len(pairs)), np.int64)  # copies and tokens of each pair
    batches = []
    start = 0
    for found in documents.read(part, groups):
        times = np.where(found.groups < 0, 0, whole[found.groups])
        for number, one in enumerate(cuts):
            rows = np.flatnonzero(found.groups == number) if one.below else np.empty(0, np.int64)
            if len(rows):
                keys = order_keys(found.ids.take(pa.array(rows)), seed, SALT)
                times[rows] += chosen(keys, one.below)
        at = np.repeat(np.arange(len(times)), times)
        copy = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
        taken = pa.array(at)
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
    whole_table = pa.Table.from_batches(batches, schema=SCHEMA).combine_chunks().to_batches()
    copies = whole_table[0] if whole_table else pa.RecordBatch.from_pylist([], schema=SCHEMA)
    return Made(copies=copies, counts=_counts(groups, counted))


def _counts(groups: Sequence[Group], counted: np.ndarray) -> dict[str, int]:
    counts = {"documents": 0, "tokens": 0}
    for (pair, group), copies, tokens in zip(documents.members(groups).items(), *counted.tolist(), strict=True):
        source, language = pair
        own = tokens - copies  # without ends, as encode counts
        for name, one, other in (
            ("documents", copies, own),
            (f"documents.{language}", copies, own),
            (f"documents\t{source}\t{language}", copies, own),
        ):
            counts[name] = counts.get(name, 0) + one
            counts[name.replace("documents", "tokens", 1)] = (
                counts.get(name.replace("documents", "tokens", 1), 0) + other
            )
        key = groups[group].key
        counts[f"copies\t{key}"] = counts.get(f"copies\t{key}", 0) + copies
        counts[f"given\t{key}"] = counts.get(f"given\t{key}", 0) + tokens
    return dict(sorted(counts.items()))
