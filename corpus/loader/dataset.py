"""A map-style dataset: `dataset[i]` is global sample i, for any i, in O(log n)."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa

from corpus.errors import DataError, RecipeError
from corpus.loader.mixture import Mixture
from corpus.loader.permutation import Permutation
from corpus.loader.rows import Rows, cut, together
from corpus.loader.sample_streams import Concatenated, Packed, Stream, streams_of
from corpus.loader.verified import verify
from corpus.shards import about
from corpus.shards.read import is_packed, read_batches
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry
from corpus.views import about as views

_PERMUTATIONS = 1024  # kept: one a stream and epoch, 200 bytes each
_CUT = 2  # of samples out of streams, for their order: 1 left out the end of each epoch

Compare = Callable[[str, Mapping[str, FileEntry]], None]  # files of a folder with their manifest; raises


class TokenDataset:
    """Samples of a finished release (the folder of stage `shard`, on a local disk: files are mapped into memory).

    Of documents, samples are `sequence_length` + 1 tokens of them end to end, cut as `Concatenated` says: without a gap
    from one epoch to the next. Of packed rows (column `seq_lengths`) they are the rows. `by` ("source" or "language")
    with `weights` makes a mixture: a weight for each name that there is, 0 to leave it out, summing to 1. `split` is
    what `about/shards.json` says of each file. `view`: of the folder of stage `views`, the one that is read; its rows
    are packed. `short_streams`: what is done with a stream that has no tokens for one
    sample, "refuse" or "wrap", which repeats it within samples; `wrapped` has these with their tokens.

    Files are held against the sha256 of the manifest once (`corpus.loader.verified`); `verify = False` compares sizes
    alone, and warns that it does. Raises RecipeError for parameters that do not fit the release, DataError for files
    that are not those of its manifest.
    """

    def __init__(  # noqa: PLR0913  (what an order depends on, in one place)
        self,
        folder: str,
        *,
        sequence_length: int | None = None,
        seed: int = 0,
        by: str = "",
        weights: Mapping[str, float] | None = None,
        split: str = "train",
        view: str = "",
        short_streams: Literal["refuse", "wrap"] = "refuse",
        verify: bool = True,
    ) -> None:
        self._parameters: dict[str, Any] = {
            "sequence_length": sequence_length,
            "seed": seed,
            "by": by,
            "weights": None if weights is None else dict(sorted(weights.items())),
            "split": split,
            "short_streams": short_streams,
            **({"view": view} if view else {}),  # orders without one stay what they were
        }
        if short_streams not in ("refuse", "wrap"):
            raise RecipeError(f'short_streams is {short_streams!r}: give "refuse" or "wrap"')
        self._open(folder, _whole if verify else _sized)
        if not verify:
            warnings.warn(f"{folder}: sizes alone were compared, no digest: verify = True compares them", stacklevel=2)

    def _open(self, folder: str, compare: Compare) -> None:
        given = self._parameters
        by, weights, seed = given["by"], given["weights"], given["seed"]
        if (weights is None) != (not by) or by not in ("", "source", "language"):
            raise RecipeError('a mixture needs both: by = "source" or "language", and weights')
        self.folder, self.seed = folder, seed
        files = _files(folder, given["split"], given.get("view", ""))
        compare(folder, files)
        batches = [batch for file in files for batch in read_batches(storage.join(folder, file))]
        streams = _streams(batches, by, weights)
        wrap = given["short_streams"] == "wrap"
        self._cutters = [_cutter(stream, given["sequence_length"], wrap=wrap) for stream in streams]
        self.wrapped = {
            cutter.stream.name: cutter.stream.units
            for cutter in self._cutters
            if isinstance(cutter, Concatenated) and cutter.short
        }
        """Tokens of the streams that are shorter than a sample, by name ("" where there is one)."""
        shares = [1.0] if weights is None else [weights[stream.name] for stream in streams]
        self._mixture = Mixture([stream.name for stream in streams], shares, seed)
        self._permutation = lru_cache(_PERMUTATIONS)(self._permute)
        digests = {file: entry.sha256 for file, entry in files.items()}
        self.order = manifest.fingerprint({**given, "cut": _CUT, "files": digests})
        """Names everything that the order of samples depends on."""

    def __len__(self) -> int:
        """Samples in which every token is an input: the first epoch of all streams, if they have natural weights."""
        return sum(cutter.first(1) for cutter in self._cutters)

    def __getitem__(self, sample: int) -> dict[str, Any]:
        """`input_ids` and `labels` (int64[tokens]; IGNORED where there is nothing to foretell, and where the next
        token is of a prompt's inputs), `seq_lengths` (int64:
        tokens of each document in them, padding at the end as one more), `sample`, `stream` and `epoch`; of a view
        `prefix_lengths` too (int64: tokens of inputs at the head of each document)."""
        stream, epoch, number = self._place(sample)
        rows = cut(self._cutters[stream], number, sample)
        return {
            "input_ids": rows.input_ids[0],
            "labels": rows.labels[0],
            "seq_lengths": rows.lengths,
            "sample": sample,
            "stream": self._cutters[stream].stream.name,
            "epoch": epoch,
            **({} if rows.prefixes is None else {"prefix_lengths": rows.prefixes}),
        }

    @property
    def tokens(self) -> int:
        """In a sample."""
        return self._cutters[0].tokens

    def rows(self, samples: Sequence[int]) -> Rows:
        """Several samples as they lie in the shards: what a worker hands over."""
        found = []
        for sample in samples:
            stream, _, number = self._place(sample)
            found.append(cut(self._cutters[stream], number, sample))
        return together(found)

    def _place(self, sample: int) -> tuple[int, int, int]:
        """Stream, epoch and number in the stream of a sample of the run."""
        if sample < 0:
            raise IndexError(sample)
        stream, number = self._mixture.place(sample)
        cutter = self._cutters[stream]
        epoch = cutter.epoch(number)
        first = cutter.first(epoch)
        return stream, epoch, first + self._permutation(stream, epoch)[number - first]

    def _permute(self, stream: int, epoch: int) -> Permutation:
        cutter = self._cutters[stream]
        return Permutation(cutter.first(epoch + 1) - cutter.first(epoch), self.seed, cutter.stream.name, epoch)

    def __reduce__(self) -> tuple[Any, ...]:
        """For workers that are spawned: they map the files themselves, which are compared already."""
        return _again, (self.folder, self._parameters)


def _again(folder: str, parameters: dict[str, Any]) -> TokenDataset:
    made = TokenDataset.__new__(TokenDataset)
    made._parameters = parameters
    made._open(folder, _sized)
    return made


def _files(folder: str, split: str, view: str) -> dict[str, FileEntry]:
    """The Arrow shards of a split, or of a view of it, in order. A file without a split is for training."""
    written = manifest.load(folder)
    if written is None:
        raise RecipeError(f"{folder} is no finished release: give the folder of stage shard, below the root of a run")
    viewed = views.FILE in {entry.name for entry in written.tables.get("about", ())}
    if viewed != bool(view):
        told = "holds views: say with view which one" if viewed else "holds no views: give the folder of stage views"
        raise RecipeError(f"{folder} {told}")
    entries = {f"{table}/{entry.name}": entry for table, found in written.tables.items() for entry in found}
    splits = _view(folder, view) if view else {file: rows.split for file, rows in about.read(folder).arrow.items()}
    names = [file for file, its in splits.items() if its == split]
    if not names:
        known = sorted(set(splits.values()))
        raise RecipeError(f"{folder} has no Arrow shards of split {split!r}; there are: {', '.join(known) or 'none'}")
    strange = [name for name in names if name not in entries]
    if strange:
        raise DataError(f"{folder}: {strange[0]} is not in the manifest: copy the whole folder again")
    return {name: entries[name] for name in names}


def _view(folder: str, name: str) -> Mapping[str, str]:
    """The split of each file of a view."""
    known = views.read(folder)
    if name not in known:
        raise RecipeError(f"{folder} has no view {name!r}; there are: {', '.join(known)}")
    return {file: rows.split for file, rows in known[name].arrow.items()}


def _sized(folder: str, files: Mapping[str, FileEntry]) -> None:
    for file, entry in files.items():
        address = storage.join(folder, file)
        if not storage.is_local(address):
            raise RecipeError(f"{folder} is not on a local disk: copy it to one, the loader maps its files into memory")
        filesystem, path = storage.resolve(address)
        if filesystem.get_file_info(path).size != entry.bytes:
            raise DataError(f"{address} is missing or has another size than its manifest says: copy it again")


def _whole(folder: str, files: Mapping[str, FileEntry]) -> None:
    _sized(folder, files)
    verify({storage.resolve(storage.join(folder, file))[1]: entry.sha256 for file, entry in files.items()})


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


def _cutter(stream: Stream, sequence_length: int | None, *, wrap: bool) -> Concatenated | Packed:
    packed = is_packed(stream.batches[0])
    if packed and sequence_length is not None:
        raise RecipeError("these rows are packed sequences: leave out sequence_length, theirs is fixed")
    if packed:
        return Packed(stream=stream)
    if sequence_length is None or sequence_length < 1:
        raise RecipeError("these rows are documents: say with sequence_length how many tokens a sample has")
    return Concatenated(stream=stream, sequence_length=sequence_length, wrap=wrap)
