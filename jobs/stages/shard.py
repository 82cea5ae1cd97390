"""Token parts to shards: Arrow for `datasets`, Megatron for the trainer, lineage for whoever asks.

Reads: `tokens`, and `copies` if there is a mixture. Writes: `arrow/`, `megatron/`, `lineage/`, `tokenizer/`, `about/`.
Cost: the tokens are read twice and written twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from corpus.errors import DataError
from corpus.mixture.realised import epochs
from corpus.shards import arrow
from corpus.shards.expected import trained
from corpus.shards.layout import Shard, item_bytes, token_type
from corpus.shards.megatron import LABEL_BYTES
from corpus.shards.pack import Packing
from corpus.shards.prompted import KINDS
from corpus.shards.splits import SPLITS as NAMES
from corpus.shards.splits import TRAIN as TRAINED
from corpus.shards.tallies import Packed, Pair
from corpus.shards.tokens import TokenPart, kept_open, token_parts
from corpus.shards.write_shard import Vocabulary, write_shard
from corpus.shards.written import receipt
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.shard import ABOUT, Layout
from corpus.stages.splits import SPLITS
from corpus.stages.train import TRAIN
from corpus.store import storage
from corpus.store.manifest import PARTS, FileEntry, Receipt
from corpus.vocabulary import tokenizer_file
from jobs.engine.collecting import Collected
from jobs.engine.job import Job
from jobs.engine.local_tokenizers import local_copy
from jobs.engine.tasks import Piece
from jobs.outputs import sharding


def build(job: Job[Layout]) -> str:
    """Write every shard, then what describes them."""
    encoded, table = job.built(ENCODE), job.params.table
    tokenizer = tokenizer_file.of(job.built(TRAIN).folder)
    encoder = local_copy(tokenizer)
    kind = token_type(encoder.vocab_size)
    vocabulary = Vocabulary(size=encoder.vocab_size, end=encoder.end, kind=kind)
    padding = encoder.end if table.packing == "documents" else encoder.padding  # rows of documents are not filled up
    packing = Packing(kind=table.packing, length=table.sequence_length, padding=padding, seed=job.params.seed)
    shards = sharding.shards(sharding.wanted(job), kind, table.shard_bytes)
    groups = sharding.groups(shards)
    task = ShardTask(
        folder=job.folder,
        groups=groups,
        parts=token_parts(encoded.folder, encoded.manifest, job.optional(SPLITS.held), job.optional(MIX.copies)),
        vocabulary=vocabulary,
        packing=packing,
        prompted=table.prompted if job.params.prompted else None,
    )
    job.run(len(groups), task, reads=[Piece(group[0].name, 0) for group in groups.values()])
    _describe(job, tokenizer, shards, task)
    counts = job.finish(parts=len(groups), about=1).counts
    return f"{counts['arrow.documents']:,} documents, {counts['arrow.tokens']:,} tokens in {counts['files']} files"


@dataclass(frozen=True, kw_only=True)
class ShardTask:
    """The task: a few shards."""

    folder: str
    groups: Mapping[int, tuple[Shard, ...]]
    parts: Sequence[TokenPart]
    vocabulary: Vocabulary
    packing: Packing
    prompted: Sequence[KINDS] | None

    def only(self, numbers: Sequence[int]) -> "ShardTask":
        """For these numbers."""
        return replace(self, groups={number: self.groups[number] for number in numbers})

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        parts = kept_open(self.parts)
        shards = self.groups[number]
        try:
            own = receipt(
                number,
                (write_shard(self.folder, one, parts, self.vocabulary, self.packing, self.prompted) for one in shards),
            )
        except ValueError as error:
            raise DataError(str(error)) from error
        return {self.folder: own}


def _describe(job: Job[Layout], tokenizer: str, shards: Sequence[Shard], task: "ShardTask") -> None:
    """The last receipt: what `datasets` needs, the tokenizer, and `shards.json` for a launcher."""
    written = job.collected(**{PARTS: len(task.groups)})
    by_table: dict[str, Sequence[FileEntry]] = {}
    for table in dict.fromkeys(shard.table for shard in shards if shard.kind == "arrow"):
        by_table[table] = written.tables.get(table, ())
    described = {table: arrow.describe(job.folder, table, by_table[table], job.fingerprint) for table in by_table}
    held_out = [split for split in (TRAINED, *NAMES) if f"arrow/{split}" in by_table]
    if held_out:
        listed = {"splits": held_out}
        described["arrow"] = [arrow.publish_json(job.folder, "arrow", "dataset_dict.json", listed)]
    copies = []
    for entry in job.table(TRAIN.tokenizer).files:
        with storage.publish(tokenizer_file.of(job.folder), entry.name) as sink:
            sink.write(storage.read_bytes(storage.join(tokenizer, entry.name)) or b"")
        if sink.sha256 != entry.sha256:
            raise DataError(f"{tokenizer}/{entry.name} is not what its manifest says: delete that folder and run again")
        copies.append(entry)
    held, given = sharding.before(job)
    once = trained(job.tally(ENCODE, Pair), held)
    size = item_bytes(task.vocabulary.kind)
    packed = task.packing.kind != "documents"
    rows = "sequences" if packed else "documents"
    facts = {
        "dtype": str(task.vocabulary.kind),
        "vocab_size": task.vocabulary.size,
        "end_of_document": task.vocabulary.end,
        "tokenizer_sha256": next(e.sha256 for e in copies if e.name == "tokenizer.json"),
        "epochs": epochs(once, given if given is not None else once),
        "megatron": _prefixes(shards, written, "text", size),
        **({"prompted": _prompted(shards, written, size)} if task.prompted else {}),
        "arrow": [
            {"file": f"{table}/{e.name}", rows: e.rows, "sha256": e.sha256, **_split(table.partition("/")[2])}
            for table, entries in by_table.items()
            for e in entries
        ],
        **({"sources": [vars(row) for row in job.params.catalogued]} if job.params.catalogued else {}),
        **({"packed": arrow.packing_facts(written.counts, written.tally(Packed), task.packing)} if packed else {}),
    }
    with storage.publish(storage.join(job.folder, "about"), "shards.json") as sink:
        sink.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    about = FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
    files = {**described, "tokenizer": copies, "about": [about]}
    job.publish(Receipt(task=0, files=files), ABOUT)


def _prompted(shards: Sequence[Shard], written: Collected, size: int) -> dict[str, object]:
    """Prefixes of halves of prompts, and of labels, which are int32 whatever the ids are."""
    sizes = {"inputs": size, "targets": size, "label": LABEL_BYTES}
    return {name: _prefixes(shards, written, name, sizes[name]) for name in sizes}


def _prefixes(shards: Sequence[Shard], written: Collected, name: str, size: int) -> list[dict[str, object]]:
    """Megatron's prefixes of a name: what is in them, digests of their two files, and their split if there are any."""
    entries = {entry.name: entry for entry in written.tables.get("megatron", ())}
    found = []
    for shard in shards:
        prefix = f"{shard.name}_{name}_document"
        if shard.kind == "megatron" and f"{prefix}.bin" in entries:
            data, index = entries[f"{prefix}.bin"], entries[f"{prefix}.idx"]
            about = {"documents": data.rows, "tokens": data.bytes // size}
            digests = {"bin_sha256": data.sha256, "idx_sha256": index.sha256}
            found.append({"prefix": f"megatron/{prefix}", **about, **digests, **_split(shard.split)})
    return found


def _split(name: str) -> dict[str, str]:
    return {"split": name} if name else {}
