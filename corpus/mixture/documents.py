"""What the mixture reads of a token part: of each document its group, its keys and its length, and no token."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.mixture.solve import Group
from corpus.shards.tokens import TokenPart
from corpus.store.table import Table
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


def members(groups: Sequence[Group]) -> dict[tuple[str, ...], int]:
    """The group of every pair, in order of groups and pairs."""
    return {pair: number for number, group in enumerate(groups) for pair in group.pairs}


def read(part: TokenPart, groups: Sequence[Group], buckets: Table | None = None) -> Iterator[Documents]:
    """A part batch by batch; `buckets` of a mixture by a list. Raises DataError for a pair that stage encode has not
    counted."""
    known = members(groups)
    numbers = {pair: number for number, pair in enumerate(known)}
    group_of = np.array(list(known.values()), np.int32)
    held = part.held_rows()
    bucketed = buckets.read(part.number, ["row", "values"]) if buckets is not None else None
    for stored in part.batches():
        batch = stored.narrow()
        pairs = _pairs(batch, numbers) if bucketed is None else _cells(batch, bucketed, numbers)
        yield Documents(
            languages=string_array(batch.column("language")),
            ids=string_array(batch.column("id")),
            order=batch.column("order").to_numpy(),
            pairs=pairs,
            groups=np.where(np.isin(batch.column("row").to_numpy(), held), -1, group_of[pairs]),
            tokens=np.diff(any_list(batch.column("tokens")).offsets.to_numpy()).astype(np.int64) + 1,
        )


def _cells(batch: pa.RecordBatch, bucketed: pa.Table, numbers: Mapping[tuple[str, ...], int]) -> np.ndarray:
    """The same with the bucket of each document; what is held out has none, and is of no group whatever it says."""
    rows = bucketed.column("row").to_numpy()
    place = np.searchsorted(rows, batch.column("row").to_numpy())
    has = np.append(rows, -1)[place] == batch.column("row").to_numpy()
    values = bucketed.column("values").combine_chunks().dictionary_encode()
    named = strings(values.dictionary)
    which = np.where(has, np.append(values.indices.to_numpy(), 0)[place], -1)
    source, language = (batch.column(name).dictionary_encode() for name in ("source", "language"))
    sources, languages = strings(source.dictionary), strings(language.dictionary)
    codes = np.stack([source.indices.to_numpy(), language.indices.to_numpy(), which], axis=1).reshape(-1, 3)
    distinct, inverse = np.unique(codes, axis=0, return_inverse=True)
    found = [
        0 if code < 0 else numbers.get((sources[s], languages[one], named[code]), -1)
        for s, one, code in distinct.tolist()
    ]
    return _counted(np.array(found, np.int32)[inverse.reshape(-1)])


def _pairs(batch: pa.RecordBatch, numbers: Mapping[tuple[str, ...], int]) -> np.ndarray:
    source, language = (batch.column(name).dictionary_encode() for name in ("source", "language"))
    lookup = np.array(
        [[numbers.get((s, one), -1) for one in strings(language.dictionary)] for s in strings(source.dictionary)],
        np.int32,
    ).reshape(len(source.dictionary), -1)
    found = lookup[source.indices.to_numpy(), language.indices.to_numpy()] if batch.num_rows else np.empty(0, np.int32)
    return _counted(found)


def _counted(found: np.ndarray) -> np.ndarray:
    if np.any(found < 0):
        raise DataError(
            "a token part has a source or language that its manifest does not count: delete encode's folder"
        )
    return found
