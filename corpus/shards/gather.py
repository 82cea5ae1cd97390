"""A shard's documents in global order, out of every token part, in blocks of bounded size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards.layout import Shard
from corpus.shards.tokens import TokenPart

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
        offsets=np.append(np.concatenate(offsets), bounds[-1]).astype(np.int64),
        tokens=np.concatenate([block.tokens for block in blocks]),
        targets_at=pa.concat_arrays(places) if places else None,
    )


def gather(shard: Shard, parts: Sequence[TokenPart], end: int) -> Iterator[Block]:
    """Blocks of a shard. Raises ValueError if `end` occurs inside a document."""
    pieces = [
        (part.number, piece)
        for part in parts
        for piece in part.ranges(shard.language, shard.first, shard.last, shard.split)
    ]
    if not pieces:
        return
    names = [name for name in pieces[0][1].schema.names if name != "tokens"]
    heads = pa.Table.from_batches([piece.select(names) for _, piece in pieces])
    counts = np.array([piece.num_rows for _, piece in pieces])
    number = np.repeat(np.array([n for n, _ in pieces], np.int32), counts)
    where = np.repeat(np.arange(len(pieces)), counts)
    inside = np.concatenate([np.arange(count) for count in counts])
    heads = heads.append_column("place", pa.array(np.arange(len(where))))
    order = (
        heads.sort_by([("order", "ascending"), ("id", "ascending"), ("place", "ascending")]).column("place").to_numpy()
    )
    bounds = [_bounds(piece) for _, piece in pieces]
    lengths = np.concatenate([np.diff(offsets) for offsets, _ in bounds])[order] + 1
    for first, last in _cuts(lengths):
        rows = order[first:last]
        taken = heads.take(pa.array(rows))
        documents = [
            bounds[where[r]][1][bounds[where[r]][0][inside[r]] : bounds[where[r]][0][inside[r] + 1]] for r in rows
        ]
        tokens = _joined(documents, end)
        yield Block(
            ids=taken.column("id").combine_chunks(),
            sources=taken.column("source").combine_chunks(),
            languages=taken.column("language").combine_chunks(),
            parts=number[rows],
            rows=taken.column("row").to_numpy().astype(np.int32),
            offsets=np.concatenate([[0], np.cumsum(lengths[first:last])]).astype(np.int64),
            tokens=tokens,
            targets_at=taken.column("targets_at").combine_chunks() if "targets_at" in names else None,
        )


def _bounds(piece: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    lists = piece.column("tokens")
    return lists.offsets.to_numpy(), lists.values.to_numpy()


def _joined(documents: list[np.ndarray], end: int) -> np.ndarray:
    mark = np.array([end], documents[0].dtype)
    for document in documents:
        if np.any(document == end):
            raise ValueError(f"id {end}, the end of a document, occurs inside one: train the tokenizer again")
    return np.concatenate([piece for document in documents for piece in (document, mark)])


def _cuts(lengths: np.ndarray) -> Iterator[tuple[int, int]]:
    """Runs of documents of at most _BLOCK_ROWS and about _BLOCK_TOKENS."""
    first = 0
    total = np.concatenate([[0], np.cumsum(lengths)])
    while first < len(lengths):
        last = int(np.searchsorted(total, total[first] + _BLOCK_TOKENS, side="right")) - 1
        last = min(max(last, first + 1), first + _BLOCK_ROWS, len(lengths))
        yield first, last
        first = last
