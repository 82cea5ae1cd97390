"""WARC and WET: responses, resources and conversions with HTML, XHTML or plain text (ISO 28500:2017)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from corpus.archives import crawled, reading, responses, warc_dates
from corpus.archives.crawled import Found
from corpus.archives.framing import Entry, Framing
from corpus.archives.responses import Answer
from corpus.sources.inventory import Slice
from corpus.sources.record import Item, Note, reject
from corpus.sources.source import Source

_FIELD = re.compile(r"^([^:\r\n]++):[ \t]*+([^\r\n]*+)", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
# Of ISO 28500, clause 6; records of other types are "other".
_HOLDING: Final = ("response", "resource", "conversion")
_PASSED: Final = frozenset({"warcinfo", "request", "metadata", "revisit", "continuation", "conversion", "resource"})
_TEXT: Final = (*responses.HTML, "text/plain")
_LANGUAGES = "warc-identified-content-language"  # Common Crawl: ISO 639-3, those of the text, the first has most of it


def fields(head: bytes) -> dict[str, str]:
    """Named fields of a header by names in small letters, folded lines joined; of those that stand twice the first.

    >>> fields(b"WARC/1.0\\r\\nwarc-type: response\\r\\nX: a\\r\\n b\\r\\n\\r\\n")
    {'x': 'a b', 'warc-type': 'response'}
    """
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return {name.strip().lower(): value.strip() for name, value in reversed(_FIELD.findall(text))}


WARC: Final = Framing(
    begins=(b"WARC/",),
    start=re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n"),
    end=re.compile(rb"\r?\n\r?\n"),
    next=re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n(?=[!-9;-~]+:)"),
    fields=fields,
)


def read(piece: Slice, source: Source) -> Iterator[Item]:
    """Documents in order; records of other types are counted. Raises RecipeError for a file that holds no record."""
    return reading.read_archive(piece, source, WARC, _documents)


def _documents(entry: Entry, file: str, offset: int, source: Source) -> Iterator[Item]:
    kind = entry.headers.get("warc-type", "").lower()
    media, charset, http = _media(kind, entry) if kind in _HOLDING else ("", None, False)
    if not http and media not in _TEXT:
        yield Note(kind="passed over", detail=_passed(kind, media))
        return
    found = _found(entry, file, offset, source)
    if http:
        yield from crawled.from_response(entry, found, source, entry.headers.get("warc-identified-payload-type", ""))
        return
    if entry.length > source.max_record_bytes:
        yield reject(file, offset, "too_large", f"{entry.length} bytes")
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
