"""What stands in the row of a withdrawn document: nothing that was made of its text, and no null where none may be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpus.losses.filtered import ON_REQUEST
from corpus.stages.decide import LANGUAGE
from filters.arrow import Array, strings
from filters.people.lists import AXES, NOT_MEASURED

# By table: what stays of a row, since documents are counted by it, and what stands for a measurement that has no zero.
_KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "ingest.documents": ("source",),
    "decide.verdicts": ("source", "language"),
    f"{LANGUAGE.stage}.{LANGUAGE.table}": ("label",),
}
_VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "decide.verdicts": {"reasons": [dict(ON_REQUEST)]},
    "dedup.clusters": {"outcome": "filtered"},
    f"{LANGUAGE.stage}.{LANGUAGE.table}": {"detected": "und_Zzzz", "second": "und_Zzzz"},
    "signals.mentions.signals": dict.fromkeys(AXES, NOT_MEASURED),
    "signals.perplexity.signals": {"bucket": "unmodelled"},
    "signals.rights.signals": {"train_ai": "unknown"},
}


def blanked(name: str, batch: pa.RecordBatch, rows: np.ndarray, stand_ins: Mapping[str, str]) -> pa.RecordBatch:
    """A batch of an aligned table (`<stage>.<table>`) with some of its rows (ascending) emptied."""
    kept, values = _KEPT.get(name, ()), _VALUES.get(name, {})
    order = np.arange(batch.num_rows)
    order[rows] = batch.num_rows + np.arange(len(rows))
    columns: list[Array] = []
    for field in batch.schema:
        column = batch.column(field.name)
        if field.name in kept:
            columns.append(column)
            continue
        if field.name == "id":
            own = [stand_ins[one] for one in strings(column.take(pa.array(rows)))]
        else:
            own = [values.get(field.name, None if field.nullable else _empty(field.type))] * len(rows)
        columns.append(pa.concat_arrays([column, pa.array(own, field.type)]).take(pa.array(order)))
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


_EMPTY: Final[Sequence[tuple[Callable[[pa.DataType], bool], Any]]] = (
    (pa.types.is_binary, b""),
    (pa.types.is_large_binary, b""),
    (pa.types.is_string, ""),
    (pa.types.is_large_string, ""),
    (pa.types.is_boolean, False),
    (pa.types.is_floating, 0.0),
    (pa.types.is_list, []),
    (pa.types.is_large_list, []),
)


def _empty(kind: pa.DataType) -> Any:
    if pa.types.is_fixed_size_binary(kind):
        return bytes(kind.byte_width)
    return next((value for is_kind, value in _EMPTY if is_kind(kind)), 0)
