"""The fields of each standard: tables in `standards/`, one a standard. How a field is answered stands beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

NAMES: Final = ("eu", "ab2013", "croissant", "spdx", "gebru", "card", "dta")  # in the order in which they are shown


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field as its standard names it. `answer`: the query that knows it; `key`: of datasheet.toml, where no table
    does. Both: the key is asked for where the tables say nothing."""

    section: str
    field: str
    question: str = ""  # more on what is asked
    answer: str = ""
    key: str = ""
    form: str | tuple[str, ...] = "text"  # of the key: text, list, date, yes, url, or one of these words
    when: tuple[str, ...] = ()  # fields of the same standard; not applicable where none of them is Yes
    optional: bool = False
    unconfirmed: bool = False  # its wording was not seen in the standard itself


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A standard, in the version that its fields are of."""

    id: str
    name: str
    version: str
    source: str  # where names of fields are from
    file: str  # that renders it
    fields: tuple[Field, ...]


@cache
def every() -> tuple[Standard, ...]:
    """All of them."""
    return tuple(_read(name) for name in NAMES)


def _read(name: str) -> Standard:
    raw = tomllib.loads((files("corpus.datasheet") / "standards" / f"{name}.toml").read_text("utf-8"))
    return Standard(**{**raw, "id": name, "fields": tuple(map(_field, raw["fields"]))})


def _field(raw: Mapping[str, Any]) -> Field:
    form, when = raw.get("form", "text"), raw.get("when", [])
    return Field(
        **{
            **raw,
            "form": form if isinstance(form, str) else tuple(form),
            "when": (when,) if isinstance(when, str) else tuple(when),
        }
    )


@cache
def keys() -> Mapping[str, tuple[tuple[Standard, Field], ...]]:
    """Fields that a key of datasheet.toml answers, by key."""
    found: dict[str, list[tuple[Standard, Field]]] = {}
    for standard in every():
        for field in standard.fields:
            if field.key:
                found.setdefault(field.key, []).append((standard, field))
    return {key: tuple(fields) for key, fields in found.items()}
