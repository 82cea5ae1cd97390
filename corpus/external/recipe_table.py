"""A [[signals]] table of a recipe."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from annotated_types import Interval, MinLen

from filters.strict import STRICT

Type: TypeAlias = Literal["string", "float", "int", "bool"]
Value: TypeAlias = str | bool | int | float
Key: TypeAlias = Literal["id", "url", "surt", "host", "domain"]
LABELLED: Final = "labelled"  # the column that says whether a document has a label
NOTHING: Final[Mapping[Type, Value]] = {"string": "", "float": 0.0, "int": 0, "bool": False}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_INT64: Final = 1 << 63


@dataclass(frozen=True, kw_only=True)
class External:
    """A [[signals]] table: labels that another program made, joined to documents.

    Every column is a signal `<name>.<column>`, and has thresholds as a filter's signals have: `min_<column>` and
    `max_<column>` of numbers, `keep_<column>` of strings, and `min_labelled = 1`, which drops documents without a
    label; `by_script`, `by_language` and `by_source` stand over them. Moving a threshold joins nothing again.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: Annotated[str, MinLen(1)]
    """What it is called in names of signals and rules: a letter, then letters, digits and _; no filter's name."""
    path: Annotated[str, MinLen(1)]
    """A file, a folder or a pattern of Parquet, Arrow or JSONL (also compressed), from the recipe's own folder, or a
    URI."""
    columns: Mapping[str, Type]
    """Type of each column that is taken: "string", "float", "int" or "bool". Whole numbers are taken for a float."""
    key: Key = "id"
    """What labels are joined by: "id" of the document, its "url" letter by letter, its "surt" (the key of Common
    Crawl's index), its "host", or its registered "domain"."""
    key_field: str = ""
    """The field of the files that holds the key; unsaid it is called as `key` is. Fields within fields by dots."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The field of the files that holds a column, where it is not called so; fields within fields by dots."""
    duplicates: Literal["refuse", "same", "first", "last"] = "refuse"
    """Labels of one key: "refuse" stops the run, "same" takes those that say the same and stops for others, "first" and
    "last" go by the order of files by name, and of rows."""
    nulls: Literal["refuse", "unlabelled"] = "refuse"
    """A label whose key or a value is null or not finite: "refuse" stops the run, "unlabelled" passes the label over
    and counts it."""
    default: Mapping[str, Value] = field(default_factory=dict)
    """What documents without a label have, by column; unsaid it is "", 0 or false. Needed where a threshold would judge
    such documents."""
    coverage: Annotated[float, Interval(ge=0, le=1)] = 1.0
    """Least share of the documents that must have a label, else the run stops: none is left unlabelled in silence."""

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError('columns names none: say which are taken, as columns = { score = "float" }')
        for name in (self.name, *self.columns):
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} is to be in names of signals: a letter, then ASCII letters, digits and _"
                    + ("; `fields` says what a column is called in the files" if name != self.name else "")
                )
        if LABELLED in self.columns:
            raise ValueError(f"{LABELLED!r} is the column that says whether there is a label: call yours otherwise")
        for where in ("fields", "default"):
            stray = sorted(set(getattr(self, where)) - set(self.columns))
            if stray:
                raise ValueError(f"{where} names {stray[0]!r}, which is not among columns: {', '.join(self.columns)}")
        for name, value in self.default.items():
            if not fits(value, self.columns[name]):
                raise ValueError(f"default of {name!r} is {value!r}, and its type is {self.columns[name]}")
        # By name: a fingerprint has no order of keys, so neither may the table that it names.
        object.__setattr__(self, "columns", dict(sorted(self.columns.items())))

    @property
    def key_name(self) -> str:
        return self.key_field or self.key

    @property
    def held(self) -> tuple[str, ...]:
        """Columns as they are called among keys, whose own names no column may take."""
        return tuple(map(held, self.columns))

    def field_of(self, column: str) -> str:
        """What a column is called in the files."""
        return self.fields.get(column, column)

    def filling(self, column: str) -> Value:
        """What a document without a label has."""
        kind = self.columns[column]
        value = self.default.get(column, NOTHING[kind])
        return float(value) if kind == "float" else value


def held(column: str) -> str:
    """A column's name among keys."""
    return f"own_{column}"


def fits(value: object, kind: Type) -> bool:
    """Whether a value is of a type, and finite."""
    if kind == "float":
        return isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64
    return isinstance(value, str if kind == "string" else bool)
