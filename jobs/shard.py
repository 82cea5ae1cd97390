"""Token parts to shards: Arrow for `datasets`, Megatron for the trainer, lineage for whoever asks.

Reads: `tokens`, and `copies` if there is a mixture. Writes: `arrow/`, `megatron/`, `lineage/`, `tokenizer/`, `about/`.
Cost: the tokens are read twice and written twice.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from corpus import ledger, manifest, storage
from corpus.errors import DataError
from corpus.manifest import FileEntry, Receipt
from corpus.mixture.realised import epochs
from corpus.plan import Stage
from corpus.shards.copies import CopiesPart
from corpus.shards.layout import Shard, item_bytes, plan_shards, token_type
from corpus.shards.tokens import TokenPart, token_parts
from corpus.shards.write import Vocabulary, describe_arrow, write_shard
from jobs import tasks
from jobs.run import Run
from jobs.tokenizers import local_copy

_TOGETHER = 16  # shards a task: most languages of a small corpus are a few kilobytes


def build(run: Run, stage: Stage) -> str:
    """Write every shard, then what describes them."""
    encoded = run.manifest("encode")
    tokenizer = storage.join(run.plan["train"].folder, "tokenizer")
    encoder = local_copy(tokenizer)
    kind = token_type(encoder.vocab_size)
    vocabulary = Vocabulary(size=encoder.vocab_size, end=encoder.end, kind=kind)
    given = run.manifest("mix") if "mix" in run.plan.stages else encoded  # what the shards have: copies, or documents
    tokens = {
        name.removeprefix("tokens."): count + given.counts[f"documents.{name.removeprefix('tokens.')}"]
        for name, count in given.counts.items()
        if name.startswith("tokens.")
    }
    shards = tuple(plan_shards(tokens, kind, run.plan.recipe.shards.shard_bytes))
    copies = [CopiesPart(folder=run.plan["mix"].folder, entry=entry) for entry in given.tables.get("copies", ())]
    parts = token_parts(run.plan["encode"].folder, encoded, copies)
    groups = tuple(shards[i : i + _TOGETHER] for i in range(0, len(shards), _TOGETHER))
    task = ShardTask(folder=stage.folder, groups=groups, parts=parts, vocabulary=vocabulary)
    tasks.run(run.session, "shard", [stage.folder], len(groups), task)
    _describe(run, stage, len(groups), tokenizer, vocabulary, epochs(encoded.counts, given.counts))
    run.finish(stage, len(groups) + 1, lambda written: ledger.shard(written, given.counts))
    counts = run.manifest("shard").counts
    return f"{counts['arrow.documents']:,} documents, {counts['arrow.tokens']:,} tokens in {counts['files']} files"


@dataclass(frozen=True, kw_only=True)
class ShardTask:
    """The task: a few shards."""

    folder: str
    groups: tuple[tuple[Shard, ...], ...]
    parts: tuple[TokenPart, ...]
    vocabulary: Vocabulary

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        files: dict[str, list[FileEntry]] = {}
        counts: Counter[str] = Counter()
        for shard in self.groups[number]:
            try:
                written, counted = write_shard(self.folder, shard, self.parts, self.vocabulary)
            except ValueError as error:
                raise DataError(str(error)) from error
            for table, entries in written.items():
                files.setdefault(table, []).extend(entries)
            counts.update(counted)
        return {self.folder: Receipt(task=number, files=files, counts=dict(sorted(counts.items())))}


def _describe(
    run: Run, stage: Stage, count: int, tokenizer: str, vocabulary: Vocabulary, times: Mapping[str, Mapping[str, float]]
) -> None:
    """The last receipt: what `datasets` needs, the tokenizer, and `shards.json` for a launcher."""
    receipts = manifest.load_receipts(stage.folder)
    arrow = [entry for number in range(count) for entry in receipts[number].files.get("arrow", ())]
    described = describe_arrow(stage.folder, arrow, stage.fingerprint)
    copies = []
    for entry in run.manifest("train").tables["tokenizer"]:
        with storage.publish(storage.join(stage.folder, "tokenizer"), entry.name) as sink:
            sink.write(storage.read_bytes(storage.join(tokenizer, entry.name)) or b"")
        if sink.sha256 != entry.sha256:
            raise DataError(f"{tokenizer}/{entry.name} is not what its manifest says: delete that folder and run again")
        copies.append(entry)
    prefixes = [
        {
            "prefix": f"megatron/{entry.name.removesuffix('.bin')}",
            "documents": entry.rows,
            "tokens": entry.bytes // item_bytes(vocabulary.kind),
        }
        for number in range(count)
        for entry in receipts[number].files.get("megatron", ())
        if entry.name.endswith(".bin")
    ]
    facts = {
        "dtype": str(vocabulary.kind),
        "vocab_size": vocabulary.size,
        "end_of_document": vocabulary.end,
        "tokenizer_sha256": next(e.sha256 for e in copies if e.name == "tokenizer.json"),
        "epochs": times,
        "megatron": prefixes,
        "arrow": [{"file": f"arrow/{e.name}", "documents": e.rows} for e in arrow],
    }
    with storage.publish(storage.join(stage.folder, "about"), "shards.json") as sink:
        sink.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    about = FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
    files = {"arrow": described, "tokenizer": copies, "about": [about]}
    manifest.publish_receipt(stage.folder, Receipt(task=count, files=files))
