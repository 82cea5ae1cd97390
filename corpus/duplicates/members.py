"""Documents as members of the buckets of their signatures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.duplicates.bands import buckets
from corpus.duplicates.contents import split
from corpus.duplicates.earlier import Earlier
from corpus.store.table import Table
from filters.arrow import Array, array, binaries, binary_length


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Documents that have a signature: their buckets (int64, documents x bands), and what orders them in a bucket."""

    buckets: np.ndarray
    words: np.ndarray  # int32
    high: np.ndarray  # int64: halves of the content key
    low: np.ndarray
    key: np.ndarray  # int64: part << 32 | row


@dataclass(frozen=True, kw_only=True)
class ReadSigned:
    """The documents of a part; parts behind the last are those of earlier releases."""

    signatures: Table
    contents: Table
    earlier: Earlier
    bands: int
    rows: int

    @property
    def parts(self) -> int:
        return self.contents.parts + self.earlier.parts

    def __call__(self, part: int) -> Iterator[Signed]:
        if part >= self.contents.parts:
            index, place = self.earlier.locate(part - self.contents.parts)
            contents = index.read(place, ["key", "words"])
            signed = index.batches(place, ["signature"])
        else:
            contents = self.contents.read(part)
            signed = self.signatures.batches(part, ["signature"])
        first = 0
        for batch in signed:
            rows = np.flatnonzero(np.asarray(binary_length(batch.column("signature"))) > 0)
            if len(rows):
                yield self._signed(part, batch.column("signature"), contents.slice(first, batch.num_rows), rows, first)
            first += batch.num_rows

    def _signed(self, part: int, signatures: Array, contents: pa.Table, rows: np.ndarray, first: int) -> Signed:
        taken = array(rows)
        here = contents.take(taken)
        high, low = split(here.column("key").combine_chunks())
        values = np.frombuffer(b"".join(binaries(signatures.take(taken))), np.uint32).reshape(len(rows), -1)
        return Signed(
            buckets=buckets(values, self.bands, self.rows),
            words=here.column("words").to_numpy(),
            high=high,
            low=low,
            key=(np.int64(part) << np.int64(32)) | (rows + first).astype(np.int64),
        )
