"""Cuts of texts that stay: what the stages `lines` and `passages` wrote, taken out of the text before [[clean]]."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.arrow import array, buffer, either, same, with_others
from filters.kernels.buffers import buffers
from filters.kernels.cut_spans import cut_spans


def apply(
    texts: pa.StringArray, rows: np.ndarray, tables: Sequence[pa.Table | pa.RecordBatch]
) -> tuple[pa.StringArray, np.ndarray]:
    """Texts without their cuts, and whether each changed (bool).

    `rows` (int, ascending) are the rows of the texts in their part of documents; `tables` have the columns `row`,
    `start`, `end` of CUTS for that part, rows of other texts included. Spans of several tables may overlap: their
    union is cut. A text of which nothing but white space would be left stays whole: each stage has its own policy for
    such documents, and only cuts of several stages together come to this.
    """
    row, start, end = spans(tables)
    order = np.lexsort((end, start, row))
    row, start, end = row[order], start[order], end[order]
    first, last = np.searchsorted(row, rows, "left"), np.searchsorted(row, rows, "right")
    touched = np.flatnonzero(last > first)
    changed = np.zeros(len(texts), bool)
    if not len(touched):
        return texts, changed
    mine = np.concatenate([np.arange(first[i], last[i]) for i in touched])
    firsts = np.concatenate([[0], np.cumsum(last[touched] - first[touched])])
    before = texts.take(array(touched))
    kept, ends = cut_spans(*buffers(before), firsts, start[mine], end[mine])
    after = pa.StringArray.from_buffers(len(before), buffer(ends), buffer(kept))
    after = either(same(pc.utf8_length(pc.utf8_trim_whitespace(after)), 0), before, after)
    changed[touched] = np.asarray(pc.not_equal(after, before), bool)
    return with_others(texts, array(changed), after.filter(array(changed[touched]))), changed


def spans(tables: Sequence[pa.Table | pa.RecordBatch]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, start and end (int64) of the cuts of several tables, one after another."""
    columns = [
        np.concatenate([np.empty(0, np.int64), *(table.column(name).to_numpy() for table in tables)])
        for name in ("row", "start", "end")
    ]
    return columns[0], columns[1], columns[2]
