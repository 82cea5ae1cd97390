"""Words of folded texts: those of the index, and of texts that folding changes those of the folding."""

from typing import NamedTuple

import numpy as np

from filters import normal
from filters.kernels import fold
from filters.kernels.text import TextIndex, index_text


class Words(NamedTuple):
    """Hashes of words over the documents of a batch, as in TextIndex."""

    word_offsets: np.ndarray  # int64[rows + 1] into word_hash
    word_hash: np.ndarray  # uint64[words]

    @property
    def words(self) -> np.ndarray:
        """int32[rows]"""
        return np.diff(self.word_offsets).astype(np.int32)


def fold_words(data: np.ndarray, offsets: np.ndarray, index: TextIndex) -> Words:
    """Words of the foldings of valid UTF-8 `data` (uint8) in NFC, cut into documents by `offsets` (int32[rows + 1])."""
    t = normal.tables()
    rows = np.flatnonzero(fold.changed(data, offsets, t.flag_blocks, t.flags))
    if not len(rows):
        return Words(word_offsets=index.word_offsets, word_hash=index.word_hash)
    out, ends = fold.fold(data, offsets, rows, *t)
    other = index_text(out, ends)
    hashes, word_offsets = fold.splice(index.word_hash, index.word_offsets, rows, other.word_hash, other.word_offsets)
    return Words(word_offsets=word_offsets, word_hash=hashes)
