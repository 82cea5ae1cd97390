"""Documents out of what a crawler stored, whatever the archive: a body, its media type, what is known of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.archives import responses
from corpus.archives.framing import Entry
from corpus.archives.responses import Answer, Refused
from corpus.charset import choice
from corpus.html import page, xhtml
from corpus.sources import decoding, rights
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.source import Source

_HOST = re.compile(r"[a-z]+://(?:[^/@?#]*@)?(?:[^/:?#@]*\.)?([a-z]{2,63})\.?(?::\d*)?(?:[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What an archive says of a record."""

    locator: str
    file: str
    offset: int
    url: str | None
    licence: str | None = None
    date: int | None = None
    language: str | None = None
    unusable: tuple[str, ...] = ()


def from_response(entry: Entry, found: Found, source: Source, kind: str = "") -> Iterator[Record | Reject | Note]:
    """The document of an HTTP response, or why there is none."""
    if entry.length > source.max_record_bytes:
        yield reject(found.file, found.offset, "too_large", f"{entry.length} bytes")
        return
    try:
        answer = responses.answer_of(entry.block, source.max_record_bytes, kind)
    except Refused as refused:
        yield reject(found.file, found.offset, refused.reason, refused.detail)
        return
    yield from document(answer, found, source)


def document(answer: Answer, found: Found, source: Source) -> Iterator[Record | Reject | Note]:
    """The text of a page or of plain text, with notes of how it was found."""
    html = answer.kind in responses.HTML
    if not html and answer.kind != "text/plain":
        yield reject(found.file, found.offset, "not_text", answer.kind)
        return
    if html and len(answer.data) > source.max_html_bytes:
        yield reject(found.file, found.offset, "too_large", f"{len(answer.data)} bytes of HTML")
        return
    markup = choice.decode(answer.data, answer.charset, html=html, tld=_tld(found.url))
    if markup is None:
        yield reject(found.file, found.offset, "undecodable", found.url)
        return
    yield from (Note(kind="repaired", detail=what) for what in answer.repaired)
    yield from decoding.notes(markup)
    text, said = markup.text, answer.rights
    if html:
        read = page.read(xhtml.as_html(text) if answer.kind == responses.XHTML else text, source.extraction)
        if read.text is None:
            yield reject(found.file, found.offset, "too_complex", f"{len(answer.data)} bytes of HTML")
            return
        text, said = read.text, rights.joined((said, rights.of_page(read.rights)))
    yield Record(
        locator=found.locator,
        file=found.file,
        offset=found.offset,
        text=text,
        url=found.url,
        licence=found.licence,
        date=found.date,
        language=found.language,
        rights=said,
        unusable=found.unusable,
    )


def _tld(url: str | None) -> str | None:
    """The last part of the host's name, which tells the detector of encodings what languages to expect.

    >>> _tld("http://user@www.example.hu:80/a.b"), _tld("http://[::1]/"), _tld("no address")
    ('hu', None, None)
    """
    found = _HOST.match(url) if url else None
    return found[1].lower() if found else None
