"""The reader and the lineage at some scale: bytes a document, time to open, samples a second, a step of a run found.

    python -m benchmarks.reader

Documents are made up: lengths are log-normal (median 400 tokens), languages follow a power law of exponent 1. Files lie
in the page cache, so what is measured is the work, not the disk.
"""

import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

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
_BATCH_SAMPLES, _LOADED = 8, 24_000  # of a batch, of a run by batches
_PART_ROWS = 60_000  # documents in a part of 128 MB of text: 2 KB each


def main() -> None:
    chance = np.random.default_rng(1)
    for documents, parts in ((1_000_000, 20), (1_000_000, 1000)):
        print(f"lineage {lineage_bytes(chance, documents, parts):.2f} bytes a document, {parts * _PART_ROWS:,} in all")
    with tempfile.TemporaryDirectory() as folder:
        tokens = release(folder, chance)
        print(f"release {_DOCUMENTS:,} documents, {tokens:,} tokens of 16 bits")
        weights = {f"l{n:02}": 1 / _LANGUAGES for n in range(_LANGUAGES)}
        mixture: dict[str, Any] = {"by": "language", "weights": weights}
        for name, parameters in (("all", {}), ("mixture", mixture)):
            started = time.perf_counter()
            dataset = _opened(folder, parameters)
            opened = time.perf_counter() - started
            dataset[0]
            started = time.perf_counter()
            for number in range(_SAMPLES):
                dataset[number]
            rate = _SAMPLES / (time.perf_counter() - started)
            print(f"{name}: opened in {opened:.2f} s, {rate:,.0f} samples/s, {rate * _SEQUENCE / 1e6:.1f} M tokens/s")
            for workers in (0, 1, 2):
                wall, own = rates(dataset, workers)
                print(f"  {workers} workers: {wall:.1f} M tokens/s, {own:.1f} M in a second of the trainer's own time")
    lengths = np.minimum(chance.lognormal(6, 1, 10_000_000), 1e5).astype(np.int32) + 1
    started = time.perf_counter()
    found = GptSamples(lengths, np.arange(len(lengths), dtype=np.int32), None, sequence_length=_SEQUENCE, seed=1)
    took = time.perf_counter() - started
    print(f"Megatron's indices of {len(lengths):,} documents, {len(found):,} samples: {took:.1f} s")
    blend(np.array([0.5, 0.5]), 1)
    started = time.perf_counter()
    blend(np.full(_LANGUAGES, 1 / _LANGUAGES), 10_000_000)
    print(f"blend of {_LANGUAGES} prefixes, 10,000,000 samples: {time.perf_counter() - started:.1f} s")


def _opened(folder: str, parameters: dict[str, Any]) -> TokenDataset:
    """Without digests: what they cost is the disk's."""
    with warnings.catch_warnings(action="ignore"):
        return TokenDataset(folder, sequence_length=_SEQUENCE, seed=1, verify=False, **parameters)


def rates(dataset: TokenDataset, workers: int) -> tuple[float, float]:
    """Millions of tokens by batches, after the first: a second, and a second that the process of the trainer computes.
    The best of three."""
    from corpus.loader.batches import TokenLoader  # noqa: PLC0415  (torch is an extra)

    found = []
    for _ in range(3):
        batches = iter(TokenLoader(dataset, batch_size=_BATCH_SAMPLES, workers=workers, samples=_LOADED))
        next(batches)
        started, computed = time.perf_counter(), time.process_time()
        tokens = sum(batch["input_ids"].numel() for batch in batches) / 1e6
        found.append((tokens / (time.perf_counter() - started), tokens / (time.process_time() - computed)))
    return max(wall for wall, _ in found), max(own for _, own in found)


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
    about = {
        "dtype": "uint16",
        "vocab_size": 50_000,
        "end_of_document": 0,
        "tokenizer_sha256": "",
        "megatron": [],
        "arrow": [{"file": "arrow/data.arrow", "documents": _DOCUMENTS, "sha256": sink.sha256}],
        "epochs": {"source": {}, "language": {}},
    }
    storage.publish_bytes(os.path.join(folder, "about"), "shards.json", orjson.dumps(about))
    written = manifest.from_receipts("shard", {}, [Receipt(task=0, files={"arrow": [entry]})])
    storage.publish_bytes(folder, manifest.MANIFEST, written.to_json())
    return total


_SCHEMA = pa.schema([("input_ids", pa.list_(pa.uint16())), ("language", pa.string())])


if __name__ == "__main__":
    main()
