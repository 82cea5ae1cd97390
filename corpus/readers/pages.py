"""HTML files, a page a file."""

import re
from collections.abc import Iterator

from corpus.html import page, xhtml
from corpus.readers.plain import decoded
from corpus.sources import decoding, rights
from corpus.sources.inventory import Slice
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source

_XHTML = re.compile(r"\.xhtml(\.[a-z0-9]+)?$", re.IGNORECASE)


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    file = piece.file
    markup = decoded(file, source.max_html_bytes, html=True)
    if isinstance(markup, Reject):
        yield markup
        return
    yield from decoding.notes(markup)
    text = xhtml.as_html(markup.text) if _XHTML.search(file.file) else markup.text
    found = page.read(text, source.extraction)
    if found.text is None:
        yield reject(file.file, 0, "too_complex", f"{file.size} bytes of HTML")
        return
    said = rights.of_page(found.rights)
    yield Record(locator=f"{file.file}#0", file=file.file, offset=0, text=found.text, rights=said)
