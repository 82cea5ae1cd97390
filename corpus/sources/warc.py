"""WARC and WET: responses, resources and conversions with HTML, XHTML or plain text (ISO 28500:2017)."""

from collections.abc import Iterator, Mapping
from typing import Final

from corpus.errors import RecipeError
from corpus.sources import crawled, responses, warc_dates
from corpus.sources.crawled import Found
from corpus.sources.inventory import Slice
from corpus.sources.record import Note, Record, Reject, reject
from corpus.sources.responses import Answer
from corpus.sources.source import Source
from corpus.sources.streams import Stream
from corpus.sources.warc_records import Entry, Fault, entries

# Of ISO 28500, clause 6; records of other types are "other".
_HOLDING: Final = ("response", "resource", "conversion")
_PASSED: Final = frozenset({"warcinfo", "request", "metadata", "revisit", "continuation", "conversion", "resource"})
_TEXT: Final = (*responses.HTML, "text/plain")
_LANGUAGES = "warc-identified-content-language"  # Common Crawl: ISO 639-3, those of the text, the first has most of it


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Documents in order; records of other types are counted. Raises RecipeError for a file that holds no record."""
    file = piece.file
    stream = Stream(file)
    seen = damaged = False
    try:
        for found in entries(stream, source.max_record_bytes, file.size):
            offset = stream.member_at(found.start)
            if isinstance(found, Fault):
                damaged = damaged or found.reason != "broken"
                if seen or damaged:
                    yield reject(file.file, offset, found.reason, found.detail, lost=found.lost)
                    continue
                raise RecipeError(f"{file.uri} is not WARC: {found.detail}; rename it, or take it out of the source")
            seen = True
            yield from _documents(found, file.file, offset, source)
    finally:
        stream.close()


def _documents(entry: Entry, file: str, offset: int, source: Source) -> Iterator[Record | Reject | Note]:
    kind = entry.headers.get("warc-type", "").lower()
    media, charset, http = _media(kind, entry) if kind in _HOLDING else ("", None, False)
    if not http and media not in _TEXT:
        yield Note(kind="passed over", detail=_passed(kind, media))
        return
    if len(entry.block) > source.max_record_bytes:
        yield reject(file, offset, "too_large", f"{entry.length} bytes")
        return
    found = _found(entry, file, offset, source)
    if http:
        yield from crawled.from_response(
            entry.block, found, source, entry.headers.get("warc-identified-payload-type", "")
        )
        return
    if kind == "conversion":
        charset = charset or "utf-8"
    yield from crawled.document(Answer(kind=media, charset=charset, data=entry.block), found, source)


def _media(kind: str, entry: Entry) -> tuple[str, str | None, bool]:
    """Media type and charset of the block, and whether it is an HTTP response."""
    media, charset = responses.content_type(entry.headers.get("content-type", ""), entry.block)
    if kind == "resource":
        return media, charset, False
    http = entry.block.startswith(b"HTTP/") or (kind == "response" and media == "application/http")
    if kind == "conversion" and media == "application/http":
        media = "text/plain"  # some writers of WET keep the type of the record that they convert
    return media, charset, http


def _passed(kind: str, media: str) -> str:
    """A word of few, never the input's."""
    if media == "text/dns":
        return "dns"
    if kind == "response":
        return "response that is not HTTP"
    return kind if kind in _PASSED else "other"


def _found(entry: Entry, file: str, offset: int, source: Source) -> Found:
    """What the headers say; the recipe's fields name others of them."""
    headers = entry.headers
    own = _named(headers, source.id_field) if source.id_field != "id" else None
    url = _named(headers, source.url_field) if source.url_field != "url" else None
    said = _named(headers, source.date_field) or headers.get("warc-date")
    date = warc_dates.seconds(said) if said else None
    return Found(
        locator=(own or headers.get("warc-record-id") or f"{file}#{offset}").strip("<>"),
        file=file,
        offset=offset,
        url=url or address(headers.get("warc-target-uri")),
        licence=_named(headers, source.licence_field),
        date=date,
        language=_language(headers, source.language_field),
        unusable=("date_field",) if said and date is None else (),
    )


def _named(headers: Mapping[str, str], name: str) -> str | None:
    found = headers.get(name.lower()) if name else None
    return address(found)


def address(value: str | None) -> str | None:
    """A value without the brackets that some writers put around addresses (WARC 1.0's grammar asks for them)."""
    if value and value.startswith("<") and value.endswith(">"):
        value = value[1:-1].strip()
    return value or None


def _language(headers: Mapping[str, str], name: str) -> str | None:
    """Of Common Crawl's list the one that is alone in it: of several none holds for the whole text."""
    said = _named(headers, name)
    if said and name.lower() == _LANGUAGES:
        return None if "," in said else said
    return said
