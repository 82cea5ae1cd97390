"""Writing a view of one shard: its examples made, checked, published under their final names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.shards import megatron
from corpus.shards.gather import gather
from corpus.shards.tokens import TokenPart
from corpus.shards.written import Written
from corpus.store import storage
from corpus.store.manifest import FileEntry
from corpus.views import prefixes, rows
from corpus.views.examples import Examples, Maker
from corpus.views.layout import Place
from corpus.views.tallies import Viewed


def examples(place: Place, maker: Maker, parts: Sequence[TokenPart]) -> Iterator[Examples]:
    """All of a place, block by block, in the order of the shard. Raises ValueError for documents that have no view."""
    for block in gather(place.shard, parts, maker.how.end):
        yield maker.examples(block)


def row_batches(
    found: Iterator[Examples], place: Place, maker: Maker, padding: int, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Rows of a place whose shard is Arrow."""
    key = f"{maker.seed} view {place.view.name} {place.shard.split} {place.shard.name}"
    return rows.batches(found, maker.how.row, padding, key, schema)


def write_place(
    folder: str, place: Place, maker: Maker, parts: Sequence[TokenPart], kind: pa.DataType, padding: int
) -> Written:
    """What was written; nothing where there is no example. `kind` is the type of an id."""
    if place.shard.kind == "arrow":
        return _rows(folder, place, maker, parts, kind, padding)
    files: dict[str, list[FileEntry]] = {"megatron": [], "lineage": []}
    counts: Counter[str] = Counter()
    for side in prefixes.sides(maker.paired):
        made = prefixes.filled(examples(place, maker, parts))
        own = _prefix(folder, place.prefix(side), side, made, np.dtype(kind.to_pandas_dtype()))
        for table, entries in own.items():
            files[table] += entries
        counts["megatron.rows"] += own["lineage"][0].rows if own["lineage"] else 0
        counts["files"] += len(own["megatron"])
    counts["megatron.examples"] = counts.pop("megatron.rows") // len(prefixes.sides(maker.paired))
    return Written(files, dict(counts), [])


def _entry(sink: storage.Sink, count: int) -> FileEntry:
    return FileEntry(name=sink.name, rows=count, bytes=sink.bytes, sha256=sink.sha256)


def _rows(
    folder: str, place: Place, maker: Maker, parts: Sequence[TokenPart], kind: pa.DataType, padding: int
) -> Written:
    schema = rows.schema_of(kind)
    tallies: list[Viewed] = []
    counts: Counter[str] = Counter()

    def told() -> Iterator[Examples]:
        for one in examples(place, maker, parts):
            tallies.append(one.tally)
            counts.update({"examples": len(one.inputs), "learned": len(one.block.tokens) - int(one.inputs.sum())})
            counts.update({"written": len(one.block.tokens)})
            yield one

    batches = row_batches(told(), place, maker, padding, schema)
    first = next(batches, None)
    if first is None:
        return Written({place.table: []}, dict(counts), tallies)
    count = 0
    with (
        storage.publish(storage.join(folder, place.table), f"{place.name}.arrow") as sink,
        pa.ipc.new_stream(storage.arrow_file(sink), schema) as writer,
    ):
        for batch in chain([first], batches):
            writer.write_batch(batch)
            count += batch.num_rows
    counts.update(rows=count, padding=count * maker.how.row - counts["written"], files=1)
    return Written({place.table: [_entry(sink, count)]}, dict(counts), tallies)


def _prefix(
    folder: str, prefix: str, side: str, found: Iterator[Examples], kind: np.dtype[Any]
) -> dict[str, list[FileEntry]]:
    """`.bin`, `.idx` and lineage of a prefix; nothing where there are no examples."""
    target = storage.join(folder, "megatron")
    lengths: list[np.ndarray] = []
    places: list[pa.Table] = []
    first = next(found, None)
    if first is None:
        return {"megatron": [], "lineage": []}
    with storage.publish(target, f"{prefix}.bin") as binary:
        for one in chain([first], found):
            own = prefixes.side(one, side)
            binary.write(own.tokens.astype(kind.newbyteorder("<"), copy=False).tobytes())
            lengths.append(own.lengths)
            places.append(prefixes.lineage(one))
    sizes = np.concatenate(lengths)
    with storage.publish(target, f"{prefix}.idx") as index:
        index.write(megatron.index_bytes(sizes, kind))
    with storage.publish(storage.join(folder, "lineage"), f"{prefix}.parquet") as sink:
        prefixes.write_lineage(sink, places)
    count = len(sizes)
    return {"megatron": [_entry(binary, count), _entry(index, count)], "lineage": [_entry(sink, count)]}
