"""Labels and documents joined in one process, for as many as its memory holds.

`jobs.frames.external` does the same through Spark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.contents import join
from corpus.duplicates.groups import begins
from corpus.errors import RecipeError
from corpus.external.recipe_table import External
from filters.arrow import array


@dataclass(frozen=True, kw_only=True)
class Joined:
    """`rows`: of each document with a label part, row (int64) and its columns, in no order; and what was counted."""

    rows: pa.Table
    counts: Mapping[str, int]


def joined(labels: pa.Table, documents: pa.Table, table: External) -> Joined:
    """`labels`: high, low, file, at, whole (none of its values is null) and columns; `documents`: high, low, part, row;
    both in any order. Raises RecipeError for duplicates that the table refuses, and for nulls."""
    whole = labels.filter(labels.column("whole"))
    nulls = labels.num_rows - whole.num_rows
    if nulls and table.nulls == "refuse":
        first = labels.filter(pc.invert(labels.column("whole"))).sort_by([("file", "ascending"), ("at", "ascending")])
        raise RecipeError(null_line(table, nulls, *(first.column(name)[0].as_py() for name in ("file", "at"))))
    one = _distinct(whole, table)
    keys = join(*(one.column(name).to_numpy() for name in ("high", "low")))
    wanted = join(*(documents.column(name).to_numpy() for name in ("high", "low")))
    place = pc.index_in(wanted, keys)
    rows = np.flatnonzero(np.asarray(pc.is_valid(place), bool))
    places = place.take(array(rows)).to_numpy().astype(np.int64)
    columns = {name: documents.column(name).cast(pa.int64()).take(array(rows)) for name in ("part", "row")}
    columns |= {name: one.column(name).take(array(places)) for name in table.held}
    used = len(np.unique(places))
    return Joined(rows=pa.table(columns), counts=counted(labels.num_rows, nulls, one.num_rows, used))


def counted(labels: int, nulls: int, keys: int, used: int) -> Mapping[str, int]:
    """What of labels is counted: all, those passed over for a null, those that another of the same key stands for,
    keys, and keys with and without a document."""
    return {
        "labels": labels,
        "label_nulls": nulls,
        "label_duplicates": labels - nulls - keys,
        "label_keys": keys,
        "label_keys_used": used,
        "label_keys_unused": keys - used,
    }


def _distinct(labels: pa.Table, table: External) -> pa.Table:
    """One label a key, by the table's rule."""
    if not labels.num_rows:
        return labels
    high, low, file, at = (labels.column(name).to_numpy() for name in ("high", "low", "file", "at"))
    order = np.lexsort((at, file, low, high))
    starts = begins([high[order], low[order]])
    if table.duplicates in ("refuse", "same") and len(starts) < len(order):
        number = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
        again = np.setdiff1d(np.arange(len(order)), starts)
        if table.duplicates == "same":
            again = again[_differ(labels, table.held, order[again], order[starts[number[again]]])]
        if len(again):
            first = int(again[np.lexsort((at[order[again]], file[order[again]]))[0]])
            other = int(order[starts[number[first]]])
            own = int(order[first])
            places = (int(file[other]), int(at[other]), int(file[own]), int(at[own]))
            raise RecipeError(duplicate_line(table, len(again), *places))
    chosen = starts if table.duplicates != "last" else np.append(starts[1:], len(order)) - 1
    return labels.take(array(order[chosen]))


def _differ(labels: pa.Table, columns: Sequence[str], one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """bool: which of the rows say something else in a column."""
    found = np.zeros(len(one), bool)
    for name in columns:
        values = labels.column(name).combine_chunks()
        found |= np.asarray(pc.not_equal(values.take(array(one)), values.take(array(other))), bool)
    return found


def null_line(table: External, nulls: int, file: int, at: int) -> str:
    """What is said of labels with nulls that are refused."""
    return (
        f"[[signals]] {table.name}: {nulls:,} labels have a null, or a number that is not finite, the first in file "
        f"{file + 1}, row {at + 1:,}: mend them, or say nulls = 'unlabelled', which passes them over"
    )


def duplicate_line(table: External, count: int, file: int, at: int, other_file: int, other_at: int) -> str:
    """What is said of labels of one key that are refused."""
    way = "say something else than another of the same key" if table.duplicates == "same" else "have the key of another"
    return (
        f"[[signals]] {table.name}: {count:,} labels {way}, as file {file + 1}, row {at + 1:,} and file "
        f"{other_file + 1}, row {other_at + 1:,}: mend them, or say duplicates = 'first' or 'last'"
    )
