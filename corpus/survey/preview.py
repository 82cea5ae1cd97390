"""The first records of a source as `ingest` would take them: documents, rejects, notes. Nothing is written."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pyarrow as pa

from corpus.charset.normalise import normalise_array, seen
from corpus.sources import units
from corpus.sources.inventory import Slice, SourceFile, Unit
from corpus.sources.record import Note, Record, Reject, SiteFile, reject
from corpus.sources.source import Source
from filters import languages
from filters.arrow import strings

_ITEMS = 5_000  # of a file that are looked at for a few documents
_REJECTS = 4  # for each document that is wanted: a crawl may begin with what is none


@dataclass(frozen=True, kw_only=True)
class Document:
    """A record that gives a document, its text in the one form."""

    record: Record
    text: str
    licence: str | None
    language: str | None  # declared, as an id


@dataclass(kw_only=True)
class Preview:
    """What was met until there were enough documents."""

    documents: list[Document] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        return len(self.documents) + len(self.rejects)

    @property
    def reasons(self) -> Counter[str]:
        """Rejects by reason."""
        return Counter(one.reason for one in self.rejects)


def of(source: Source, files: Sequence[SourceFile], most: int) -> Preview:
    """At most so many documents of each file, and four times as many rejects.

    Raises RecipeError for a file that is not what its name says or lacks the fields that the source names, OSError for
    one that cannot be read.
    """
    found = Preview()
    for file in files:
        records, rejects = _first(source, file, most, found)
        texts = normalise_array(pa.array([one.text for one in records], pa.string()))
        for record, text, shows in zip(records, strings(texts), seen(texts).tolist(), strict=True):
            if shows:
                declared = record.language or source.language
                found.documents.append(
                    Document(
                        record=record,
                        text=text,
                        licence=record.licence or source.licence or None,
                        language=languages.language_id(declared) if declared else None,
                    )
                )
            else:
                rejects.append(reject(record.file, record.offset, "empty", "nothing is left of the text"))
        found.rejects += rejects
    return found


def _first(source: Source, file: SourceFile, most: int, found: Preview) -> tuple[list[Record], list[Reject]]:
    records: list[Record] = []
    rejects: list[Reject] = []
    with closing(units.read_unit(Unit(slices=(Slice(file=file),)), source)) as items:
        for met, item in enumerate(items):
            if isinstance(item, Record):
                records.append(item)
            elif isinstance(item, Note):
                found.notes[item.kind, item.detail] += item.count
            elif not isinstance(item, SiteFile):
                rejects.append(item)
            if len(records) >= most or len(rejects) >= _REJECTS * most or met >= _ITEMS:
                break
    return records, rejects
