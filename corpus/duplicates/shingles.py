"""Shingle sets of documents, made where their text lies; an index of an earlier release has them made."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.earlier import Earlier
from corpus.store.table import Table
from filters.arrow import Array, array, large_lists
from filters.batch import Batch
from filters.code import without_comments
from filters.kernels.minhash import shingle_sets

_CHUNK = 1 << 10  # shingle sets handed on at a time: 4 MB at 500 shingles


@dataclass(frozen=True, kw_only=True)
class MakeShingles:
    """Reads only the row groups that hold a document that is asked for."""

    documents: Table
    earlier: Earlier
    ngram: int
    code: bool = False  # shingles of code without its comments

    def __call__(self, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        """Batches of key (int64) and shingles (list<int64>: distinct hashes, ascending) for ascending keys."""
        parts = keys >> 32
        for part in np.unique(parts).tolist():
            own = keys[parts == part]
            made = part - self.documents.parts
            yield from self._part(part, own) if made < 0 else self._made(made, own)

    def _made(self, part: int, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        index, place = self.earlier.locate(part)
        done = 0
        for sets in index.take(place, (keys & 0xFFFFFFFF).tolist(), ["shingles"]):
            yield from _pieces(keys[done : done + sets.num_rows], sets.column(0))
            done += sets.num_rows

    def _part(self, part: int, keys: np.ndarray) -> Iterator[pa.RecordBatch]:
        done = 0
        columns = ["text", "language"] if self.code else ["text"]
        for documents in self.documents.take(part, (keys & 0xFFFFFFFF).tolist(), columns):
            index = Batch(documents=self._compared(documents)).folded
            every = np.arange(documents.num_rows)
            offsets, values = shingle_sets(index.word_hash, index.word_offsets, every, self.ngram)
            sets = large_lists(offsets.astype(np.int64), array(values.view(np.int64)))
            here = keys[done : done + documents.num_rows]
            done += documents.num_rows
            yield from _pieces(here, sets)

    def _compared(self, documents: pa.RecordBatch) -> pa.RecordBatch:
        if not self.code:
            return documents
        return pa.RecordBatch.from_arrays([without_comments(documents)], names=["text"])


def _pieces(keys: np.ndarray, sets: Array) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(keys), _CHUNK):
        piece = sets.slice(first, _CHUNK).cast(pa.list_(pa.int64()))
        yield pa.RecordBatch.from_arrays([pa.array(keys[first : first + _CHUNK]), piece], names=["key", "shingles"])
