"""What samples are cut from: the documents of one source or language end to end, or rows that are packed already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.shards.read import is_packed, lengths_of, tokens_of
from filters.arrow import any_list, equal, strings

_MASK, _INPUTS = "loss_mask", "inputs"  # of corpus.views.rows
_TARGETS_AT = "targets_at"  # of corpus.shards.tokens, whose kernels a trainer has no compiler for


class Sample(NamedTuple):
    """Tokens; int64 lengths of the documents in them, in order; bool of each token: of inputs, not learned."""

    tokens: np.ndarray
    lengths: np.ndarray
    inputs: np.ndarray | None  # None where no source is prompted, and in no view
    prefixes: np.ndarray | None = None  # int64, of a view: tokens of inputs in each document


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Rows of the record batches whose column `by` is `name`; all rows where `by` is "".

    `batches` and `ends` name the batches that hold any, and how many units of the stream end with each: tokens of
    documents, or rows that are packed. A batch, a thousand documents, takes 3 KB of Arrow's own objects, and what lies
    within it is read from its offsets when a sample is: no list of documents or samples is held.
    """

    name: str
    by: str
    batches: Sequence[pa.RecordBatch]
    ends: np.ndarray

    @property
    def units(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    @property
    def prompted(self) -> bool:
        return _TARGETS_AT in self.batches[0].schema.names

    def rows(self, batch: pa.RecordBatch) -> np.ndarray:
        if not self.by:
            return np.arange(batch.num_rows)
        return np.flatnonzero(equal(batch.column(self.by), self.name))

    def seek(self, unit: int) -> tuple[int, int]:
        """The batch that holds a unit, and where in what is the stream's own of it: a binary search."""
        place = int(np.searchsorted(self.ends, unit, side="right"))
        return place, unit - (int(self.ends[place - 1]) if place else 0)


def streams_of(batches: Sequence[pa.RecordBatch], by: str) -> dict[str, Stream]:
    """A stream for each name in the column `by`, sorted; one of all rows, named "", where `by` is ""."""
    units: dict[str, list[tuple[int, int]]] = {}
    for number, batch in enumerate(batches):
        for name, count in _units(batch, by).items():
            units.setdefault(name, []).append((number, count))
    return {
        name: Stream(
            name=name,
            by=by,
            batches=[batches[number] for number, _ in held],
            ends=np.cumsum(np.array([count for _, count in held], np.int64)),
        )
        for name, held in sorted(units.items())
    }


def _units(batch: pa.RecordBatch, by: str) -> dict[str, int]:
    """Units by name of a batch."""
    counts = np.ones(batch.num_rows, np.int64) if is_packed(batch) else np.diff(tokens_of(batch)[1])
    if not by:
        return {"": int(counts.sum())}
    encoded = batch.column(by).dictionary_encode()
    sums = np.bincount(encoded.indices.to_numpy(), counts)  # as float64: exact, a batch has far fewer than 2^53 tokens
    return dict(zip(strings(encoded.dictionary), sums.astype(np.int64).tolist(), strict=True))


@dataclass(frozen=True, kw_only=True)
class Concatenated:
    """Samples of `sequence_length` + 1 tokens of documents end to end; the last token begins the next sample.

    The stream is read again and again without a gap: sample k begins at token k x `sequence_length` of the endless
    repetition of its documents, whatever the epoch. So each token is an input once an epoch, the cut falls elsewhere in
    each, and nothing is left over at the end.
    """

    stream: Stream
    sequence_length: int
    wrap: bool  # whether a stream shorter than a sample may be read more than once in one

    def __post_init__(self) -> None:
        units, name = self.stream.units, self.stream.name or "the release"
        if not units or (self.short and not self.wrap):
            raise RecipeError(
                f"{name} has {units} tokens, fewer than one sample of {self.sequence_length} + 1: give it no weight, "
                "or a smaller sequence_length"
                + (', or repeat it within samples with short_streams = "wrap"' if units else "")
            )

    @property
    def tokens(self) -> int:
        return self.sequence_length

    @property
    def short(self) -> bool:
        return self.stream.units <= self.sequence_length

    def epoch(self, number: int) -> int:
        """In which reading of the stream a sample begins."""
        return number * self.sequence_length // self.stream.units

    def first(self, epoch: int) -> int:
        """The first sample of an epoch; epochs differ by one in how many they have."""
        return -(-epoch * self.stream.units // self.sequence_length)

    def sample(self, number: int) -> Sample:
        """Lengths are those of the first `sequence_length` tokens, which are the input."""
        wanted = self.sequence_length + 1
        first = number * self.sequence_length % self.stream.units
        pieces, inputs = zip(*self._pieces(first, wanted), strict=True)
        lengths = np.array([len(piece) for piece in pieces])
        lengths[-1] -= 1
        return Sample(
            np.concatenate(pieces), lengths[lengths > 0], np.concatenate(inputs) if self.stream.prompted else None
        )

    def _pieces(self, first: int, wanted: int) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        place, skipped = self.stream.seek(first)
        prompted = self.stream.prompted
        while wanted:
            batch = self.stream.batches[place]
            values, offsets = tokens_of(batch)
            rows = self.stream.rows(batch)
            ends = np.cumsum(offsets[rows + 1] - offsets[rows])
            row = int(np.searchsorted(ends, skipped, side="right"))
            skipped -= int(ends[row - 1]) if row else 0
            for one in rows[row:]:
                piece = values[offsets[one] + skipped : min(offsets[one + 1], offsets[one] + skipped + wanted)]
                yield piece, _inputs(batch, int(one), [skipped], [len(piece)]) if prompted else None
                wanted -= len(piece)
                skipped = 0
                if not wanted:
                    return
            place = (place + 1) % len(self.stream.batches)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Samples are the packed rows as they are."""

    stream: Stream

    @property
    def tokens(self) -> int:
        batch = next(batch for batch in self.stream.batches if batch.num_rows)
        _, offsets = tokens_of(batch)
        return int(offsets[1] - offsets[0])

    def epoch(self, number: int) -> int:
        return number // self.stream.units

    def first(self, epoch: int) -> int:
        return epoch * self.stream.units

    def sample(self, number: int) -> Sample:
        """Lengths leave out the padding."""
        place, within = self.stream.seek(number % self.stream.units)
        batch = self.stream.batches[place]
        row = int(self.stream.rows(batch)[within])
        (values, offsets), (lengths, bounds) = tokens_of(batch), lengths_of(batch)
        tokens, lengths = values[offsets[row] : offsets[row + 1]], lengths[bounds[row] : bounds[row + 1]]
        if _MASK in batch.schema.names:
            learned, prefixes = (any_list(batch.column(name).slice(row, 1)).flatten() for name in (_MASK, _INPUTS))
            inputs = ~np.asarray(learned, bool)
            return Sample(tokens, lengths, inputs, np.asarray(prefixes, np.int64))
        if not self.stream.prompted:
            return Sample(tokens, lengths, None)
        inputs = np.zeros(len(tokens), bool)
        inputs[: lengths.sum()] = _inputs(batch, row, batch.column("offsets")[row].as_py(), lengths.tolist())
        return Sample(tokens, lengths, inputs)


def _inputs(batch: pa.RecordBatch, row: int, starts: Sequence[int], lengths: Sequence[int]) -> np.ndarray:
    """For each token of pieces of the documents of a row, from token `starts` of the document on."""
    inputs = np.zeros(sum(lengths), bool)
    at = batch.column(_TARGETS_AT)[row].as_py()
    first = 0
    for targets, start, length in zip(at if isinstance(at, list) else [at], starts, lengths, strict=True):
        inputs[first : first + min(max((targets or 0) - start, 0), length)] = True
        first += length
    return inputs
