"""Groups of rows that arrive sorted, whole: whoever looks at one sees all of it.

What waits is the last group, so memory is a batch and the largest group: 52 bytes for each document that has one and
the same window of words, 52 MB for a million.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from corpus.duplicates.groups import begins


def whole_groups(
    batches: Iterator[pa.RecordBatch], by: Sequence[str]
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Columns (numbers) of rows sorted by the columns `by`, no group parted, and where groups begin (int64)."""
    waiting: list[pa.RecordBatch] = []  # of one group, which may go on
    for batch in batches:
        if not batch.num_rows:
            continue
        starts = begins([_column(batch, name) for name in by])
        if len(starts) == 1:
            if waiting and not _alike(waiting[-1], batch, by):
                yield _together(waiting, by)
                waiting = []
            waiting.append(batch)
        else:
            last = int(starts[-1])
            yield _together([*waiting, batch.slice(0, last)], by)
            waiting = [batch.slice(last)]
    if waiting:
        yield _together(waiting, by)


def _column(batch: pa.RecordBatch, name: str) -> np.ndarray:
    found: np.ndarray = batch.column(batch.schema.get_field_index(name)).to_numpy()
    return found


def _alike(one: pa.RecordBatch, other: pa.RecordBatch, by: Sequence[str]) -> bool:
    return all(_column(one, name)[-1] == _column(other, name)[0] for name in by)


def _together(batches: Sequence[pa.RecordBatch], by: Sequence[str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    names = batches[0].schema.names
    columns = {name: np.concatenate([_column(batch, name) for batch in batches]) for name in names}
    return columns, begins([columns[name] for name in by])
