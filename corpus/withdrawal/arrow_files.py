"""Arrow shards, shorter by withdrawn documents: rows that are documents go, packed rows are filled up with padding."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from corpus.shards.pack import fill
from corpus.shards.read import is_packed, lengths_of, read_batches, tokens_of
from corpus.shards.tallies import Packed
from corpus.store import storage
from corpus.store.manifest import FileEntry
from corpus.withdrawal.folder import Patch, linked
from corpus.withdrawal.gone import Gone
from corpus.withdrawal.prefix_files import entry_of, gone_of
from filters.arrow import any_list, array, lists, strings

_COLUMNS = ("ids", "sources", "languages", "parts", "rows", "copies", "offsets", "targets_at")


@dataclass
class Lost:
    """What a shard has lost, as the stage counts it."""

    counts: Counter[str] = field(default_factory=Counter)
    packed: list[Packed] = field(default_factory=list)


def shorten(patch: Patch, table: str, entry: FileEntry, gone: Gone, padding: int) -> tuple[FileEntry | None, Lost]:
    """The file in the new folder: none of a shard that holds nothing any more; `padding`: the id of packed rows."""
    address = storage.join(patch.old.folder, table, entry.name)
    lost = Lost()
    if not any(_out(batch, gone).any() for batch in read_batches(address)):
        return linked(patch, table, entry), lost
    batches = [batch for one in read_batches(address) if (batch := _shorter(one, gone, padding, lost)).num_rows]
    _count_packed(address, gone, lost)
    if not batches:
        lost.counts["files"] += 1
        return None, lost
    schema = batches[0].schema
    with (
        storage.publish(storage.join(patch.folder, table), entry.name) as sink,
        pa.ipc.new_stream(storage.arrow_file(sink), schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
    return entry_of(sink, sum(batch.num_rows for batch in batches)), lost


def _flat(batch: pa.RecordBatch, name: str) -> np.ndarray:
    column = batch.column(name)
    return np.asarray(any_list(column).flatten() if pa.types.is_list(column.type) else column)


def _out(batch: pa.RecordBatch, gone: Gone) -> np.ndarray:
    """bool of each row that is a document, or of each piece."""
    names = ("parts", "rows") if is_packed(batch) else ("part", "row")
    return gone_of(gone, *(_flat(batch, name) for name in names))


def _shorter(batch: pa.RecordBatch, gone: Gone, padding: int, lost: Lost) -> pa.RecordBatch:
    out = _out(batch, gone)
    if not out.any():
        return batch
    if is_packed(batch):
        return _packed(batch, out, padding, lost)
    lengths, _ = lengths_of(batch)
    lost.counts.update({"arrow.documents": int(out.sum()), "arrow.tokens": int(lengths[out].sum())})
    return batch.filter(array(~out))


def _packed(batch: pa.RecordBatch, out: np.ndarray, padding: int, lost: Lost) -> pa.RecordBatch:
    values, bounds = tokens_of(batch)
    lengths, pieces = lengths_of(batch)
    lengths, pieces = lengths[pieces[0] : pieces[-1]], pieces - pieces[0]
    size = int(bounds[1] - bounds[0])
    owner = np.repeat(np.arange(batch.num_rows), np.diff(pieces))
    before = np.cumsum(lengths) - lengths
    starts = bounds[owner] + before - before[pieces[:-1]][owner]
    left = np.bincount(owner[~out], minlength=batch.num_rows)
    rows = np.flatnonzero(left)
    offsets = np.concatenate([[0], np.cumsum(left[rows])]).astype(np.int64)
    ids = fill(values, starts[~out], lengths[~out], offsets, size, padding)
    tokens, gone_rows = int(lengths[out].sum()), batch.num_rows - len(rows)
    lost.counts.update({"arrow.tokens": tokens, "packed.sequences": gone_rows})
    lost.counts["packed.padding"] += gone_rows * size - tokens
    small = offsets.astype(np.int32)
    columns = {
        "input_ids": lists(np.arange(len(rows) + 1, dtype=np.int32) * size, array(ids)),
        "seq_lengths": lists(small, array(lengths[~out].astype(np.int32))),
    }
    for name in _COLUMNS:
        if name in batch.schema.names:
            columns[name] = lists(small, any_list(batch.column(name)).flatten().filter(array(~out)))
    arrays = [columns[f.name].cast(f.type) for f in batch.schema]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def _count_packed(address: str, gone: Gone, lost: Lost) -> None:
    """Documents that went, those of them in several sequences, and by source what its sequences hold less."""
    found = list(_pieces(address, gone))
    if not found:
        return
    key, row, out, source = (np.concatenate(columns) for columns in zip(*found, strict=True))
    pairs = np.unique(np.stack([key[out], row[out]]), axis=1)[0]
    documents, sequences = np.unique(pairs, return_counts=True)
    lost.counts.update({"arrow.documents": len(documents), "packed.cut": int((sequences > 1).sum())})
    cut_of = dict(zip(documents.tolist(), (sequences > 1).tolist(), strict=True))
    source_of = dict(zip(key[out].tolist(), source[out].tolist(), strict=True))
    for name in sorted(set(source.tolist())):
        mine = [one for one, own in source_of.items() if own == name]
        was, now = (_company(row[rows], source[rows], name) for rows in (np.ones(len(out), bool), ~out))
        lost.packed.append(
            Packed(
                source=name,
                documents=len(mine),
                cut=sum(cut_of[one] for one in mine),
                sequences=was[0] - now[0],
                company=was[1] - now[1],
            )
        )


def _company(row: np.ndarray, source: np.ndarray, name: str) -> tuple[int, int]:
    """Sequences with a piece of the source, and pieces in these."""
    own = np.unique(row[source == name])
    return len(own), int(np.isin(row, own).sum())


def _pieces(address: str, gone: Gone) -> Iterator[tuple[np.ndarray, ...]]:
    """Of packed rows: a number for each piece's document, its sequence, whether it goes, and its source."""
    first = 0
    for batch in read_batches(address):
        if not is_packed(batch):
            return
        part, row, copy = (_flat(batch, name).astype(np.int64) for name in ("parts", "rows", "copies"))
        _, bounds = lengths_of(batch)
        sequence = np.repeat(np.arange(batch.num_rows), np.diff(bounds)) + first
        names = np.array(strings(any_list(batch.column("sources")).flatten()), object)
        yield (part << 47) | (row << 16) | copy, sequence, _out(batch, gone), names
        first += batch.num_rows
