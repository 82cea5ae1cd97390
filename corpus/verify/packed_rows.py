"""Packed rows: what is in each, and whether the pieces of a document add up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.shards.about import Packed
from corpus.shards.read import lengths_of, tokens_of
from corpus.verify.scan import Ids
from filters.arrow import any_list

_LISTS = ("ids", "sources", "languages", "parts", "rows", "copies", "offsets")
_KEY = ("part", "row", "copy", "offset")


@dataclass
class Pieces:
    """Collects the pieces of a shard, batch by batch; a piece takes 34 bytes until the shard is read."""

    packed: Packed
    ids: Ids
    rows: int = 0
    _batches: list[np.ndarray] = field(default_factory=list)  # tokens, where they lie
    _pieces: list[dict[str, np.ndarray]] = field(default_factory=list)

    def batch(self, batch: pa.RecordBatch) -> pa.Table:
        """Take a batch; its pieces with columns `id`, `part`, `row`. Raises DataError for rows of another shape."""
        values, bounds = tokens_of(batch)
        lengths, pieces = lengths_of(batch)
        lengths, pieces = lengths[pieces[0] : pieces[-1]], pieces - pieces[0]
        values, bounds = values[bounds[0] : bounds[-1]], bounds - bounds[0]
        self._shape(batch, np.diff(bounds), lengths, pieces)
        filled = np.add.reduceat(lengths, pieces[:-1]) if len(lengths) else np.zeros(0, np.int64)
        real = np.arange(self.packed.sequence_length) < filled[:, None]
        if np.any(values[~real.ravel()] != self.packed.padding):
            raise DataError("a row is not filled up with padding")
        begins = np.cumsum(lengths) - lengths  # among the tokens that are not padding
        tokens = values[real.ravel()]
        last = begins + lengths - 1
        ended = tokens[last] == self.ids.end
        self.ids.block(tokens, last[ended])
        columns = {name: batch.column(f"{name}s" if name != "copy" else "copies") for name in ("id", *_KEY)}
        flat = {name: any_list(column).flatten() for name, column in columns.items()}
        self._pieces.append(
            {
                **{name: flat[name].to_numpy() for name in _KEY},
                "length": lengths,
                "ended": ended,
                "batch": np.full(len(lengths), len(self._batches), np.int32),
                "at": np.flatnonzero(real.ravel())[begins],
            }
        )
        self._batches.append(values)
        self.rows += batch.num_rows
        return pa.table({name: flat[name] for name in ("id", "part", "row")})

    def _shape(self, batch: pa.RecordBatch, sizes: np.ndarray, lengths: np.ndarray, pieces: np.ndarray) -> None:
        size = self.packed.sequence_length
        if np.any(sizes != size):
            raise DataError(f"a row has another number of tokens than {size}")
        for name in _LISTS:
            if not np.array_equal(any_list(batch.column(name)).value_lengths().to_numpy(), np.diff(pieces)):
                raise DataError(f"a list in column {name} is not as long as that of seq_lengths")
        if np.any(np.diff(pieces) == 0) or np.any(lengths < 1):
            raise DataError("a row or a piece holds no tokens")
        if np.any(np.add.reduceat(lengths, pieces[:-1]) > size):
            raise DataError("the lengths of a row are more than its tokens")

    def whole(self) -> "Documents":
        """The documents of all rows. Raises DataError if the pieces of one do not add up to it."""
        if not self._pieces:
            empty = pa.table({name: pa.array([], pa.int32()) for name in _KEY[:3]})
            return Documents(table=empty, firsts=np.zeros(1, np.int64), columns={}, batches=())
        columns = {name: np.concatenate([found[name] for found in self._pieces]) for name in self._pieces[0]}
        order = np.lexsort([columns[name] for name in reversed(_KEY)])
        columns = {name: column[order] for name, column in columns.items()}
        same = np.zeros(len(order) + 1, bool)  # a piece of the document of the one before
        same[1:-1] = np.logical_and.reduce([np.diff(columns[name]) == 0 for name in _KEY[:3]])
        wanted = np.where(same[:-1], np.roll(columns["offset"].astype(np.int64) + columns["length"], 1), 0)
        wrong = (columns["offset"] != wanted) | (columns["ended"] == same[1:])
        if np.any(wrong):
            part, row, copy = (columns[name][np.argmax(wrong)] for name in _KEY[:3])
            raise DataError(f"the pieces of part {part}, row {row}, copy {copy} do not add up to a document")
        firsts = np.flatnonzero(~same[:-1])
        table = pa.table({name: columns[name][firsts] for name in _KEY[:3]})
        firsts = np.append(firsts, len(order))
        return Documents(table=table, firsts=firsts, columns=columns, batches=self._batches)


@dataclass(frozen=True, kw_only=True)
class Documents:
    """`table`: part, row and copy of each document of a shard, ascending."""

    table: pa.Table
    firsts: np.ndarray  # int64[documents + 1] into the pieces
    columns: Mapping[str, np.ndarray]  # of pieces
    batches: Sequence[np.ndarray]  # tokens

    def tokens(self, document: int) -> np.ndarray:
        """Of a document, its end included."""
        own = slice(self.firsts[document], self.firsts[document + 1])
        found = zip(*(self.columns[name][own].tolist() for name in ("batch", "at", "length")), strict=True)
        return np.concatenate([self.batches[batch][at : at + length] for batch, at, length in found])
