"""Writing one shard: gathered, checked, published under its final name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus import storage
from corpus.errors import DataError
from corpus.manifest import FileEntry
from corpus.shards import arrow, megatron
from corpus.shards.gather import Block, gather
from corpus.shards.layout import Shard
from corpus.shards.pack import Packing
from corpus.shards.tokens import TokenPart

LINEAGE = pa.schema(
    [  # row = document number in the prefix of the same name
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("part", pa.int32(), nullable=False),  # documents part, and row in it
        pa.field("row", pa.int32(), nullable=False),
        pa.field("tokens", pa.int32(), nullable=False),  # with the end of document
    ]
)


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


Written = tuple[dict[str, list[FileEntry]], dict[str, int]]
WHOLE = Packing(kind="documents", length=0, padding=0, seed=0)  # a row a document


def write_shard(
    folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary, packing: Packing = WHOLE
) -> Written:
    """Files by table, and counts. A range that holds no document writes nothing. Only Arrow shards are packed."""
    if shard.kind == "megatron":
        return _write_megatron(folder, shard, parts, vocabulary)
    return _write_arrow(folder, shard, parts, vocabulary, packing)


def _entry(sink: storage.Sink, rows: int) -> FileEntry:
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _write_megatron(folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary) -> Written:
    target = storage.join(folder, "megatron")
    prefix = f"{shard.name}_text_document"
    lengths = megatron.Lengths()
    lineage: list[pa.Table] = []
    blocks = gather(shard, parts, vocabulary.end)
    first = next(blocks, None)
    if first is None:
        return {"megatron": [], "lineage": []}, {}
    kind = np.dtype(vocabulary.kind.to_pandas_dtype())
    with storage.publish(target, f"{prefix}.bin") as binary:
        for block in chain([first], blocks):
            vocabulary.check(block, prefix)
            binary.write(block.tokens.astype(kind.newbyteorder("<"), copy=False).tobytes())
            lengths.add(block.offsets)
            lineage.append(_lineage(block))
    found = lengths.all()
    with storage.publish(target, f"{prefix}.idx") as index:
        index.write(megatron.index_bytes(found, kind))
    with storage.publish(storage.join(folder, "lineage"), f"{prefix}.parquet") as rows:
        pq.write_table(pa.concat_tables(lineage).combine_chunks(), pa.PythonFile(rows, mode="w"), compression="zstd")
    files = {"megatron": [_entry(binary, len(found)), _entry(index, len(found))], "lineage": [_entry(rows, len(found))]}
    return files, {"megatron.documents": len(found), "megatron.tokens": int(found.sum()), "files": 2}


def _lineage(block: Block) -> pa.Table:
    sources = block.sources.dictionary_encode()
    columns = [
        block.ids,
        pa.array(sources.to_pylist(), pa.dictionary(pa.int32(), pa.string())),
        pa.array(block.parts),
        pa.array(block.rows),
        pa.array(np.diff(block.offsets).astype(np.int32)),
    ]
    return pa.Table.from_arrays(columns, schema=LINEAGE)


def _write_arrow(
    folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary, packing: Packing
) -> Written:
    schema = arrow.schema_of(packing, vocabulary.kind)
    counts: Counter[str] = Counter()

    def checked(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            vocabulary.check(block, shard.name)
            counts.update({"arrow.documents": len(block.ids), "arrow.tokens": len(block.tokens)})
            yield block

    blocks = gather(shard, parts, vocabulary.end)
    first = next(blocks, None)
    if first is None:
        return {shard.table: []}, {}
    whole = checked(chain([first], blocks))
    packer = arrow.Packer(packing=packing, name=shard.name, schema=schema)
    batches = arrow.documents(whole, schema) if packing.kind == "documents" else packer.batches(whole)
    rows = 0
    with (
        storage.publish(storage.join(folder, shard.table), f"{shard.name}.arrow") as sink,
        pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    packed = {f"packed.{name}": count for name, count in packer.counts.items()}
    return {shard.table: [_entry(sink, rows)]}, {**counts, **packed, "files": 1}
