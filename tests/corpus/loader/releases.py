"""Small releases for tests of the loader: token `t` of document `n` can be told from every other."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from corpus.shards.layout import plan_shards
from corpus.shards.write_shard import Vocabulary, write_shard
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry, Receipt
from tests.corpus.shards.test_shards import parts_of

END = 0


def finish(folder: Path, files: list[FileEntry], facts: dict[str, object]) -> str:
    """What the last task of the stage writes, as far as the loader reads it."""
    arrow = [{"file": f"arrow/{file.name}", "documents": file.rows, "sha256": file.sha256} for file in files]
    shards = {
        "dtype": "int32",
        "vocab_size": 0,
        "end_of_document": END,
        "tokenizer_sha256": "",
        "megatron": [],
        "epochs": {"language": {}, "source": {}},
    }
    about = {**shards, "arrow": arrow, **facts}
    storage.publish_bytes(str(folder / "about"), "shards.json", orjson.dumps(about))
    written = manifest.from_receipts("shard", {}, [Receipt(task=0, files={"arrow": files})])
    storage.publish_bytes(str(folder), manifest.MANIFEST, written.to_json())
    return str(folder)


def release(folder: Path, lengths: dict[str, list[int]], shard_bytes: int = 2000) -> str:
    """Documents of these lengths (tokens, without their end) by language, in several shards."""
    documents: list[tuple[str, str, list[int]]] = []
    number = 1
    for language, own in sorted(lengths.items()):
        for length in own:
            documents.append((f"{len(documents):032x}", language, list(range(number, number + length))))
            number += length
    parts = parts_of(folder, documents, [len(documents) // 3, len(documents) // 2], pa.int32())
    totals = {language: sum(own) + len(own) for language, own in lengths.items()}
    files: list[FileEntry] = []
    vocabulary = Vocabulary(size=number, end=END, kind=pa.int32())
    for shard in plan_shards(totals, pa.int32(), shard_bytes):
        if shard.kind == "arrow":
            files += write_shard(str(folder), shard, parts, vocabulary)[0]["arrow"]
    return finish(folder, files, {"vocab_size": number, "end_of_document": END})


def packed(folder: Path, rows: list[list[list[int]]], size: int, more: Mapping[str, list[Any]] | None = None) -> str:
    """Rows of documents, padded to `size` with 1; with a size of 0 each is a document. `more`: columns of int32."""
    ids = [[*chain(*row)] + [1] * (size - sum(map(len, row))) for row in rows]
    kind = pa.list_(pa.int32()) if size else pa.int32()
    columns = {name: pa.array(values, kind) for name, values in (more or {}).items()}
    if size:
        columns["seq_lengths"] = pa.array([[len(one) for one in row] for row in rows], kind)
    batch = pa.record_batch({"input_ids": pa.array(ids, pa.list_(pa.int32())), **columns})
    with (
        storage.publish(str(folder / "arrow"), "data-00000-of-00001.arrow") as sink,
        pa.ipc.new_stream(storage.arrow_file(sink), batch.schema) as writer,
    ):
        writer.write_batch(batch)
    entry = FileEntry(name=sink.name, rows=len(rows), bytes=sink.bytes, sha256=sink.sha256)
    return finish(folder, [entry], {})


LENGTHS = {
    language: np.random.default_rng(seed).integers(1, 60, count).tolist()
    for seed, (language, count) in enumerate({"eng_Latn": 150, "tha_Thai": 40, "zul_Latn": 25}.items())
}
