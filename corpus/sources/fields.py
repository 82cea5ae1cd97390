"""A record out of named fields: JSON objects and rows of tables alike."""

from collections.abc import Mapping

from corpus.sources.dates import seconds
from corpus.sources.record import Record, Reject, reject
from corpus.sources.source import Source


def record_of(found: Mapping[str, object], file: str, offset: int, source: Source) -> Record | Reject:
    """The record, or why there is none."""
    text = found.get(source.text_field)
    if not isinstance(text, str):
        return reject(file, offset, "missing_text", f"no string in {source.text_field!r}")
    if len(text) > source.max_record_bytes:
        return reject(file, offset, "too_large", f"{len(text)} characters")
    own = _string(found, source.id_field)
    return Record(
        locator=own or f"{file}#{offset}",
        file=file,
        offset=offset,
        text=text,
        url=_string(found, source.url_field),
        licence=_string(found, source.licence_field),
        date=seconds(found.get(source.date_field)) if source.date_field else None,
        language=_string(found, source.language_field),
    )


def _string(found: Mapping[str, object], field: str) -> str | None:
    """The field as a string: ids are often numbers."""
    value = found.get(field) if field else None
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
