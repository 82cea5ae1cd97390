"""Views, made again from tokens, tokenizer and seed, and compared with their files byte for byte."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.errors import CorpusError
from corpus.shards import about, lineage, megatron
from corpus.shards.expected import expected
from corpus.shards.layout import plan_shards, token_type
from corpus.shards.read import read_batches
from corpus.shards.tallies import Held, Pair
from corpus.shards.tokens import TokenPart, kept_open, token_parts
from corpus.stages.built import Built, Finished
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.views import VIEWS
from corpus.store import storage
from corpus.verify.check import Check
from corpus.verify.files import Examined
from corpus.views import about as known
from corpus.views import prefixes, recorded
from corpus.views.coding import Slow
from corpus.views.examples import Maker, maker
from corpus.views.layout import Place
from corpus.views.rows import schema_of
from corpus.views.write import examples, row_batches
from corpus.vocabulary import tokenizer_file
from filters.arrow import view
from tokenizer.decode import Decoder

_REMEDY = "delete the folder of stage views and run the recipe again; if it stays, report it"


@dataclass(frozen=True, kw_only=True)
class _Sources:
    """What views are made of again. `size`: one more than the largest id."""

    built: Built
    parts: Sequence[TokenPart]
    size: int
    padding: dict[str, int]  # by view


def check(release: Finished, examined: Sequence[Examined], pool: ThreadPoolExecutor) -> Check:
    """Every file of every view, if all that is read for it is what the manifests say."""
    read = (VIEWS, SHARD, ENCODE, SPLITS, MIX)
    damaged = any(e.damage or e.rows for e in examined if any(e.file.of(stage) for stage in read))
    needed = [stage.name for stage in (SHARD, ENCODE, SPLITS, MIX) if stage.name in release.absent]
    why = (
        f"not in this release: {', '.join(needed)}"
        if needed
        else "a file of it is missing or damaged"
        if damaged
        else ""
    )
    if why or SHARD not in release or ENCODE not in release:
        return Check(name=VIEWS.name, looked="", unchecked=why or "the tokens are not in this release")
    try:
        places, sources, made = _places(release)
        found = [*pool.map(lambda place: list(_differences(place, sources, made[place.view.name])), places)]
        failures = [line for lines in found for line in lines]
        failures += _strangers(sources.built, places, made)
    except (CorpusError, ValueError) as error:
        return Check(name=VIEWS.name, looked="views.json", failures=(str(error),), remedy=_REMEDY)
    counts = sources.built.counts
    return Check(
        name=VIEWS.name,
        looked=f"{counts.get('examples', 0):,} examples of {len(made)} views, made again from tokens and seed",
        failures=tuple(failures),
        remedy=_REMEDY,
    )


def _places(release: Finished) -> tuple[list[Place], _Sources, dict[str, Maker]]:
    built, encoded, facts = release[VIEWS], release[ENCODE], about.read(release[SHARD].folder)
    identity: Any = built.manifest.identity
    params = identity["params"]
    data = storage.read_bytes(storage.join(tokenizer_file.of(release[SHARD].folder), tokenizer_file.FILE)) or b""
    decoder, written = Decoder(data), known.read(built.folder)
    held = release[SPLITS].tally(Held) if SPLITS in release else None
    wanted = expected(encoded.tally(Pair), held, release[MIX].tally(Pair) if MIX in release else None)
    kind = token_type(facts.vocab_size)
    shards = [
        shard
        for split, tokens in wanted.tokens.items()
        for shard in plan_shards(tokens, kind, params["shard_bytes"], split=split)
    ]
    views = recorded.views(params)
    parts = token_parts(
        encoded.folder,
        encoded.manifest,
        release[SPLITS].table(SPLITS.held.table) if SPLITS in release else None,
        release[MIX].table(MIX.copies.table) if MIX in release else None,
    )
    sources = _Sources(
        built=built,
        parts=kept_open(parts),
        size=facts.vocab_size,
        padding={name: one.padding for name, one in written.items()},
    )
    coder = Slow(decoder=decoder)
    makers = {one.name: maker(one, params["seed"], decoder.id, facts.end_of_document, coder) for one in views}
    return [Place(view=one, shard=shard) for one in views for shard in shards], sources, makers


def _differences(place: Place, sources: _Sources, made: Maker) -> Iterator[str]:
    if place.shard.kind == "arrow":
        yield from _rows(place, sources, made)
        return
    for side in prefixes.sides(made.paired):
        yield from _prefix(place, sources, made, side)


def _named(sources: _Sources, table: str, name: str) -> bool:
    return any(entry.name == name for entry in sources.built.manifest.tables.get(table, ()))


def _rows(place: Place, sources: _Sources, made: Maker) -> Iterator[str]:
    padding, schema = sources.padding[place.view.name], schema_of(token_type(sources.size))
    again = row_batches(examples(place, made, sources.parts), place, made, padding, schema)
    address = storage.join(sources.built.folder, place.table, f"{place.name}.arrow")
    there = read_batches(address) if _named(sources, place.table, f"{place.name}.arrow") else iter(())
    row = 0
    for wanted, found in zip_longest(again, there):
        if wanted is None or found is None or not wanted.equals(found):
            yield f"{address}: rows from {row:,} on are not what its tokens and the seed give"
            return
        row += found.num_rows


def _prefix(place: Place, sources: _Sources, made: Maker, side: str) -> Iterator[str]:
    """A prefix and its lineage, block by block: no more than one is held."""
    name, folder = place.prefix(side), storage.join(sources.built.folder, "megatron")
    again = prefixes.filled(examples(place, made, sources.parts))
    if not _named(sources, "megatron", f"{name}.bin"):
        if next(again, None) is not None:
            yield f"{folder}/{name}.bin is not there, and has examples"
        return
    data = _bytes(storage.join(folder, f"{name}.bin"))
    lengths, _, kind = megatron.read_index(storage.read_bytes(storage.join(folder, f"{name}.idx")) or b"", data.size)
    tokens = view(data, kind)
    lines = lineage.read(storage.join(sources.built.folder, "lineage"), name)
    row = at = 0
    for one in again:
        own, count = prefixes.side(one, side), len(one.inputs)
        same = np.array_equal(lengths[row : row + count], own.lengths)
        same = same and np.array_equal(tokens[at : at + len(own.tokens)], own.tokens)
        if not (same and lines.slice(row, count).equals(prefixes.lineage(one))):
            yield f"{folder}/{name}: examples from {row:,} on are not what its tokens and the seed give"
            return
        row, at = row + count, at + len(own.tokens)
    if (row, at) != (len(lengths), len(tokens)) or lines.num_rows != row:
        yield f"{folder}/{name} has more examples than its tokens and the seed give"


def _bytes(address: str) -> pa.Buffer:
    filesystem, path = storage.resolve(address)
    if storage.is_local(address):
        return pa.memory_map(path).read_buffer()
    with filesystem.open_input_file(path) as file:
        return file.read_buffer()


def _strangers(built: Built, places: Sequence[Place], made: dict[str, Maker]) -> Iterator[str]:
    """Files that are no view's of a shard."""
    own = {(place.table, f"{place.name}.arrow") for place in places if place.shard.kind == "arrow"}
    for place in places:
        if place.shard.kind == "megatron":
            for side in prefixes.sides(made[place.view.name].paired):
                own |= {("megatron", place.prefix(side) + ending) for ending in (".bin", ".idx")}
                own.add(("lineage", f"{place.prefix(side)}.parquet"))
    for table, entries in built.manifest.tables.items():
        for entry in entries:
            if table != "about" and not entry.name.endswith(".json") and (table, entry.name) not in own:
                yield f"{built.folder}/{table}/{entry.name} is of no view and shard of this release"
