"""A record out of named fields: JSON objects and rows of tables alike."""

from collections.abc import Mapping

from corpus.sources.dates import seconds
from corpus.sources.record import Record, Reject, reject
from corpus.sources.source import Source


def record_of(found: Mapping[str, object], file: str, offset: int, source: Source) -> Record | Reject:
    """The record, or why there is none."""
    names = (source.inputs_field, source.targets_field) if source.prompted else (source.text_field,)
    texts = [value for value in map(found.get, names) if isinstance(value, str)]
    if len(texts) < len(names):
        missing = next(name for name in names if not isinstance(found.get(name), str))
        return reject(file, offset, "missing_text", f"no string in {missing!r}")
    if sum(map(len, texts)) > source.max_record_bytes:
        return reject(file, offset, "too_large", f"{sum(map(len, texts))} characters")
    own = _string(found, source.id_field)
    return Record(
        locator=own or f"{file}#{offset}",
        file=file,
        offset=offset,
        text=texts[0],
        targets=texts[1] if source.prompted else None,
        url=_string(found, source.url_field),
        licence=_string(found, source.licence_field),
        date=seconds(found.get(source.date_field)) if source.date_field else None,
        language=_string(found, source.language_field),
    )


def _string(found: Mapping[str, object], field: str) -> str | None:
    """The field as a string: ids are often numbers."""
    value = found.get(field) if field else None
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
