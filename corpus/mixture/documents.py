"""What the mixture reads of a token part: of each document its group, its keys and its length, and no token."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.mixture.solve import Group, Pair
from corpus.shards.tokens import TokenPart
from filters.arrow import any_list, string_array, strings


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Documents of a part, in its order."""

    languages: pa.StringArray
    ids: pa.StringArray
    order: np.ndarray  # uint64
    pairs: np.ndarray  # which of `members`
    groups: np.ndarray  # which group, in the order of those given; -1 for what is held out of training
    tokens: np.ndarray  # int64, with an end of document each


def members(groups: Sequence[Group]) -> dict[Pair, int]:
    """The group of every pair, in order of groups and pairs."""
    return {pair: number for number, group in enumerate(groups) for pair in group.pairs}


def read(part: TokenPart, groups: Sequence[Group]) -> Iterator[Documents]:
    """A part batch by batch. Raises DataError for a pair that stage encode has not counted."""
    known = members(groups)
    numbers = {pair: number for number, pair in enumerate(known)}
    group_of = np.array(list(known.values()), np.int32)
    held = part.held_rows()
    for stored in part.batches():
        batch = stored.narrow()
        pairs = _pairs(batch, numbers)
        yield Documents(
            languages=string_array(batch.column("language")),
            ids=string_array(batch.column("id")),
            order=batch.column("order").to_numpy(),
            pairs=pairs,
            groups=np.where(np.isin(batch.column("row").to_numpy(), held), -1, group_of[pairs]),
            tokens=np.diff(any_list(batch.column("tokens")).offsets.to_numpy()).astype(np.int64) + 1,
        )


def _pairs(batch: pa.RecordBatch, numbers: Mapping[Pair, int]) -> np.ndarray:
    source, language = (batch.column(name).dictionary_encode() for name in ("source", "language"))
    lookup = np.array(
        [[numbers.get((s, one), -1) for one in strings(language.dictionary)] for s in strings(source.dictionary)],
        np.int32,
    ).reshape(len(source.dictionary), -1)
    found = lookup[source.indices.to_numpy(), language.indices.to_numpy()] if batch.num_rows else np.empty(0, np.int32)
    if np.any(found < 0):
        raise DataError(
            "a token part has a source or language that its manifest does not count: delete encode's folder"
        )
    return found
