"""ARC 1.0, 1.1 and 2.0, from before WARC: HTTP responses with HTML, XHTML or plain text (Internet Archive, 1996).

A record is a line of address, IP address, date, media type and length, or of ten such fields, and a block.
"""

import re
from collections.abc import Iterator
from typing import Final

from corpus.archives import crawled, reading, warc_dates
from corpus.archives.crawled import Found
from corpus.archives.framing import Entry, Framing
from corpus.sources.inventory import Slice
from corpus.sources.record import Item, Note
from corpus.sources.source import Source

_LINE = re.compile(rb"(\S[^\n]*?) (\S+) (\d{12,17}) ([^\n]*?) ?(\d{1,17})[ \t]*\r?\n")
_PASSED: Final = frozenset({"filedesc", "dns"})


def fields(head: bytes) -> dict[str, str] | None:
    """Those of a header line, by the names that WARC has for them.

    >>> fields(b"http://a.test/ 1.2.3.4 20010203040506 text/html 99\\n")["warc-date"]
    '20010203040506'
    """
    found = _LINE.fullmatch(head)
    if found is None:
        return None
    address, _, date, kind, length = (part.decode("latin-1") for part in found.groups())
    return {
        "warc-target-uri": address,
        "warc-date": date,
        "content-type": kind.split(" ")[0],
        "content-length": length,
    }


ARC: Final = Framing(
    begins=(b"http://", b"https://", b"filedesc:", b"dns:", b"ftp://"),
    start=re.compile(rb"[a-z][a-z0-9+.-]{1,14}:"),
    end=re.compile(rb"\n"),
    next=re.compile(rb"(?<=\n)(?:https?|dns|ftp):[^\s]+ [0-9A-Fa-f.:]+ \d{14} [^\n]{1,200}? \d{1,17}\r?\n"),
    fields=fields,
)


def read(piece: Slice, source: Source) -> Iterator[Item]:
    """Documents in order; records of other kinds are counted. Raises RecipeError for a file that holds no record."""
    return reading.read_archive(piece, source, ARC, _documents)


def _documents(entry: Entry, file: str, offset: int, source: Source) -> Iterator[Item]:
    address = entry.headers["warc-target-uri"]
    scheme = address.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        yield Note(kind="passed over", detail=scheme if scheme in _PASSED else "other")
        return
    date = warc_dates.seconds(entry.headers["warc-date"])
    found = Found(
        locator=f"{file}#{offset}",
        file=file,
        offset=offset,
        url=address,
        date=date,
        unusable=() if date is not None else ("date_field",),
    )
    yield from crawled.from_response(entry, found, source, entry.headers["content-type"])
