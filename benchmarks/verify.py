"""`gristmill verify` over shards of random ids: `taskset -c 0 python -m benchmarks.verify --mb 1000`.

Two thirds are `.bin`, a third Arrow; documents of about 1,000 ids of 16 or 32 bits. The files are in the page cache.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from corpus.planning.finished import open_release
from corpus.shards.arrow import Packer, documents, schema_of
from corpus.shards.gather import Block
from corpus.shards.megatron import index_bytes
from corpus.shards.pack import Packing
from corpus.store.digests import Meter
from corpus.store.manifest import FileEntry, Json, Manifest, fingerprint
from corpus.store.versions import formats
from corpus.verify.check import text
from corpus.verify.checks import verify
from tokenizer.save import save

_DOCUMENT = 1000  # ids: about a page of web text
_SEQUENCE = 2048
_SHARD_MB = 50  # small, so that two cores have something to share
_VOCABULARY = 258  # the bytes and two special tokens: what is decoded is not what is timed


def shards(folder: Path, mb: int, kind: np.dtype[np.generic], *, packed: bool) -> None:
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
            packing = Packing(kind="best_fit" if packed else "documents", length=_SEQUENCE, padding=1, seed=1)
            schema = schema_of(packing, pa.from_numpy_dtype(kind), prompted=False)
            blocks = [_block(ids[first:last], lengths[rows], rows) for first, last, rows in _runs(lengths)]
            packer = Packer(packing=packing, name="data", schema=schema)
            with pa.ipc.new_stream(sink, schema) as writer:
                for batch in packer.batches(blocks) if packed else documents(blocks, schema):
                    writer.write_batch(batch)
            rows = packer.counts["sequences"] if packed else len(lengths)
            data = sink.getvalue().to_pybytes()
            named = {"file": f"arrow/data-{number}.arrow", "sha256": hashlib.sha256(data).hexdigest()}
            arrow.append({**named, "documents": rows})
            files[named["file"]] = (data, rows)
        else:
            name = f"megatron/all-{number:05d}-of-00001_text_document"
            files[f"{name}.bin"] = (ids.tobytes(), len(lengths))
            files[f"{name}.idx"] = (index_bytes(lengths, np.dtype(kind)), len(lengths))
            digests = [hashlib.sha256(files[f"{name}{suffix}"][0]).hexdigest() for suffix in (".bin", ".idx")]
            about = {"prefix": name, "documents": len(lengths), "tokens": len(ids)}
            prefixes.append({**about, "bin_sha256": digests[0], "idx_sha256": digests[1]})
    (folder / "tokenizer").mkdir(parents=True)
    save(str(folder / "tokenizer"), [])
    tokenizer = (folder / "tokenizer" / "tokenizer.json").read_bytes()
    facts = {"dtype": str(kind), "vocab_size": _VOCABULARY, "end_of_document": 0, "megatron": prefixes, "arrow": arrow}
    facts["epochs"] = {"source": {}, "language": {}}
    if packed:
        facts["packed"] = {"sequence_length": _SEQUENCE, "padding_id": 1}
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
    identity: Json = {"stage": "shard", "version": 1, "params": {}, "parents": {}}
    mark = fingerprint(identity)
    found = Manifest(stage="shard", fingerprint=mark, identity=identity, tables=tables, counts={}, format=formats())
    (folder / "manifest.json").write_bytes(found.to_json())


def _runs(lengths: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
    """First and last token, and numbers, of documents, _DOCUMENT at a time."""
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    for first in range(0, len(lengths), _DOCUMENT):
        last = min(first + _DOCUMENT, len(lengths))
        yield bounds[first], bounds[last], np.arange(first, last)


def _block(ids: np.ndarray, lengths: np.ndarray, rows: np.ndarray) -> Block:
    names = pa.array([f"{row:032x}" for row in rows.tolist()])
    return Block(
        ids=names,
        sources=names,
        languages=names,
        parts=np.zeros(len(rows), np.int32),
        rows=rows.astype(np.int32),
        copies=np.zeros(len(rows), np.int16),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        tokens=ids,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--packed", action="store_true", help="Arrow rows of 2,048 tokens")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for kind in (np.dtype(np.uint16), np.dtype(np.int32)):
            folder = Path(scratch) / str(kind)
            shards(folder, arguments.mb, kind, packed=arguments.packed)
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
