"""A record out of named fields: JSON objects and rows of tables alike."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from uuid import UUID

from corpus.sources.dates import seconds
from corpus.sources.record import Record, Reject, reject
from corpus.sources.source import Source

_EXACT = 2**53  # floats from here on stand for several whole numbers
_NAMES = (int, float, Decimal, UUID, date)  # what else than strings names a record


def record_of(found: Mapping[str, object], file: str, offset: int, source: Source) -> Record | Reject:
    """The record, or why there is none."""
    for name, patterns in source.where.items():
        if not _fits(value_of(found, name), patterns):
            return reject(file, offset, "unwanted", name)
    names = (source.inputs_field, source.targets_field) if source.prompted else (source.text_field,)
    values = [value_of(found, name) for name in names]
    texts = [text for text in values if isinstance(text, str)]
    if len(texts) < len(names):
        if any(isinstance(value, bytes) for value in values):
            return reject(file, offset, "undecodable", f"the text is not {source.encoding or 'UTF-8'}: set encoding")
        missing = next(name for name in names if not isinstance(value_of(found, name), str))
        return reject(file, offset, "missing_text", f"no string in {missing!r}")
    if sum(map(len, texts)) > source.max_record_bytes:
        return reject(file, offset, "too_large", f"{sum(map(len, texts))} characters")
    unusable: list[str] = []
    own = _string(found, source.id_field, "id_field", unusable) if source.id_field else None
    return Record(
        locator=own or f"{file}#{offset}",
        file=file,
        offset=offset,
        text=texts[0],
        targets=texts[1] if source.prompted else None,
        url=_string(found, source.url_field, "url_field", unusable) if source.url_field else None,
        licence=_string(found, source.licence_field, "licence_field", unusable) if source.licence_field else None,
        date=_date(found, source.date_field, unusable) if source.date_field else None,
        language=_string(found, source.language_field, "language_field", unusable) if source.language_field else None,
        unusable=tuple(unusable),
    )


def value_of(found: Mapping[str, object], name: str) -> object:
    """The field of this name, else what lies where its parts between dots lead; None if there is none.

    >>> value_of({"a.b": 1, "a": {"b": 2, "c": {"d": 3}}}, "a.b"), value_of({"a": {"c": {"d": 3}}}, "a.c.d")
    (1, 3)
    """
    if name in found or "." not in name:
        return found.get(name)
    value: object = found
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _fits(value: object, patterns: Sequence[str]) -> bool:
    if isinstance(value, list | tuple):
        return any(_fits(one, patterns) for one in value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    return isinstance(value, (str, *_NAMES)) and any(fnmatchcase(str(value), pattern) for pattern in patterns)


def _string(found: Mapping[str, object], name: str, key: str, unusable: list[str]) -> str | None:
    """The field as a string: ids are often numbers. `unusable` takes the key of one that holds what is no name."""
    value = value_of(found, name)
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if key == "id_field" and isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not abs(value) < _EXACT:
        unusable.append(key)  # a long number that JSON's reader rounded, or none
        return None
    if isinstance(value, _NAMES) and not isinstance(value, bool):
        return str(value)
    unusable.append(key)
    return None


def _date(found: Mapping[str, object], name: str, unusable: list[str]) -> int | None:
    value = value_of(found, name)
    date = seconds(value)
    if date is None and value is not None and value != "":
        unusable.append("date_field")
    return date
