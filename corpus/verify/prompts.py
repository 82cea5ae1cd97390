"""Prompts beside the text of a prefix: inputs and targets are its documents in two, labels its tokens or masked."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.shards import lineage, megatron
from corpus.shards.prompted import spans
from corpus.stages.built import Built
from corpus.store import storage
from filters.arrow import view


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A prefix in memory, mapped where it is on a local disk."""

    tokens: np.ndarray
    lengths: np.ndarray  # int64
    places: pa.Table

    @property
    def starts(self) -> np.ndarray:
        starts: np.ndarray = np.cumsum(self.lengths) - self.lengths
        return starts


def _open(shard: Built, name: str) -> _Read:
    address = storage.join(shard.folder, "megatron", name)
    filesystem, path = storage.resolve(storage.extended(address, ".bin"))
    if storage.is_local(address):
        buffer = pa.memory_map(path).read_buffer()
    else:
        with filesystem.open_input_file(path) as file:
            buffer = file.read_buffer()
    lengths, _, kind = megatron.read_index(storage.read_bytes(storage.extended(address, ".idx")) or b"", buffer.size)
    places = lineage.read(storage.join(shard.folder, "lineage"), name)
    if places.num_rows != len(lengths):
        raise DataError(f"{name}: its lineage has {places.num_rows:,} rows, its index {len(lengths):,} documents")
    return _Read(tokens=view(buffer, kind), lengths=lengths.astype(np.int64), places=places)


def disagreements(shard: Built, stem: str, kinds: frozenset[str]) -> Iterator[str]:
    """What is wrong with the `kinds` ("inputs", "targets", "label") of a prefix whose files are those of the manifest;
    `stem` is its name without the kind."""
    try:
        text = _open(shard, f"{stem}_text_document")
        found = {kind: _open(shard, f"{stem}_{kind}_document") for kind in sorted(kinds)}
    except DataError as error:
        yield str(error)
        return
    masked: np.ndarray | None = None
    if "inputs" in found and "targets" in found:
        at = _numbers(text, found["inputs"])
        if at is None or not found["inputs"].places.equals(found["targets"].places):
            yield f"{stem}: inputs and targets are not of the same documents, in the order of the text"
            return
        if not _halves(text, found["inputs"], found["targets"], at):
            yield f"{stem}: inputs and targets together are not the documents that they are said to be"
            return
        masked = np.zeros(len(text.lengths), np.int64)
        masked[at] = found["inputs"].lengths
    elif "inputs" in found or "targets" in found:
        yield f"{stem}: has one of inputs and targets alone"
    if "label" in found:
        yield from _labels(stem, text, found["label"], masked)


def _numbers(text: _Read, some: _Read) -> np.ndarray | None:
    """Document numbers in the text of the documents of another prefix, ascending; None if they are not."""
    own = some.places.append_column("number", pa.array(np.arange(some.places.num_rows)))
    every = text.places.append_column("at", pa.array(np.arange(text.places.num_rows)))
    at = own.join(every, ["part", "row", "copy"], join_type="inner").sort_by("number")["at"].to_numpy()
    return at if len(at) == len(own) and np.all(np.diff(at) > 0) else None


def _halves(text: _Read, inputs: _Read, targets: _Read, at: np.ndarray) -> bool:
    if np.any(inputs.lengths + targets.lengths != text.lengths[at]):
        return False
    starts, middles = text.starts[at], text.starts[at] + inputs.lengths
    whole = text.tokens[spans(starts, middles)], text.tokens[spans(middles, middles + targets.lengths)]
    return np.array_equal(whole[0], inputs.tokens) and np.array_equal(whole[1], targets.tokens)


def _labels(stem: str, text: _Read, label: _Read, masked: np.ndarray | None) -> Iterator[str]:
    if not np.array_equal(text.lengths, label.lengths) or not text.places.equals(label.places):
        yield f"{stem}: labels are not as many as the tokens of the text, document by document"
        return
    if masked is None:
        masked = np.add.reduceat((label.tokens == megatron.MASKED).astype(np.int64), text.starts)
    wanted = text.tokens.astype(np.int32)
    wanted[spans(text.starts, text.starts + masked)] = megatron.MASKED
    if np.any(masked >= text.lengths) or not np.array_equal(wanted, label.tokens):
        yield f"{stem}: a label is neither its token nor masked in front of the targets"
