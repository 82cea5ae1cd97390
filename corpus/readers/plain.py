"""Plain text, a document a file."""

from collections.abc import Iterator

from corpus.charset.choice import decode
from corpus.sources import decoding
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    file = piece.file
    data = whole(file, source.max_record_bytes)
    if isinstance(data, Reject):
        yield data
        return
    found = decode(data, None, html=False)
    if found is None:
        yield reject(file.file, 0, "undecodable")
    else:
        yield from decoding.notes(found)
        yield Record(locator=f"{file.file}#0", file=file.file, offset=0, text=found.text)


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
