"""Tables of a TOML file, read into frozen dataclasses: every key checked, every error one line."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from corpus.errors import RecipeError

T = TypeVar("T")


class Tables:
    """Checks tables one by one; knows the file's name for its messages."""

    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, message: str) -> RecipeError:
        return RecipeError(f"{self.path}: {message}")

    def known_keys(self, raw: Mapping[str, Any], where: str, known: set[str]) -> None:
        unknown = sorted(set(raw) - known)
        if unknown:
            raise self.fail(f"unknown key {unknown[0]!r} at {where}; known: {', '.join(sorted(known))}")

    def scalar(self, raw: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
        value = raw.get(key, default)
        if type(value) is not kind:
            raise self.fail(f"{key} must be {kind.__name__}, not {value!r}")
        return value

    def table(self, kind: type[T], raw: object, where: str) -> T:
        if not isinstance(raw, dict):
            raise self.fail(f"[{where}] must be a table, not {raw!r}")
        known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
        self.known_keys(raw, f"[{where}]", known)
        try:
            return TypeAdapter(kind).validate_json(orjson.dumps(raw), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"])
            message = str(first["msg"]).removeprefix("Value error, ")
            if first["type"] == "missing":
                raise self.fail(f"[{where}] needs a value for {place!r}") from error
            raise self.fail(
                f"[{where}] {place}: {message}, got {first['input']!r}" if place else f"[{where}] {message}"
            ) from error
        except (TypeError, ValueError) as error:  # orjson: dates and other TOML types that JSON lacks
            raise self.fail(f"[{where}]: {error}") from error

    def tables(self, kind: type[T], raw: object, where: str) -> tuple[T, ...]:
        if not isinstance(raw, list):
            raise self.fail(f"{where} must be tables: [[{where}]]")
        return tuple(self.table(kind, table, f"{where}.{number}") for number, table in enumerate(raw, 1))
