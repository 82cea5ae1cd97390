"""`datasheet.toml`: what no table of a release knows, as its publisher declares it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from corpus.datasheet import standard
from corpus.datasheet.sources import KINDS
from corpus.errors import RecipeError
from corpus.planning import bounds
from corpus.store import manifest
from filters.meant import nearest

FILE: Final = "datasheet.toml"
NOT_APPLICABLE: Final = "not applicable"
SMALL: Final = "eu.small_provider"  # whether the limits for SMEs hold; no field of a standard
_EXTRA: Final = {SMALL: "yes"}
_CHARS: Final = 1 << 16  # of an answer
_SOURCE: Final[Mapping[str, str | tuple[str, ...]]] = {
    "kind": KINDS,
    "link": "url",
    "description": "text",
    "synthetic_by": "list",
}

Answer = str | list[str]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers by key (`table.key`), those that are given; of sources by name. `mark`: 16 hex digits of the file."""

    address: str = ""
    mark: str = ""
    values: Mapping[str, Answer] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)


def read(address: str, sources: Collection[str]) -> Answers:
    """Raises RecipeError, one line: a file that cannot be read, an unknown key or source, a value of another form."""
    try:
        data = Path(address).read_bytes()
        raw = bounds.parsed(data, "datasheet", _CHARS)
    except OSError as error:
        raise RecipeError(f"cannot read {address}: {error.strerror}; `--template` writes one") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{address} is no text in UTF-8: {error.reason}; write it again") from error
    except ValueError as error:
        raise RecipeError(f"{address} {bounds.short(str(error))}") from error
    forms: Mapping[str, str | tuple[str, ...]] = {
        key: fields[0][1].form for key, fields in standard.keys().items()
    } | _EXTRA
    values: dict[str, Answer] = {}
    own = raw.pop("sources", {})
    tables = {key.split(".")[0] for key in forms}
    for table, entries in raw.items():
        if table not in tables or not isinstance(entries, dict):
            raise _unknown(address, table, {*tables, "sources"} - {table}, "table")
        for name, value in entries.items():
            key = f"{table}.{name}"
            if key not in forms:
                raise _unknown(address, key, forms, "key")
            found = _value(address, key, forms[key], value)
            if found:
                values[key] = found
    return Answers(
        address=address,
        mark=manifest.fingerprint(data.hex()),
        values=values,
        sources=_sources(address, own, sources),
    )


def _sources(address: str, raw: Any, known: Collection[str]) -> Mapping[str, Mapping[str, Answer]]:
    if not isinstance(raw, dict):
        raise RecipeError(f"{address}: sources must be tables, [sources.NAME]")
    found: dict[str, dict[str, Answer]] = {}
    for source, entries in raw.items():
        if source not in known or not isinstance(entries, dict):
            raise _unknown(address, f"sources.{source}", [f"sources.{name}" for name in known], "source")
        for name, value in entries.items():
            key = f"sources.{source}.{name}"
            if name not in _SOURCE:
                raise _unknown(address, key, [f"sources.{source}.{one}" for one in _SOURCE], "key")
            if given := _value(address, key, _SOURCE[name], value):
                found.setdefault(source, {})[name] = given
    return found


def _value(address: str, key: str, form: str | tuple[str, ...], value: Any) -> Answer:
    """ "" where nothing is answered."""
    if value in ("", []) or value == NOT_APPLICABLE:
        return value or ""
    if isinstance(form, tuple):
        if value in form:
            return str(value)
        raise RecipeError(f"{address}: {key} is one of {', '.join(form)}, not {bounds.short(repr(value))}")
    found = _FORMS[form](value)
    if found is None:
        raise RecipeError(f"{address}: {key} is {_SAID[form]}, not {bounds.short(repr(value))}")
    return found


def _text(value: Any) -> Answer | None:
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(value.split()) if isinstance(value, str) else None


def _list(value: Any) -> Answer | None:
    given = [value] if isinstance(value, str) else value
    fits = isinstance(given, list) and all(isinstance(one, str) and one.strip() for one in given)
    return [" ".join(one.split()) for one in given] if fits else None


def _date(value: Any) -> Answer | None:
    if isinstance(value, date):
        return value.isoformat()
    try:
        return value if isinstance(value, str) and datetime.fromisoformat(value) else None
    except ValueError:
        return None


def _yes(value: Any) -> Answer | None:
    return ("Yes" if value else "No") if isinstance(value, bool) else None


def _url(value: Any) -> Answer | None:
    fits = isinstance(value, str) and value.startswith(("https://", "http://")) and not set(value) & set(' "<>\\')
    return value if fits else None


_FORMS: Final = {"text": _text, "list": _list, "date": _date, "yes": _yes, "url": _url}
_SAID: Final = {
    "text": "a text",
    "list": "a list of texts",
    "date": "a date (2026-11-28)",
    "yes": "true or false",
    "url": "an address that begins with https://",
}


def _unknown(address: str, name: str, known: Collection[str], what: str) -> RecipeError:
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else "`--template` writes all that there are"
    return RecipeError(f"{address}: unknown {what} {bounds.short(bounds.printable(name))!r}: {hint}")
