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
from corpus.sources.record import ROBOTS, TDM_FILE, TERMS, Item, Note, Record, SiteFile, reject
from corpus.sources.source import Source
from filters.optout import rsl, sites, tdm_file
from filters.optout.answers import RSL_TYPE
from filters.optout.robots import BYTES

_ROBOTS = "/robots.txt"  # RFC 9309, 2.3
_OK = 200
_XML = (RSL_TYPE, "application/xml", "text/xml")  # types that terms in RSL come under
_SNIFFED = 4096  # bytes in which terms name their namespace
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


def from_response(entry: Entry, found: Found, source: Source, kind: str = "") -> Iterator[Item]:
    """The document of an HTTP response, or why there is none."""
    if entry.length > source.max_record_bytes:
        yield reject(found.file, found.offset, "too_large", f"{entry.length} bytes")
        return
    path = sites.parted(found.url)[1]
    robots = path == _ROBOTS
    try:
        answer = responses.answer_of(entry.block, source.max_record_bytes, kind)
    except Refused as refused:
        if robots and refused.reason == "http_status":
            yield from _site_file(ROBOTS, found, int(refused.detail), b"")
            return
        yield reject(found.file, found.offset, refused.reason, refused.detail)
        return
    kind_ = ROBOTS if robots else _kind(path, answer)
    if kind_:
        yield from _site_file(kind_, found, _OK, answer.data)
        return
    yield from document(answer, found, source)


def _kind(path: str, answer: Answer) -> str:
    """Which file of a site an answer is; "" for none. A page in the place of a tdmrep.json says that there is none."""
    if path == tdm_file.PATH and answer.kind not in responses.HTML:
        return TDM_FILE
    if answer.kind == RSL_TYPE or (answer.kind in _XML and rsl.NAMESPACE.encode() in answer.data[:_SNIFFED]):
        return TERMS
    return ""


def _site_file(kind: str, found: Found, status: int, data: bytes) -> Iterator[Item]:
    """As much of it as is read; a robots.txt whatever type its answer gives it."""
    yield Note(kind="passed over", detail=kind)
    yield SiteFile(
        kind=kind,
        file=found.file,
        offset=found.offset,
        url=found.url or "",
        date=found.date,
        status=status,
        text=data[:BYTES].decode("utf-8", "replace"),
        cut=len(data) > BYTES,
    )


def document(answer: Answer, found: Found, source: Source) -> Iterator[Item]:
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
