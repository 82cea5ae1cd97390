"""HTML files, a page a file."""

from collections.abc import Iterator

from corpus.html.page import page_text
from corpus.sources import decoding
from corpus.sources.inventory import Slice
from corpus.sources.plain import whole
from corpus.sources.record import Record, Reject, reject
from corpus.sources.source import Source


def read(piece: Slice, source: Source) -> Iterator[Record | Reject]:
    file = piece.file
    data = whole(file, source.max_html_bytes)
    if isinstance(data, Reject):
        yield data
        return
    markup = decoding.decode(data, None, html=True)
    if markup is None:
        yield reject(file.file, 0, "undecodable")
        return
    text = page_text(markup, source.extraction)
    if text is None:
        yield reject(file.file, 0, "too_complex")
        return
    yield Record(locator=f"{file.file}#0", file=file.file, offset=0, text=text)
