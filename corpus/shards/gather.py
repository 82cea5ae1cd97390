"""A shard's documents in global order, out of every token part, in blocks of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards.layout import Shard
from corpus.shards.tokens import Found, TokenPart
from corpus.store import entries, storage
from filters.arrow import any_list, array, string_array, typed

_BLOCK_TOKENS = 4 << 20  # in a block: 16 MB of 32-bit ids
_BLOCK_ROWS = 1000  # what `datasets` itself writes into a record batch


@dataclass(frozen=True, kw_only=True)
class Block:
    """Documents in order; tokens end to end, each with its end-of-document."""

    ids: pa.StringArray
    sources: pa.StringArray
    languages: pa.StringArray
    parts: np.ndarray  # int32: documents part
    rows: np.ndarray  # int32: row in it
    copies: np.ndarray  # int16: 0 for the first, where the mixture has a document several times
    offsets: np.ndarray  # int64[documents + 1] into tokens
    tokens: np.ndarray
    targets_at: pa.Int32Array | None = None  # token of each document at which its targets begin; None without prompts


def together(blocks: Sequence[Block]) -> Block:
    """Blocks as one."""
    bounds = np.cumsum([0, *(len(block.tokens) for block in blocks)])
    offsets = [block.offsets[:-1] + first for block, first in zip(blocks, bounds, strict=False)]
    places = [block.targets_at for block in blocks if block.targets_at is not None]
    return Block(
        ids=pa.concat_arrays([block.ids for block in blocks]),
        sources=pa.concat_arrays([block.sources for block in blocks]),
        languages=pa.concat_arrays([block.languages for block in blocks]),
        parts=np.concatenate([block.parts for block in blocks]),
        rows=np.concatenate([block.rows for block in blocks]),
        copies=np.concatenate([block.copies for block in blocks]),
        offsets=np.append(np.concatenate(offsets), bounds[-1]).astype(np.int64),
        tokens=np.concatenate([block.tokens for block in blocks]),
        targets_at=pa.concat_arrays(places) if places else None,
    )


def gather(shard: Shard, parts: Sequence[TokenPart], end: int) -> Iterator[Block]:
    """Blocks of a shard. Raises ValueError if `end` occurs inside a document."""
    found = [(part.number, one) for part, ranges in _ranges(shard, parts) for one in ranges]
    if not found:
        return
    names = [name for name in found[0][1].batch.schema.names if name not in ("tokens", "order")]
    heads = pa.Table.from_batches([one.batch.select(names).take(array(one.at)) for _, one in found])
    counts = np.array([len(one.at) for _, one in found])
    number = np.repeat(np.array([n for n, _ in found], np.int32), counts)
    where = np.repeat(np.arange(len(found)), counts)
    keys, copies = (np.concatenate([getattr(one, name) for _, one in found]) for name in ("order", "copy"))
    heads = heads.append_column("order", pa.array(keys)).append_column("place", pa.array(np.arange(len(where))))
    heads = heads.combine_chunks().sort_by([("order", "ascending"), ("id", "ascending"), ("place", "ascending")])
    order = heads.column("place").to_numpy()
    starts, lengths = (
        np.concatenate(bounds)[order] for bounds in zip(*(_bounds(one) for _, one in found), strict=True)
    )
    values = [any_list(one.batch.column("tokens")).values.to_numpy() for _, one in found]
    ends = starts + lengths
    lengths = lengths + 1
    for first, last in _cuts(lengths):
        rows = order[first:last]
        taken = heads.slice(first, last - first)
        places = (where[rows].tolist(), starts[first:last].tolist(), ends[first:last].tolist())
        documents = [values[one][start:stop] for one, start, stop in zip(*places, strict=True)]
        tokens = _joined(documents, end)
        targets = typed(taken.column("targets_at").combine_chunks(), pa.Int32Array) if "targets_at" in names else None
        yield Block(
            ids=string_array(taken.column("id").combine_chunks()),
            sources=string_array(taken.column("source").combine_chunks()),
            languages=string_array(taken.column("language").combine_chunks()),
            parts=number[rows],
            rows=taken.column("row").to_numpy().astype(np.int32),
            copies=copies[rows],
            offsets=np.concatenate([[0], np.cumsum(lengths[first:last])]).astype(np.int64),
            tokens=tokens,
            targets_at=targets,
        )


def _ranges(shard: Shard, parts: Sequence[TokenPart]) -> Iterator[tuple[TokenPart, Iterable[Found]]]:
    """Of each part. On a local disk they lie mapped; of a store each is some round trips, so many are under way."""

    def of(part: TokenPart) -> Iterator[Found]:
        return part.ranges(shard.language, shard.first, shard.last, shard.split)

    if all(storage.is_local(part.folder) for part in parts[:1]):
        yield from ((part, of(part)) for part in parts)
    else:
        yield from entries.ahead(lambda part: (part, list(of(part))), parts)


def _bounds(found: Found) -> tuple[np.ndarray, np.ndarray]:
    """Where the documents' tokens begin in the values of their batch, and how many they are."""
    offsets = any_list(found.batch.column("tokens")).offsets.to_numpy()
    return offsets[found.at], np.diff(offsets)[found.at]


def _joined(documents: list[np.ndarray], end: int) -> np.ndarray:
    mark = np.array([end], documents[0].dtype)
    joined = np.concatenate([piece for document in documents for piece in (document, mark)])
    if np.count_nonzero(joined == end) != len(documents):
        raise ValueError(f"id {end}, the end of a document, occurs inside one: train the tokenizer again")
    return joined


def _cuts(lengths: np.ndarray) -> Iterator[tuple[int, int]]:
    """Runs of documents of at most _BLOCK_ROWS and about _BLOCK_TOKENS."""
    first = 0
    total = np.concatenate([[0], np.cumsum(lengths)])
    while first < len(lengths):
        last = int(np.searchsorted(total, total[first] + _BLOCK_TOKENS, side="right")) - 1
        last = min(max(last, first + 1), first + _BLOCK_ROWS, len(lengths))
        yield first, last
        first = last
