"""Writing one shard: gathered, checked, published under its final name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.shards import arrow, lineage, megatron
from corpus.shards.gather import Block, gather
from corpus.shards.layout import Shard
from corpus.shards.pack import Packing
from corpus.shards.prompted import KINDS, labels, pairs
from corpus.shards.tokens import TokenPart
from corpus.shards.written import Written
from corpus.store import storage
from corpus.store.manifest import FileEntry


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What ids may be: 0..size-1, of which `end` ends a document."""

    size: int
    end: int
    kind: pa.DataType

    def check(self, block: Block, name: str) -> None:
        """Raises DataError for an id that the vocabulary does not have."""
        most = int(block.tokens.max())
        if most >= self.size:
            raise DataError(
                f"{name}: id {most} is beyond the vocabulary of {self.size}: encode again with this tokenizer"
            )


WHOLE = Packing(kind="documents", length=0, padding=0, seed=0)  # a row a document


def write_shard(
    folder: str,
    shard: Shard,
    parts: Sequence[TokenPart],
    vocabulary: Vocabulary,
    packing: Packing = WHOLE,
    prompted: Sequence[KINDS] | None = None,
) -> Written:
    """What was written. A range that holds no document writes nothing.

    Only Arrow shards are packed. `prompted`: what is written of prompts beside the text; None where no source has any.
    """
    if shard.kind == "megatron":
        return _write_megatron(folder, shard, parts, vocabulary, prompted or ())
    return _write_arrow(folder, shard, parts, vocabulary, packing, prompted is not None)


def _entry(sink: storage.Sink, rows: int) -> FileEntry:
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


class _Documents(NamedTuple):
    """Documents of one prefix: ids end to end, their lengths, and the rows of their block that they come from."""

    tokens: np.ndarray
    lengths: np.ndarray
    block: Block
    rows: np.ndarray


def _write_megatron(
    folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary, prompted: Sequence[KINDS]
) -> Written:
    """The text, and for prompts pairs and labels. Each is a reading of the shard's range of its own, where it lies."""
    kind = np.dtype(vocabulary.kind.to_pandas_dtype())

    def blocks() -> Iterator[Block]:
        for block in gather(shard, parts, vocabulary.end):
            vocabulary.check(block, shard.name)
            yield block

    whole = (_Documents(b.tokens, np.diff(b.offsets), b, np.arange(len(b.ids))) for b in blocks())
    files, found = _write_prefix(folder, f"{shard.name}_text_document", kind, whole)
    counts = {"megatron.documents": found[0], "megatron.tokens": found[1]}
    prompts = any(len(pairs(block)[2]) for block in blocks()) if prompted else False
    if prompts and "pairs" in prompted:
        for side, name in enumerate(("inputs", "targets")):
            half = (_half(block, side) for block in blocks())
            written, found = _write_prefix(folder, f"{shard.name}_{name}_document", kind, half)
            files = {table: [*files[table], *written[table]] for table in files}
            counts[f"megatron.{name}"] = found[0]
    if prompts and "labels" in prompted:
        every = (_Documents(labels(b), np.diff(b.offsets), b, np.arange(len(b.ids))) for b in blocks())
        written, found = _write_prefix(folder, f"{shard.name}_label_document", np.dtype(np.int32), every)
        files = {table: [*files[table], *written[table]] for table in files}
        counts["megatron.labels"] = found[1]
    return Written(files, {**counts, "files": len(files["megatron"])}, [])


def _half(block: Block, side: int) -> _Documents:
    """Inputs (side 0) or targets (side 1) of the prompts of a block."""
    *halves, rows = pairs(block)
    return _Documents(halves[side].tokens, halves[side].lengths, block, rows)


def _write_prefix(
    folder: str, prefix: str, kind: np.dtype[Any], documents: Iterator[_Documents]
) -> tuple[dict[str, list[FileEntry]], tuple[int, int]]:
    """`.bin`, `.idx` and lineage of a prefix; how many documents and tokens. Nothing where there are no documents."""
    target = storage.join(folder, "megatron")
    lengths: list[np.ndarray] = []
    places: list[pa.Table] = []
    filled = (one for one in documents if len(one.lengths))
    first = next(filled, None)
    if first is None:
        return {"megatron": [], "lineage": []}, (0, 0)
    with storage.publish(target, f"{prefix}.bin") as binary:
        for one in chain([first], filled):
            binary.write(one.tokens.astype(kind.newbyteorder("<"), copy=False).tobytes())
            lengths.append(one.lengths)
            places.append(lineage.of_block(one.block, one.rows))
    found = np.concatenate(lengths)
    with storage.publish(target, f"{prefix}.idx") as index:
        index.write(megatron.index_bytes(found, kind))
    with storage.publish(storage.join(folder, "lineage"), f"{prefix}.parquet") as rows:
        lineage.write(rows, places)
    files = {"megatron": [_entry(binary, len(found)), _entry(index, len(found))], "lineage": [_entry(rows, len(found))]}
    return files, (len(found), int(found.sum()))


def _write_arrow(
    folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary, packing: Packing, prompted: bool
) -> Written:
    schema = arrow.schema_of(packing, vocabulary.kind, prompted=prompted)
    counts: Counter[str] = Counter()

    def checked(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            vocabulary.check(block, shard.name)
            counts.update({"arrow.documents": len(block.ids), "arrow.tokens": len(block.tokens)})
            yield block

    blocks = gather(shard, parts, vocabulary.end)
    first = next(blocks, None)
    if first is None:
        return Written({shard.table: []}, {}, [])
    whole = checked(chain([first], blocks))
    packer = arrow.Packer(packing=packing, name=shard.name, schema=schema)
    batches = arrow.documents(whole, schema) if packing.kind == "documents" else packer.batches(whole)
    rows = 0
    with (
        storage.publish(storage.join(folder, shard.table), f"{shard.name}.arrow") as sink,
        pa.ipc.new_stream(storage.arrow_file(sink), schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    packed = {f"packed.{name}": count for name, count in packer.counts.items()}
    return Written({shard.table: [_entry(sink, rows)]}, {**counts, **packed, "files": 1}, packer.rows)
