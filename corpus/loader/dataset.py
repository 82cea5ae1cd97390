"""A map-style dataset: `dataset[i]` is global sample i, for any i, in O(log n)."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.errors import DataError, RecipeError
from corpus.loader.mixture import Mixture
from corpus.loader.permutation import Permutation
from corpus.loader.sample_streams import Concatenated, Packed, Stream, streams_of
from corpus.shards import about
from corpus.shards.read import is_packed, read_batches
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry

IGNORED = -100  # what PyTorch's cross entropy leaves out by default (ignore_index)
_PERMUTATIONS = 1024  # kept: one a stream and epoch, 200 bytes each


class TokenDataset:
    """Samples of a finished release (the folder of stage `shard`, on a local disk: files are mapped into memory).

    Of documents, samples are `sequence_length` + 1 tokens of them end to end, as Megatron cuts them. Of packed rows
    (column `seq_lengths`) they are the rows. `by` ("source" or "language") with `weights` makes a mixture: a weight for
    each name that there is, 0 to leave it out, summing to 1. `split` is what `about/shards.json` says of each file.

    Raises RecipeError for parameters that do not fit the release, DataError for files that are not those of its
    manifest: by size, with `verify` by sha256.
    """

    def __init__(
        self,
        folder: str,
        *,
        sequence_length: int | None = None,
        seed: int = 0,
        by: str = "",
        weights: Mapping[str, float] | None = None,
        split: str = "train",
        verify: bool = False,
    ) -> None:
        self._parameters: dict[str, Any] = {
            "sequence_length": sequence_length,
            "seed": seed,
            "by": by,
            "weights": None if weights is None else dict(sorted(weights.items())),
            "split": split,
        }
        if (weights is None) != (not by) or by not in ("", "source", "language"):
            raise RecipeError('a mixture needs both: by = "source" or "language", and weights')
        self.folder, self.seed = folder, seed
        files = _files(folder, split)
        batches = [batch for file, entry in files.items() for batch in _open(folder, file, entry, verify=verify)]
        streams = _streams(batches, by, weights)
        self._cutters = [_cutter(stream, sequence_length) for stream in streams]
        shares = [1.0] if weights is None else [weights[stream.name] for stream in streams]
        self._mixture = Mixture([stream.name for stream in streams], shares, seed)
        self._permutation = lru_cache(_PERMUTATIONS)(self._permute)
        self.order = manifest.fingerprint({**self._parameters, "files": {f: e.sha256 for f, e in files.items()}})
        """Names everything that the order of samples depends on."""

    def __len__(self) -> int:
        """Samples that the streams hold together: an epoch, if they have their natural weights."""
        return sum(len(cutter) for cutter in self._cutters)

    def __getitem__(self, sample: int) -> dict[str, Any]:
        """`input_ids` and `labels` (int64[tokens]; IGNORED where there is nothing to foretell, and where the next
        token is of a prompt's inputs), `seq_lengths` (int64:
        tokens of each document in them, padding at the end as one more), `sample`, `stream` and `epoch`."""
        if sample < 0:
            raise IndexError(sample)
        stream, number = self._mixture.place(sample)
        cutter = self._cutters[stream]
        epoch, place = divmod(number, len(cutter))
        tokens, lengths, prompt = cutter.sample(self._permutation(stream, epoch)[place])
        ids = tokens.astype(np.int64)
        known = ids if prompt is None else np.where(prompt, IGNORED, ids)
        if isinstance(cutter, Concatenated):
            inputs, labels = ids[:-1], known[1:]
        else:
            inputs, labels = ids, _next_in_document(known, lengths)
            padding = len(ids) - int(lengths.sum())
            lengths = np.append(lengths, padding) if padding else lengths
        return {
            "input_ids": inputs,
            "labels": labels,
            "seq_lengths": lengths.astype(np.int64),
            "sample": sample,
            "stream": cutter.stream.name,
            "epoch": epoch,
        }

    def _permute(self, stream: int, epoch: int) -> Permutation:
        cutter = self._cutters[stream]
        return Permutation(len(cutter), self.seed, cutter.stream.name, epoch)

    def __reduce__(self) -> tuple[Any, ...]:
        """For workers that are spawned: they map the files themselves."""
        return partial(TokenDataset, self.folder, **self._parameters), ()


def _next_in_document(ids: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The label of each token of a packed row: the next one, but not across documents and not of padding."""
    labels = np.append(ids[1:], IGNORED)
    ends = np.cumsum(lengths)
    labels[ends - 1] = IGNORED
    labels[ends[-1] :] = IGNORED
    return labels


def _files(folder: str, split: str) -> dict[str, FileEntry]:
    """The Arrow shards of a split, in order. A file without a split is for training."""
    written = manifest.load(folder)
    if written is None:
        raise RecipeError(f"{folder} is no finished release: give the folder of stage shard, below the root of a run")
    entries = {f"{table}/{entry.name}": entry for table, found in written.tables.items() for entry in found}
    listed = about.read(folder).arrow
    names = [file for file, rows in listed.items() if rows.split == split]
    if not names:
        known = sorted({rows.split for rows in listed.values()})
        raise RecipeError(f"{folder} has no Arrow shards of split {split!r}; there are: {', '.join(known) or 'none'}")
    strange = [name for name in names if name not in entries]
    if strange:
        raise DataError(f"{folder}: {strange[0]} is not in the manifest: copy the whole folder again")
    return {name: entries[name] for name in names}


def _open(folder: str, file: str, entry: FileEntry, *, verify: bool) -> list[pa.RecordBatch]:
    address = storage.join(folder, file)
    if not storage.is_local(address):
        raise RecipeError(f"{folder} is not on a local disk: copy it to one, the loader maps its files into memory")
    filesystem, path = storage.resolve(address)
    if filesystem.get_file_info(path).size != entry.bytes:
        raise DataError(f"{address} is missing or has another size than its manifest says: copy it again")
    if verify:
        with open(path, "rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
        if found != entry.sha256:
            raise DataError(f"{address} has sha256 {found}, its manifest says {entry.sha256}: copy it again")
    return list(read_batches(address))


def _streams(batches: list[pa.RecordBatch], by: str, weights: Mapping[str, float] | None) -> list[Stream]:
    """A stream for each name with a weight, or one of all documents."""
    if by and (by not in batches[0].schema.names or not pa.types.is_string(batches[0].schema.field(by).type)):
        raise RecipeError(f"the shards have no column {by!r} of one name a row: mix when they are built, or by another")
    found = streams_of(batches, by)
    if weights is None:
        return list(found.values())
    for name in sorted(weights.keys() ^ found.keys()):
        told = "is in no shard: take it out" if name in weights else "has no weight: give it one, 0 to leave it out"
        raise RecipeError(f"{by} {name!r} {told}")
    return [stream for name, stream in found.items() if weights[name]]


def _cutter(stream: Stream, sequence_length: int | None) -> Concatenated | Packed:
    packed = is_packed(stream.batches[0])
    if packed and sequence_length is not None:
        raise RecipeError("these rows are packed sequences: leave out sequence_length, theirs is fixed")
    if packed:
        return Packed(stream=stream)
    if sequence_length is None or sequence_length < 1:
        raise RecipeError("these rows are documents: say with sequence_length how many tokens a sample has")
    return Concatenated(stream=stream, sequence_length=sequence_length)
