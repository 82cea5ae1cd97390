"""Which documents of a corpus are encoded a second time, to judge the first encoder.

They are chosen by a key of their ids that has nothing to do with the order, so they are the same whatever the parts,
and every shard has some.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards.order import order_keys
from corpus.store.table import one_batch
from corpus.vocabulary.sampling import chosen
from filters.arrow import array, string_array, strings

# Of all documents 256, and 1 in 512 where that is more, which costs a twenty-fifth of encoding. Of every source and
# language the one with the least key is among them: a fault of an encoder is one of a script or of a kind of text.
_FLOOR, _SHARE = 256, 1 / 512
_SEED = -1
_SPAN = 1 << 64


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Documents by their ids; picklable."""

    below: int  # of order keys: 0..2^64
    least: frozenset[str]  # the first of every source and language, by its id

    def rows(self, ids: pa.StringArray) -> np.ndarray:
        """Those of some documents (int64, ascending)."""
        by_key = chosen(order_keys(ids, _SEED), self.below)
        named = np.fromiter((one in self.least for one in strings(ids)), bool, len(ids))
        return np.flatnonzero(by_key | named)


def first_of_each(documents: pa.Table) -> pa.RecordBatch:
    """Of `source`, `language` and `id` the row with the least key of each source and language, in no order. The same of
    what it gave for parts of the documents as for all."""
    rows = one_batch(documents)
    ids = string_array(rows.column("id"))
    pairs = np.zeros(len(rows), np.int64)
    for name in ("source", "language"):
        codes = rows.column(name).dictionary_encode().indices.to_numpy().astype(np.int64)
        pairs = pairs * (int(codes.max(initial=0)) + 1) + codes
    ordered = np.lexsort((np.array(strings(ids), str), order_keys(ids, _SEED), pairs))
    first = np.diff(pairs[ordered], prepend=-1) != 0
    return rows.take(array(ordered[first]))


def of(documents: int, firsts: pa.Table) -> Chosen:
    """Of so many documents; `firsts`: at least the first of every source and language."""
    share = max(_SHARE, _FLOOR / max(documents, 1))
    named = strings(first_of_each(firsts).column("id"))
    return Chosen(below=min(int(share * _SPAN), _SPAN), least=frozenset(named))
