"""What readers of WARC and ARC share: a file's records and faults, in order."""

from collections.abc import Callable, Iterator

from corpus.archives.framing import Entry, Fault, Framing, entries
from corpus.errors import RecipeError
from corpus.sources import skipping
from corpus.sources.inventory import Slice
from corpus.sources.record import Item, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

Documents = Callable[[Entry, str, int, Source], Iterator[Item]]  # of an entry, its file, its offset


def read_archive(piece: Slice, source: Source, framing: Framing, documents: Documents) -> Iterator[Item]:
    """Documents of the slice's records, in order. Raises RecipeError for a file that holds none."""
    file = piece.file
    stream = Stream(file, piece.start, piece.stop, framing.begins)
    seen = piece.start > 0  # that it is no archive, whoever reads its beginning says
    try:
        for found in entries(stream, framing, source.max_record_bytes, file.size):
            offset = stream.member_at(found.start)
            if found.begun and 0 <= piece.stop <= offset and stream.begins_member(found.start):
                break  # it is the first of the next slice, or of one behind that
            if isinstance(found, Entry):
                seen = True
                if source.skips(file.file, offset):  # before its page is parsed, which may be what must not be done
                    yield from skipping.left_out(file.file, offset)
                else:
                    yield from documents(found, file.file, offset, source)
                continue
            seen = seen or _is_damage(found)
            if not seen:
                raise RecipeError(
                    f"{file.uri} is not {file.format.upper()} ({found.detail}): rename it, or take it out of the source"
                )
            yield reject(file.file, offset, found.reason, found.detail, lost=found.lost)
    finally:
        stream.close()


def _is_damage(fault: Fault) -> bool:
    """Whether the file may yet be what its name says: it is its compression that is broken, or it is cut short."""
    return fault.reason != "broken"
