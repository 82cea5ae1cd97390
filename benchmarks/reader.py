"""The reader and the lineage at some scale: bytes a document, time to open, samples a second, a step of a run found.

    taskset -c 0 python -m benchmarks.reader

Documents are made up: lengths are log-normal (median 400 tokens), languages follow a power law of exponent 1. Files lie
in the page cache, so what is measured is the work, not the disk.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from corpus.gpt_dataset.blend import blend
from corpus.gpt_dataset.indices import GptSamples
from corpus.loader.dataset import TokenDataset
from corpus.shards import lineage
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry, Receipt

_DOCUMENTS = 200_000
_LANGUAGES = 59  # ROOTS
_BATCH = 1000  # rows in a record batch, as the shards have
_SEQUENCE = 2048
_SAMPLES = 5000
_PART_ROWS = 60_000  # documents in a part of 128 MB of text: 2 KB each


def main() -> None:
    chance = np.random.default_rng(1)
    for documents, parts in ((1_000_000, 20), (1_000_000, 1000)):
        print(f"lineage {lineage_bytes(chance, documents, parts):.2f} bytes a document, {parts * _PART_ROWS:,} in all")
    with tempfile.TemporaryDirectory() as folder:
        tokens = release(folder, chance)
        print(f"release {_DOCUMENTS:,} documents, {tokens:,} tokens of 16 bits")
        weights = {f"l{n:02}": 1 / _LANGUAGES for n in range(_LANGUAGES)}
        for name, parameters in (("all", {}), ("mixture", {"by": "language", "weights": weights})):
            started = time.perf_counter()
            dataset = TokenDataset(folder, sequence_length=_SEQUENCE, seed=1, **parameters)  # type: ignore[arg-type]
            opened = time.perf_counter() - started
            dataset[0]
            started = time.perf_counter()
            for number in range(_SAMPLES):
                dataset[number]
            rate = _SAMPLES / (time.perf_counter() - started)
            print(f"{name}: opened in {opened:.2f} s, {rate:,.0f} samples/s, {rate * _SEQUENCE / 1e6:.1f} M tokens/s")
    lengths = np.minimum(chance.lognormal(6, 1, 10_000_000), 1e5).astype(np.int32) + 1
    started = time.perf_counter()
    found = GptSamples(lengths, np.arange(len(lengths), dtype=np.int32), None, sequence_length=_SEQUENCE, seed=1)
    took = time.perf_counter() - started
    print(f"Megatron's indices of {len(lengths):,} documents, {len(found):,} samples: {took:.1f} s")
    blend(np.array([0.5, 0.5]), 1)
    started = time.perf_counter()
    blend(np.full(_LANGUAGES, 1 / _LANGUAGES), 10_000_000)
    print(f"blend of {_LANGUAGES} prefixes, 10,000,000 samples: {time.perf_counter() - started:.1f} s")


def lineage_bytes(chance: np.random.Generator, documents: int, parts: int) -> float:
    places = chance.choice(parts * _PART_ROWS, documents, replace=False)
    columns = [pa.array((places // _PART_ROWS).astype(np.int32)), pa.array((places % _PART_ROWS).astype(np.int32))]
    columns.append(pa.array(np.zeros(documents, np.int16)))
    with tempfile.TemporaryDirectory() as folder, storage.publish(folder, "x.parquet") as sink:
        lineage.write(sink, [pa.Table.from_arrays(columns, schema=lineage.SCHEMA)])
    return sink.bytes / documents


def release(folder: str, chance: np.random.Generator) -> int:
    """A shard of random tokens, described as the stage describes its own; how many tokens."""
    shares = 1 / np.arange(1, _LANGUAGES + 1)
    total = 0
    with (
        storage.publish(str(Path(folder) / "arrow"), "data.arrow") as sink,
        pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), _SCHEMA) as writer,
    ):
        for _ in range(_DOCUMENTS // _BATCH):
            lengths = np.minimum(chance.lognormal(6, 1, _BATCH), 1e5).astype(np.int32) + 1
            tokens = chance.integers(1, 50_000, lengths.sum(), np.uint16)
            offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
            names = [f"l{n:02}" for n in chance.choice(_LANGUAGES, _BATCH, p=shares / shares.sum())]
            lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(tokens))
            writer.write_batch(pa.RecordBatch.from_arrays([lists, pa.array(names)], schema=_SCHEMA))
            total += len(tokens)
    entry = FileEntry(name=sink.name, rows=_DOCUMENTS, bytes=sink.bytes, sha256=sink.sha256)
    storage.publish_bytes(
        os.path.join(folder, "about"), "shards.json", orjson.dumps({"arrow": [{"file": "arrow/data.arrow"}]})
    )
    written = manifest.from_receipts("shard", {}, [Receipt(task=0, files={"arrow": [entry]})])
    storage.publish_bytes(folder, manifest.MANIFEST, written.to_json())
    return total


_SCHEMA = pa.schema([("input_ids", pa.list_(pa.uint16())), ("language", pa.string())])


if __name__ == "__main__":
    main()
