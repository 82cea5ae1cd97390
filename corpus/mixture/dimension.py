"""What a mixture is by: a column of signals, its quantiles within a language, the source, the language, copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from corpus.duplicates.rank import AWARE

SOURCE: Final = "source"
LANGUAGE: Final = "language"
DUPLICATES: Final = "duplicates"
OWN: Final = (SOURCE, LANGUAGE, DUPLICATES)  # of every document, without a signal
UNKNOWN: Final = "-"  # stands for documents without a label, or of which a filter knows nothing
_MOST: Final = 1000  # quantiles


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """An entry of `by`. `signal` and `column` are "" for those of OWN; `quantiles` 0 for values as they stand."""

    name: str  # as the recipe has it
    signal: str = ""
    column: str = ""
    quantiles: int = 0
    aware: tuple[str, ...] = ()  # columns that say whether a value means something


def parse(text: str, schemas: Mapping[str, pa.Schema]) -> Dimension:
    """ "topic", "rating.score@20", "language". `schemas`: columns by filter or labels. Raises ValueError."""
    name, at, count = text.partition("@")
    if at and not (count.isdecimal() and 2 <= int(count) <= _MOST):
        raise ValueError(f"{text!r}: behind @ stands a number of quantiles from 2 to {_MOST}")
    if name in OWN:
        if at:
            raise ValueError(f"{text!r}: {name} has no quantiles: take @{count} out")
        return Dimension(name=text)
    signal, _, column = name.rpartition(".") if name not in schemas else (name, "", "")
    if signal not in schemas:
        known = ", ".join([*OWN, *sorted(schemas)])
        raise ValueError(f"{text!r} is nothing that documents have; known: {known}, and their columns as NAME.COLUMN")
    schema = schemas[signal]
    fit = [field.name for field in schema if field.name not in AWARE and _fits(field.type, quantiles=bool(at))]
    if not column and len(fit) == 1:
        column = fit[0]
    if column not in fit:
        kind = "numbers" if at else "strings, whole numbers and truths (of others say quantiles: @20)"
        listed = ", ".join(f"{signal}.{one}" for one in fit) or "none"
        raise ValueError(f"{text!r}: name one of the {kind} of {signal}: {listed}")
    aware = tuple(one for one in schema.names if one in AWARE)
    return Dimension(name=text, signal=signal, column=column, quantiles=int(count or 0), aware=aware)


def _fits(kind: pa.DataType, *, quantiles: bool) -> bool:
    number = pa.types.is_integer(kind)
    if quantiles:
        return bool(number or pa.types.is_floating(kind))
    return bool(number or pa.types.is_string(kind) or pa.types.is_boolean(kind))
