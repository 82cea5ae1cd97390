"""What readers of WARC and ARC share: a file's records and faults, in order."""

from collections.abc import Callable, Iterator

from corpus.errors import RecipeError
from corpus.sources.framing import Entry, Fault, Framing, entries
from corpus.sources.inventory import Slice
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

Documents = Callable[[Entry, str, int, Source], Iterator[Record | Reject | Note]]  # of an entry, its file, its offset


def read_archive(
    piece: Slice, source: Source, framing: Framing, documents: Documents
) -> Iterator[Record | Reject | Note]:
    """Documents in order. Raises RecipeError for a file that holds no record."""
    file = piece.file
    stream = Stream(file)
    seen = False
    try:
        for found in entries(stream, framing, source.max_record_bytes, file.size):
            offset = stream.member_at(found.start)
            if isinstance(found, Entry):
                seen = True
                yield from documents(found, file.file, offset, source)
                continue
            seen = seen or _is_damage(found)
            if not seen:
                raise RecipeError(
                    f"{file.uri} is not {file.format} ({found.detail}): rename it, or take it out of the source"
                )
            yield reject(file.file, offset, found.reason, found.detail, lost=found.lost)
    finally:
        stream.close()


def _is_damage(fault: Fault) -> bool:
    """Whether the file may yet be what its name says: it is its compression that is broken, or it is cut short."""
    return fault.reason != "broken"
