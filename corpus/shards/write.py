"""Writing one shard: gathered, checked, published under its final name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import orjson
import pyarrow as pa

from corpus import storage
from corpus.errors import DataError
from corpus.manifest import FileEntry
from corpus.shards import lineage, megatron
from corpus.shards.gather import Block, gather
from corpus.shards.layout import Shard
from corpus.shards.tokens import TokenPart


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


def write_shard(folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary) -> Written:
    """Files by table, and counts. A range that holds no document writes nothing."""
    writer = _write_megatron if shard.kind == "megatron" else _write_arrow
    return writer(folder, shard, parts, vocabulary)


def _entry(sink: storage.Sink, rows: int) -> FileEntry:
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _write_megatron(folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary) -> Written:
    target = storage.join(folder, "megatron")
    prefix = f"{shard.name}_text_document"
    lengths = megatron.Lengths()
    places: list[pa.Table] = []
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
            places.append(lineage.of_block(block))
    found = lengths.all()
    with storage.publish(target, f"{prefix}.idx") as index:
        index.write(megatron.index_bytes(found, kind))
    with storage.publish(storage.join(folder, "lineage"), f"{prefix}.parquet") as rows:
        lineage.write(rows, places)
    files = {"megatron": [_entry(binary, len(found)), _entry(index, len(found))], "lineage": [_entry(rows, len(found))]}
    return files, {"megatron.documents": len(found), "megatron.tokens": int(found.sum()), "files": 2}


def arrow_schema(kind: pa.DataType) -> pa.Schema:
    """Of the Arrow shards."""
    return pa.schema(
        [
            pa.field("input_ids", pa.list_(kind)),
            pa.field("id", pa.string()),
            pa.field("source", pa.string()),
            pa.field("language", pa.string()),
            pa.field("part", pa.int32()),
            pa.field("row", pa.int32()),
            pa.field("copy", pa.int16()),
        ]
    )


def _write_arrow(folder: str, shard: Shard, parts: Sequence[TokenPart], vocabulary: Vocabulary) -> Written:
    schema = arrow_schema(vocabulary.kind)
    documents = tokens = 0
    blocks = gather(shard, parts, vocabulary.end)
    first = next(blocks, None)
    if first is None:
        return {"arrow": []}, {}
    with (
        storage.publish(storage.join(folder, "arrow"), f"{shard.name}.arrow") as sink,
        pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), schema) as writer,
    ):
        for block in chain([first], blocks):
            vocabulary.check(block, shard.name)
            lists = pa.ListArray.from_arrays(pa.array(block.offsets.astype(np.int32)), pa.array(block.tokens))
            columns = [
                lists,
                block.ids,
                block.sources,
                block.languages,
                pa.array(block.parts),
                pa.array(block.rows),
                pa.array(block.copies),
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            documents += len(block.ids)
            tokens += len(block.tokens)
    counts = {"arrow.documents": documents, "arrow.tokens": tokens, "files": 1}
    return {"arrow": [_entry(sink, documents)]}, counts


def describe_arrow(folder: str, files: Sequence[FileEntry], fingerprint: str) -> list[FileEntry]:
    """state.json and dataset_info.json, with which `datasets.load_from_disk` opens the folder."""
    state: Mapping[str, object] = {
        "_data_files": [{"filename": file.name} for file in files],
        "_fingerprint": fingerprint,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": "train",
    }
    written = []
    for name, value in (("dataset_info.json", {}), ("state.json", state)):
        with storage.publish(storage.join(folder, "arrow"), name) as sink:
            sink.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
        written.append(_entry(sink, 0))
    return written
