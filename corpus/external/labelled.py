"""The columns and thresholds of a [[signals]] table in the shape of a filter: whatever goes by filters goes by them.

Its class is made from names and types of columns; the same ones give the same class, in this process and in workers.
"""

from collections.abc import Mapping
from dataclasses import make_dataclass
from functools import cache
from typing import Annotated, Any, cast

import pyarrow as pa
from annotated_types import Interval

from corpus.external.recipe_table import LABELLED, External, Type
from filters import Filter
from filters.rules import Rule
from filters.strict import STRICT

TYPES: Mapping[Type, pa.DataType] = {
    "string": pa.string(),
    "float": pa.float64(),
    "int": pa.int64(),
    "bool": pa.bool_(),
}
Columns = tuple[tuple[str, Type], ...]
_Number = float | None


def kind_of(table: External) -> type[Filter]:
    """The class of a table."""
    return kind(tuple(table.columns.items()))


@cache
def kind(columns: Columns) -> type[Filter]:
    """A frozen dataclass of thresholds, with `signals` and `rules` as a filter has them; it measures nothing."""
    schema = pa.schema(
        [
            pa.field(LABELLED, pa.bool_(), nullable=False),
            *(pa.field(name, TYPES[one], nullable=False) for name, one in columns),
        ]
    )
    fields: list[tuple[str, Any, Any]] = [(f"min_{LABELLED}", Annotated[int, Interval(ge=0, le=1)] | None, None)]
    rules = [Rule(reason="unlabelled", signal=LABELLED, threshold=f"min_{LABELLED}")]
    for name, one in columns:
        if one == "string":
            fields.append((f"keep_{name}", tuple[str, ...], ()))
            rules.append(Rule(reason=f"other_{name}", signal=name, threshold=f"keep_{name}"))
        else:
            fields += [(f"min_{name}", _Number, None), (f"max_{name}", _Number, None)]
            rules.append(Rule(reason=f"low_{name}", signal=name, threshold=f"min_{name}"))
            rules.append(Rule(reason=f"high_{name}", signal=name, threshold=f"max_{name}"))
    made = make_dataclass(
        "Filter",
        fields,
        namespace={
            "__doc__": "Thresholds of labels that another program made.",
            "__pydantic_config__": STRICT,
            "__reduce__": lambda self: (_again, (columns, vars(self))),
            "version": 1,
            "reads": (),
            "signals": schema,
            "rules": tuple(rules),
            "measure": _measure,
        },
        frozen=True,
        kw_only=True,
    )
    return cast("type[Filter]", made)


def _again(columns: Columns, thresholds: Mapping[str, object]) -> Filter:
    return kind(columns)(**thresholds)


def _measure(*_: object) -> pa.RecordBatch:
    raise TypeError("labels are joined, not measured: this is a defect, please report it")
