"""A release's stage `shard` without a run: prefixes, a tokenizer of any size, and a manifest of their digests."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import orjson
from tokenizers import AddedToken, Tokenizer, models

from corpus.shards.megatron import index_bytes
from corpus.store.manifest import FileEntry, Json, Manifest, fingerprint
from corpus.store.versions import formats

END, PADDING = "<|endoftext|>", "<|padding|>"
BLOOM_VOCABULARY, NEOX_VOCABULARY = 250_680, 50_277  # roots.md 2.8; padded to 50,432 in the published model
PREFIXES = {"code_python": 3, "eng_Latn": 5, "fra_Latn": 2}  # documents


def tokenizer_json(size: int, end: str = END, padding: str = PADDING) -> bytes:
    words = {end: 0, padding: 1} | {f"w{n}": n for n in range(2, size)}
    built = Tokenizer(models.WordLevel(words, unk_token="w2"))
    built.add_special_tokens([AddedToken(end, special=True), AddedToken(padding, special=True)])
    return built.to_str().encode()


def shard(
    folder: Path,
    tokenizer: bytes,
    size: int,
    documents: Mapping[str, int] = PREFIXES,
    config: Mapping[str, object] | None = None,
    epochs: Mapping[str, Mapping[str, float]] | None = None,
) -> Path:
    """The folder, filled. Stems that begin with `valid-` or `test-` are held out."""
    kind = np.dtype(np.uint16 if size < 65_500 else np.int32)
    files: dict[str, bytes] = {
        "tokenizer/tokenizer.json": tokenizer,
        "tokenizer/tokenizer_config.json": orjson.dumps(config or {"eos_token": END, "pad_token": PADDING}),
    }
    rows: dict[str, int] = {}
    prefixes = []
    for stem, count in documents.items():
        name = f"megatron/{stem}-00000-of-00001_text_document"
        lengths = np.arange(10, 10 + count)
        ids = np.full(int(lengths.sum()), size - 1, kind)
        ids[np.cumsum(lengths) - 1] = 0
        files |= {f"{name}.bin": ids.tobytes(), f"{name}.idx": index_bytes(lengths, kind)}
        rows |= {f"{name}.bin": count, f"{name}.idx": count}
        split = stem.split("-")[0] if "-" in stem else "train"
        digests = [hashlib.sha256(files[f"{name}{suffix}"]).hexdigest() for suffix in (".bin", ".idx")]
        about = {"documents": count, "tokens": len(ids), "split": split}
        prefixes.append({"prefix": name, **about, "bin_sha256": digests[0], "idx_sha256": digests[1]})
    facts = {
        "dtype": str(kind),
        "vocab_size": size,
        "end_of_document": 0,
        "tokenizer_sha256": hashlib.sha256(tokenizer).hexdigest(),
        "megatron": prefixes,
        "arrow": [],
        "epochs": {"source": {}, "language": {}} if epochs is None else epochs,
    }
    files["about/shards.json"] = orjson.dumps(facts)
    tables: dict[str, list[FileEntry]] = {"lineage": [], "arrow": []}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        table, file = name.split("/")
        entry = FileEntry(name=file, rows=rows.get(name, 0), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        tables.setdefault(table, []).append(entry)
    identity: Json = {"stage": "shard", "version": 1, "params": {}, "parents": {"encode": "0" * 16}}
    mark = fingerprint(identity)
    found = Manifest(stage="shard", fingerprint=mark, identity=identity, tables=tables, counts={}, format=formats())
    (folder / "manifest.json").write_bytes(found.to_json())
    return folder
