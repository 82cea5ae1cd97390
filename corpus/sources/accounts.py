"""What became of what a source holds: records, bytes, and what was done to them; and what is said of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from corpus.sources.record import CUT_OFF
from corpus.store.tally import Row, total

_UNUSABLE = 0.01  # share of a source's records above which a field is worth a look


@dataclass(frozen=True, kw_only=True)
class Read(Row):
    """What was read of a source."""

    NAME: ClassVar[str] = "sources"
    source: str
    records: int = 0
    rejects: int = 0
    documents: int = 0
    bytes: int = 0  # of its files, as they are stored
    lost_bytes: int = 0  # of them, those that were not read: what follows damage


@dataclass(frozen=True, kw_only=True)
class Noted(Row):
    """What was done to what was read of a source, other than to take or to reject it."""

    NAME: ClassVar[str] = "notes"
    source: str
    kind: str  # a key of corpus.sources.record.NOTES
    detail: str
    count: int = 0


def warnings(read: Iterable[Read], noted: Sequence[Noted]) -> Iterator[str]:
    """A line for each source of which damage hid something or a file is cut off, and for each field of which much says
    nothing."""
    records = {}
    for row in read:
        records[row.source] = row.records
        if row.lost_bytes:
            yield (
                f"WARNING source {row.source!r}: {row.lost_bytes:,} of {row.bytes:,} bytes were not read, for files "
                "are damaged: see the rejects of ingest"
            )
    for note in noted:
        if note.kind == CUT_OFF:
            files = (
                "a file ends in the middle of what it holds" if note.count == 1 else f"{note.count:,} files are cut off"
            )
            yield (
                f"WARNING source {note.source!r}: {files}, so what is missing is not known: see the rejects of ingest, "
                "and fetch it again"
            )
    unusable = [row for row in noted if row.kind == "unusable"]
    for (source, detail), count in total(unusable, lambda row: (row.source, row.detail), lambda row: row.count).items():
        if count > _UNUSABLE * records[source]:
            yield (
                f"WARNING source {source!r}: {count:,} of {records[source]:,} records have a {detail} that says "
                "nothing: look at its values, or take it out of the recipe"
            )
