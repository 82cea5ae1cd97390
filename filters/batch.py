"""One record batch on its way through the filters, and the passes over its text that filters share.

A filter sees one batch and nothing else. What several filters need (where words and lines are, how many characters of
each class there are) is computed once per batch, when first asked for, by the kernels of `filters.kernels`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from filters.arrow import string_array
from filters.kernels.buffers import buffers
from filters.kernels.folding import Words, fold_words
from filters.kernels.lines import LineIndex, index_lines
from filters.kernels.text import TextIndex, index_text


@dataclass(frozen=True)
class Batch:
    """Documents (columns of `corpus.schema.DOCUMENTS`) and the signals of filters that came before, by filter name."""

    documents: pa.RecordBatch
    signals: Mapping[str, pa.RecordBatch] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return int(self.documents.num_rows)

    @property
    def text(self) -> pa.StringArray:
        return string_array(self.documents.column("text"))

    @property
    def buffers(self) -> tuple[np.ndarray, np.ndarray]:
        """UTF-8 bytes (uint8) and offsets (int32, rows + 1) of the text column, without a copy."""
        return buffers(self.text)

    @cached_property
    def index(self) -> TextIndex:
        """Words, lines and character classes of every text."""
        return index_text(*self.buffers)

    @cached_property
    def folded(self) -> Words:
        """Words of every text in NFKC and case-folded (`filters.normal`): what duplicates are told by."""
        return fold_words(*self.buffers, self.index)

    @cached_property
    def lines(self) -> LineIndex:
        """How the lines of every text begin, end and read."""
        return index_lines(*self.buffers)
