"""Tables of a TOML file, read into frozen dataclasses: every key checked, every error one line."""

from collections.abc import Hashable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from corpus.errors import RecipeError
from corpus.planning import bounds
from corpus.store import addresses
from filters.meant import hint

T = TypeVar("T")
_TABLES = frozenset({"dict_type", "mapping_type", "dataclass_type", "dataclass_exact_type", "model_type"})
_LISTS = frozenset({"tuple_type", "list_type", "set_type", "frozen_set_type"})
REFERENCE = "docs/recipe.md"  # has every key


class Tables:
    """Checks tables one by one; knows the file's name for its messages."""

    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, message: str) -> RecipeError:
        return RecipeError(f"{self.path}: {bounds.short(message)}")

    def known_keys(self, raw: Mapping[str, Any], where: str, known: set[str]) -> None:
        unknown = sorted(set(raw) - known)
        if unknown:
            key = unknown[0]
            raise self.fail(
                f"unknown key {key!r} at {where}{hint(key, known)}; known: {', '.join(sorted(known))} ({REFERENCE})"
            )

    def scalar(self, raw: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
        value = raw.get(key, default)
        if type(value) is not kind:
            raise self.fail(f"{key} must be {kind.__name__}, not {_shown(value)}")
        return value

    def table(self, kind: type[T], raw: object, where: str) -> T:
        if not isinstance(raw, dict):
            raise self.fail(f"[{where}] must be a table" + ("" if _secret(kind) else f", not {_shown(raw)}"))
        known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
        self.known_keys(raw, f"[{where}]", known)
        try:
            found: T = _adapter(cast("Hashable", kind)).validate_json(orjson.dumps(raw), strict=True)
            return found
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"])
            message = _worded(first["type"], place, str(first["msg"]).removeprefix("Value error, "))
            if first["type"] == "missing":
                raise self.fail(f"[{where}] needs a value for {place!r}") from error
            got = "" if _secret(kind) else f", got {_shown(first['input'])}"
            raise self.fail(f"[{where}] {place}: {message}{got}" if place else f"[{where}] {message}") from error
        except (TypeError, ValueError) as error:  # orjson: dates and other TOML types that JSON lacks
            raise self.fail(f"[{where}]: {error}") from error

    def tables(self, kind: type[T], raw: object, where: str) -> tuple[T, ...]:
        if not isinstance(raw, list):
            raise self.fail(f"{where} must be tables: [[{where}]]")
        return tuple(self.table(kind, table, f"{where}.{number}") for number, table in enumerate(raw, 1))


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    """Made once: a preset has a table for each of hundreds of languages."""
    return TypeAdapter(cast("type", kind))


def _worded(kind: str, place: str, message: str) -> str:
    """What pydantic says in the words of JSON, in those of TOML."""
    if kind in _TABLES:
        each = place.rpartition(".")[2].isdecimal()  # of a list
        return "must be a table: { ... }" if each else f"must be a table: {place} = {{ ... }}"
    if kind in _LISTS:
        return f"must be a list: {place} = [...]"
    if kind == "string_type":
        return "must be one string, in quotes"
    return message


def _secret(kind: Any) -> bool:
    """Whether a field of a table holds what no message may show: a value that stands at a wrong place may be it."""
    return any(field.metadata.get("secret") for field in fields(kind))


def _shown(value: object) -> str:
    """A value as messages show it; an address without the keys that may stand before its host."""
    return addresses.shown(repr(value))
