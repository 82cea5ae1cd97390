"""Token parts to views: the same documents as the shards, arranged for training objectives.

Reads: `tokens`, and `copies` if there is a mixture. Writes: `arrow/`, `megatron/`, `lineage/`, `about/`.
Cost: for each view the tokens are read twice, or three times where inputs and targets stand apart; "fim" decodes and
encodes its documents twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from corpus.errors import DataError
from corpus.shards import arrow
from corpus.shards.layout import item_bytes, token_type
from corpus.shards.splits import TRAIN as TRAINED
from corpus.shards.tokens import TokenPart, kept_open, token_parts
from corpus.shards.written import Written, receipt
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.splits import SPLITS
from corpus.stages.train import TRAIN
from corpus.stages.views import ABOUT, Viewing
from corpus.store import storage
from corpus.store.manifest import PARTS, FileEntry, Manifest, Receipt
from corpus.views.about import FILE
from corpus.views.coding import Fast
from corpus.views.examples import Maker, maker
from corpus.views.layout import Place
from corpus.views.prefixes import sides
from corpus.views.tallies import Viewed
from corpus.views.write import write_place
from corpus.vocabulary import tokenizer_file
from jobs.engine.job import Job
from jobs.engine.local_tokenizers import local_copy
from jobs.engine.tasks import Piece
from jobs.outputs import sharding
from tokenizer.encode import Encoder
from tokenizer.libraries import SLOW

_MANY = 0.1  # share of the documents of a view that are too short for it, from which on a line says so


def build(job: Job[Viewing]) -> str:
    """Write every view of every shard, then what describes them."""
    encoded, params = job.built(ENCODE), job.params
    tokenizer, slow = tokenizer_file.of(job.built(TRAIN).folder), params.encoder == SLOW
    encoder = local_copy(tokenizer, slow=slow)
    kind = token_type(encoder.vocab_size)
    shards = sharding.shards(sharding.wanted(job), kind, params.shard_bytes)
    places = [Place(view=view, shard=shard) for view in params.views for shard in shards]
    groups = sharding.groups(places)
    task = ViewTask(
        folder=job.folder,
        groups=groups,
        parts=token_parts(encoded.folder, encoded.manifest, job.optional(SPLITS.held), job.optional(MIX.copies)),
        tokenizer=tokenizer,
        slow=slow,
        seed=params.seed,
    )
    job.run(len(groups), task, reads=[Piece(group[0].name, 0) for group in groups.values()])
    _describe(job, encoder, places, len(groups))
    return _told(job, job.finish(parts=len(groups), about=1))


@dataclass(frozen=True, kw_only=True)
class ViewTask:
    """The task: a few views of shards."""

    folder: str
    groups: Mapping[int, tuple[Place, ...]]
    parts: Sequence[TokenPart]
    tokenizer: str
    slow: bool
    seed: int

    def only(self, numbers: Sequence[int]) -> "ViewTask":
        """For these numbers."""
        return replace(self, groups={number: self.groups[number] for number in numbers})

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        encoder = local_copy(self.tokenizer, slow=self.slow)
        kind, padding = token_type(encoder.vocab_size), _padding(encoder)
        parts = kept_open(self.parts)

        def written(place: Place) -> Written:
            return write_place(self.folder, place, _maker(place, encoder, self.seed), parts, kind, padding)

        try:
            return {self.folder: receipt(number, map(written, self.groups[number]))}
        except ValueError as error:
            raise DataError(str(error)) from error


def _maker(place: Place, encoder: Encoder, seed: int) -> Maker:
    return maker(place.view, seed, encoder.tokens().get, encoder.end, Fast(encoder=encoder))


def _padding(encoder: Encoder) -> int:
    """The id that fills up rows: of padding, or, where the tokenizer at `path` has none, of the end of a document."""
    try:
        return encoder.padding
    except ValueError:
        return encoder.end


def _describe(job: Job[Viewing], encoder: Encoder, places: Sequence[Place], groups: int) -> None:
    """The last receipt: what `datasets` needs, and `views.json` for whoever reads a view."""
    written = job.collected(**{PARTS: groups})
    described: dict[str, list[FileEntry]] = {}
    for place in places:
        if place.shard.kind == "arrow" and place.table not in described:
            files, split = written.tables.get(place.table, ()), place.shard.split or TRAINED
            described[place.table] = arrow.describe(job.folder, place.table, files, job.fingerprint, split)
    entries = {f"{table}/{entry.name}": entry for table, own in written.tables.items() for entry in own}
    size = item_bytes(token_type(encoder.vocab_size))
    tallied = {row.view: vars(row) for row in written.tally(Viewed)}
    facts = []
    for view in job.params.views:
        own = [place for place in places if place.view == view]
        made = _maker(own[0], encoder, job.params.seed)
        facts.append(
            {
                "name": view.name,
                "objective": view.objective,
                "kinds": made.kinds,
                "sequence_length": made.how.row,
                "padding_id": _padding(encoder),
                "reserved": dict(made.ids),
                "counts": {name: value for name, value in tallied.get(view.name, {}).items() if name != "view"},
                "arrow": [
                    {"file": name, "rows": entries[name].rows, "sha256": entries[name].sha256, "split": split}
                    for name, split in ((f"{p.table}/{p.name}.arrow", p.shard.split or TRAINED) for p in own)
                    if name in entries
                ],
                "megatron": {side: _prefixes(own, side, entries, size) for side in sides(made.paired)},
            }
        )
    with storage.publish(storage.join(job.folder, "about"), FILE) as sink:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        sink.write(orjson.dumps({"views": facts}, option=options))
    about = FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
    job.publish(Receipt(task=0, files={**described, "about": [about]}), ABOUT)


def _prefixes(
    places: Sequence[Place], side: str, entries: Mapping[str, FileEntry], size: int
) -> list[dict[str, object]]:
    """Megatron's prefixes of a view that hold a side."""
    found: list[dict[str, object]] = []
    for place in places:
        prefix = f"megatron/{place.prefix(side)}"
        if f"{prefix}.bin" in entries:
            data, index = entries[f"{prefix}.bin"], entries[f"{prefix}.idx"]
            digests = {"bin_sha256": data.sha256, "idx_sha256": index.sha256}
            about = {"examples": data.rows, "tokens": data.bytes // size, "split": place.shard.split or TRAINED}
            found.append({"prefix": prefix, **about, **digests})
    return found


def _told(job: Job[Viewing], written: Manifest) -> str:
    """A view each, with what is left out of it."""
    found = []
    for row in written.tally(Viewed):
        chosen = row.documents + row.short
        left = [f"{count:,} {name}" for name, count in _left(row) if count]
        out = f"; left out: {', '.join(left)}" if left else ""
        found.append(f"{row.view}: {row.examples:,} examples of {row.documents:,} documents{out}")
        if not row.documents:
            job.say(f"view {row.view} has no example: its languages and sources fit no document that is long enough")
        elif row.short > _MANY * chosen:
            job.say(f"view {row.view}: {row.short:,} of {chosen:,} documents are too short for it")
        rearranged = row.psm + row.spm + row.unfit
        if row.unfit > _MANY * rearranged:
            job.say(f"view {row.view}: {row.unfit:,} of {rearranged:,} pieces stay as they are: they would not fit")
    return "; ".join(found)


def _left(row: Viewed) -> tuple[tuple[str, int], ...]:
    return (
        ("documents of other languages or sources", row.other),
        ("prompts", row.prompted),
        ("documents too short", row.short),
        ("tokens", row.left),
        ("pieces not rearranged", row.unfit),
    )
