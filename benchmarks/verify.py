"""`gristmill verify` over shards of random ids: `taskset -c 0 python -m benchmarks.verify --mb 1000`.

Two thirds are `.bin`, a third Arrow; documents of about 1,000 ids of 16 or 32 bits. The files are in the page cache.
"""

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from corpus.digests import Meter
from corpus.finished import open_release
from corpus.manifest import FileEntry, Manifest, fingerprint
from corpus.shards.megatron import index_bytes
from corpus.verify.check import text
from corpus.verify.release import verify
from tokenizer.save import save

_DOCUMENT = 1000  # ids: about a page of web text
_SHARD_MB = 50  # small, so that two cores have something to share
_VOCABULARY = 258  # the bytes and two special tokens: what is decoded is not what is timed


def shards(folder: Path, mb: int, kind: np.dtype[np.generic]) -> None:
    """A stage `shard` without lineage and corpus, so that only files, counts and ids are checked."""
    chance = np.random.default_rng(1)
    files: dict[str, tuple[bytes, int]] = {}
    per_shard = _SHARD_MB * 1_000_000 // kind.itemsize
    prefixes, arrow = [], []
    for number in range(max(1, mb // _SHARD_MB)):
        lengths = chance.integers(1, 2 * _DOCUMENT, per_shard // _DOCUMENT)
        ids = chance.integers(2, _VOCABULARY, int(lengths.sum())).astype(kind)
        ids[np.cumsum(lengths) - 1] = 0
        if number % 3 == 2:
            sink = pa.BufferOutputStream()
            offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
            batch = pa.record_batch({"input_ids": pa.ListArray.from_arrays(pa.array(offsets), pa.array(ids))})
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                for first in range(0, batch.num_rows, _DOCUMENT):
                    writer.write_batch(batch.slice(first, _DOCUMENT))
            arrow.append({"file": f"arrow/data-{number}.arrow", "documents": len(lengths)})
            files[f"arrow/data-{number}.arrow"] = (sink.getvalue().to_pybytes(), len(lengths))
        else:
            name = f"megatron/all-{number:05d}-of-00001_text_document"
            prefixes.append({"prefix": name, "documents": len(lengths), "tokens": len(ids)})
            files[f"{name}.bin"] = (ids.tobytes(), len(lengths))
            files[f"{name}.idx"] = (index_bytes(lengths, np.dtype(kind)), len(lengths))
    (folder / "tokenizer").mkdir(parents=True)
    save(str(folder / "tokenizer"), [])
    tokenizer = (folder / "tokenizer" / "tokenizer.json").read_bytes()
    facts = {"dtype": str(kind), "vocab_size": _VOCABULARY, "end_of_document": 0, "megatron": prefixes, "arrow": arrow}
    facts["tokenizer_sha256"] = hashlib.sha256(tokenizer).hexdigest()
    files |= {f"tokenizer/{path.name}": (path.read_bytes(), 0) for path in (folder / "tokenizer").iterdir()}
    files["about/shards.json"] = (orjson.dumps(facts), 0)
    tables: dict[str, list[FileEntry]] = {}
    for name, (data, rows) in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        table, file = name.split("/")
        digest = hashlib.sha256(data).hexdigest()
        tables.setdefault(table, []).append(FileEntry(name=file, rows=rows, bytes=len(data), sha256=digest))
    identity = {"stage": "shard", "version": 1, "params": {}, "parents": {}}
    found = Manifest(stage="shard", fingerprint=fingerprint(identity), identity=identity, tables=tables, counts={})
    (folder / "manifest.json").write_bytes(found.to_json())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--cores", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for kind in (np.dtype(np.uint16), np.dtype(np.int32)):
            folder = Path(scratch) / str(kind)
            shards(folder, arguments.mb, kind)
            release = open_release(str(folder))
            verify(release, arguments.cores, Meter())  # compiles the kernel
            meter, started = Meter(), time.monotonic()
            checks = verify(release, arguments.cores, meter)
            seconds = time.monotonic() - started
            rate = meter.bytes / 1e6 / seconds
            print(text([check for check in checks if check.name == "ids"]))
            print(
                f"{kind}: {meter.bytes / 1e6:,.0f} MB in {seconds:.2f} s, {rate:,.0f} MB/s on {arguments.cores} cores"
            )


if __name__ == "__main__":
    main()
