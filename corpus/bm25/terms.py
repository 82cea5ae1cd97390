"""Passages of texts, and their words as the index has them: 64-bit hashes of folded words (NFKC, case folded)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from filters.kernels import passages as kernels
from filters.kernels.buffers import buffers
from filters.kernels.folding import Words, fold_words
from filters.kernels.text import index_text

WORDS, OVERLAP = 128, 16  # of a passage, and of these those of the one before: ROOTS' search served these


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Passages of texts, in order."""

    counts: np.ndarray  # int64[texts + 1]: passages before each text
    bounds: np.ndarray  # int32[passages, 2]: bytes of the text, half-open
    words: Words  # of each passage


def cut(texts: pa.StringArray) -> Cut:
    """Of texts in the one form that those of a corpus have."""
    data, offsets = buffers(texts)
    counts, bounds = kernels.passages(data, offsets, WORDS, OVERLAP)
    return Cut(counts=counts, bounds=bounds, words=_words(*kernels.copied(data, offsets, counts, bounds)))


def hashes(texts: pa.StringArray) -> Words:
    """Words of whole texts."""
    return _words(*buffers(texts))


def _words(data: np.ndarray, offsets: np.ndarray) -> Words:
    return fold_words(data, offsets, index_text(data, offsets))
