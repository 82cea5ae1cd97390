"""The shards without withdrawn documents: every file that held one is shorter, `shards.json` says what there is."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from corpus.mixture.realised import epochs
from corpus.shards import arrow
from corpus.shards.expected import trained
from corpus.shards.pack import Packing
from corpus.shards.splits import SPLITS, TRAIN
from corpus.shards.tallies import Held, Packed, Pair
from corpus.stages.built import Built
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.splits import SPLITS as SPLITS_STAGE
from corpus.store import storage, tally
from corpus.store.manifest import FileEntry
from corpus.withdrawal import arrow_files, prefix_files
from corpus.withdrawal.folder import Patch, Restated, linked
from corpus.withdrawal.gone import Gone

_COUNTS = {  # of a prefix by what it holds: which counts are documents, and which are tokens
    "text": ("megatron.documents", "megatron.tokens"),
    "inputs": ("megatron.inputs", ""),
    "targets": ("megatron.targets", ""),
    "label": ("", "megatron.labels"),
}


def shard(patch: Patch, gone: Gone, made: Mapping[str, Built], sums: Restated) -> dict[str, Sequence[FileEntry]]:
    """All tables; `made`: the stages before it as they are patched."""
    old = patch.old.manifest.tables
    facts: Any = orjson.loads(storage.read_bytes(storage.join(patch.old.folder, "about", "shards.json")) or b"{}")
    tables: dict[str, list[FileEntry]] = {name: [] for name in old}
    _megatron(patch, gone, tables, sums)
    padding = int(facts.get("packed", {}).get("padding_id", 0))
    for table in old:
        if table.split("/")[0] == "arrow":
            tables[table] = _arrow(patch, table, gone, padding, sums)
    splits = [split for split in (TRAIN, *SPLITS) if tables.get(f"arrow/{split}")]
    if "arrow" in tables and any(name.startswith("arrow/") for name in old):
        tables["arrow"] = [arrow.publish_json(patch.folder, "arrow", "dataset_dict.json", {"splits": splits})]
    tables["tokenizer"] = [linked(patch, "tokenizer", entry) for entry in old["tokenizer"]]
    tables["about"] = [_about(patch, facts, tables, made, sums)]
    return {name: files for name, files in tables.items() if files or not old[name]}


def _megatron(patch: Patch, gone: Gone, tables: dict[str, list[FileEntry]], sums: Restated) -> None:
    old = patch.old.manifest.tables
    entries = {entry.name: entry for table in ("megatron", "lineage") for entry in old.get(table, ())}
    for name in [entry.name.removesuffix(".parquet") for entry in old.get("lineage", ())]:
        found = prefix_files.shorten(patch, name, entries, gone)
        for table, files in found.files.items():
            tables[table] += files
        documents, tokens = _COUNTS[name.removesuffix("_document").rpartition("_")[2]]
        sums.less(**{documents: found.documents, tokens: found.tokens})
        sums.less(files=0 if found.files else 2)


def _arrow(patch: Patch, table: str, gone: Gone, padding: int, sums: Restated) -> list[FileEntry]:
    """Shards of a folder and what `datasets` needs to open it; nothing of one without shards."""
    found = []
    for entry in patch.old.table(table).files:
        if entry.name.endswith(".arrow"):
            file, lost = arrow_files.shorten(patch, table, entry, gone, padding)
            sums.less(**lost.counts)
            sums.add(lost.packed, -1)
            if file:
                found.append(file)
    return [*found, *arrow.describe(patch.folder, table, found, patch.fingerprint)] if found else []


def _about(
    patch: Patch, facts: Any, tables: Mapping[str, Sequence[FileEntry]], made: Mapping[str, Built], sums: Restated
) -> FileEntry:
    entries = {f"{table}/{entry.name}": entry for table, files in tables.items() for entry in files}
    size = {"text": 2 if facts["dtype"] == "uint16" else 4, "label": 4}
    facts["megatron"] = _prefixes(facts["megatron"], entries, size["text"])
    for name, own in facts.get("prompted", {}).items():
        facts["prompted"][name] = _prefixes(own, entries, size["label" if name == "label" else "text"])
    rows = "sequences" if "packed" in facts else "documents"
    facts["arrow"] = [
        {**one, rows: entries[one["file"]].rows, "sha256": entries[one["file"]].sha256}
        for one in facts["arrow"]
        if one["file"] in entries
    ]
    held = made[SPLITS_STAGE.name].tally(Held) if SPLITS_STAGE.name in made else None
    once = trained(made[ENCODE.name].tally(Pair), held)
    facts["epochs"] = epochs(once, made[MIX.name].tally(Pair) if MIX.name in made else once)
    if "packed" in facts:
        was = facts["packed"]
        packing = Packing(kind=was["packing"], length=was["sequence_length"], padding=was["padding_id"], seed=0)
        listed = tally.read(Packed, sums.tally(Packed.NAME))
        facts["packed"] = arrow.packing_facts(sums.counts, listed, packing)
    with storage.publish(storage.join(patch.folder, "about"), "shards.json") as sink:
        sink.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)


def _prefixes(listed: Sequence[dict[str, Any]], entries: Mapping[str, FileEntry], size: int) -> list[dict[str, Any]]:
    found = []
    for one in listed:
        data, index = (entries.get(f"{one['prefix']}{ending}") for ending in (".bin", ".idx"))
        if data and index:
            counts = {"documents": data.rows, "tokens": data.bytes // size}
            found.append({**one, **counts, "bin_sha256": data.sha256, "idx_sha256": index.sha256})
    return found
