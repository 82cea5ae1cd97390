"""Files that a recipe's filters name: which fields hold them, and that their places are no part of what is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True)
class FileName:
    """Marks a field, `model: Annotated[str, FileName("")]`, that names a file or folder, but for the values that name
    none. Its digest must be a field beside it, for the place counts for nothing."""

    names_none: tuple[str, ...] = ()


class File(str):
    """The absolute path of one. What it holds is told by its digest, so that two places of one file are the same."""

    __slots__ = ()

    def identity(self) -> str:
        """What of it determines bytes: that there is a file."""
        return "file"


def placed(table: T, place: Callable[[str], str]) -> T:
    """The table with `File`s, at the paths that `place` gives, in all marked fields, those of tables in it too."""
    if not is_dataclass(table) or isinstance(table, type):
        return table
    hints = get_type_hints(type(table), include_extras=True)
    changed = {}
    for field in fields(table):
        old = getattr(table, field.name)
        mark = next((one for one in get_args(hints[field.name])[1:] if isinstance(one, FileName)), None)
        new = _placed(old, mark, place)
        if new is not old:
            changed[field.name] = new
    return replace(table, **changed) if changed else table


def named(table: object) -> list[File]:
    """All that a table names, those of tables in it too."""
    if isinstance(table, File):
        return [table]
    if isinstance(table, Mapping):
        return [file for one in table.values() for file in named(one)]
    if isinstance(table, tuple):
        return [file for one in table for file in named(one)]
    if is_dataclass(table) and not isinstance(table, type):
        return [file for field in fields(table) for file in named(getattr(table, field.name))]
    return []


def _placed(value: Any, mark: FileName | None, place: Callable[[str], str]) -> Any:
    if mark is not None:
        return value if value in mark.names_none or isinstance(value, File) else File(place(value))
    if isinstance(value, Mapping) and any(is_dataclass(one) for one in value.values()):
        return {name: placed(one, place) for name, one in value.items()}
    if isinstance(value, tuple) and any(is_dataclass(one) for one in value):
        return tuple(placed(one, place) for one in value)
    return placed(value, place)
