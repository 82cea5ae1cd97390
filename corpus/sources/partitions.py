"""Fields that stand in the names of folders, as Hive, Spark and hubs of datasets write them: `lang=deu_Latn/`."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

from corpus.sources.dates import seconds
from corpus.sources.record import Record
from corpus.sources.source import Source

_NULL = "__HIVE_DEFAULT_PARTITION__"


def of(file: str) -> Mapping[str, str]:
    """Field to value out of the folders of a name; the innermost wins.

    >>> of("lang=deu_Latn/dt=2024-01-01%20x/a=__HIVE_DEFAULT_PARTITION__/x.jsonl")
    {'lang': 'deu_Latn', 'dt': '2024-01-01 x'}
    """
    pairs = (part.partition("=") for part in file.split("/")[:-1])
    return {unquote(name): unquote(value) for name, equals, value in pairs if name and equals and value != _NULL}


def filled(record: Record, fields: Mapping[str, str], source: Source) -> Record:
    """The record with what folders say of the fields that the recipe names and that it lacks itself. Ids and texts come
    from records alone."""
    date = fields.get(source.date_field) if record.date is None else None
    found = seconds(date) if date else record.date
    return replace(
        record,
        url=record.url or fields.get(source.url_field),
        licence=record.licence or fields.get(source.licence_field),
        language=record.language or fields.get(source.language_field),
        date=found,
        unusable=(*record.unusable, "date_field") if date and found is None else record.unusable,
    )
