"""Plain text, a document a file."""

from collections.abc import Iterator

from corpus.charset.choice import Decoded, decode
from corpus.sources import decoding
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    file = piece.file
    found = decoded(file, source.max_record_bytes, html=False)
    if isinstance(found, Reject):
        yield found
        return
    yield from decoding.notes(found)
    yield Record(locator=f"{file.file}#0", file=file.file, offset=0, text=found.text)


def decoded(file: SourceFile, most: int, *, html: bool) -> Decoded | Reject:
    """The text of a whole file, or why there is none."""
    data = whole(file, most)
    if isinstance(data, Reject):
        return data
    return decode(data, None, html=html) or reject(file.file, 0, "undecodable")


def whole(file: SourceFile, most: int) -> bytes | Reject:
    """All bytes of a file, or why not; never more than a block over `most` in memory."""
    if not file.compression and file.size > most:
        return reject(file.file, 0, "too_large", f"{file.size} bytes")
    stream = Stream(file)
    blocks: list[bytes] = []
    size = 0
    try:
        while block := stream.read():
            blocks.append(block)
            size += len(block)
            if size > most:
                return reject(file.file, 0, "too_large", f"more than {most} bytes")
    finally:
        stream.close()
    if stream.damage:
        return reject(file.file, 0, stream.damage, stream.detail, lost=file.size)
    return b"".join(blocks)
