"""HTTP responses as crawlers store them (RFC 9112): status, headers, body."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from corpus.archives import codings
from corpus.archives.codings import Undecoded
from corpus.sources import rights

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(r"^([^:\r\n]++):[ \t]*+([^\r\n]*+)", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_HTML_START = re.compile(rb"\s*<(?:!doctype html|html)|<head|<body", re.IGNORECASE)
_SNIFFED = 1024
_OK = 200
XHTML: Final = "application/xhtml+xml"
HTML: Final = ("text/html", XHTML)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server gave."""

    kind: str  # media type, in small letters
    charset: str | None
    data: bytes
    rights: str | None = None  # what its headers say of use, a "name: value" a line
    repaired: tuple[str, ...] = ()


class Refused(Exception):
    """The response gives no document: a key of REASONS, and a detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def answer_of(block: bytes, most: int, kind: str = "") -> Answer:
    """The body without codings, at most `most` bytes; `kind` is its media type if the server says none. Raises
    Refused."""
    status, headers, payload = _parted(block)
    if status != _OK:
        raise Refused("http_status", str(status))
    transfer, content = _all(headers, "transfer-encoding"), _all(headers, "content-encoding")
    try:
        body = codings.decoded(payload, transfer, content, most)
    except Undecoded as error:
        raise Refused("broken", str(error)) from error
    if len(body.data) > most:
        raise Refused("too_large", f"more than {most} bytes unpacked")
    said = next((value for name, value in reversed(headers) if name == "content-type" and value), kind)
    media, charset = content_type(said, body.data)
    return Answer(
        kind=media, charset=charset, data=body.data, rights=rights.of_headers(headers), repaired=body.repaired
    )


def _parted(block: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers in order by names in small letters, body; of an interim response (1xx) what follows it."""
    while True:
        status = _STATUS.match(block)
        end = _HEAD_END.search(block)
        if status is None or end is None:
            raise Refused("broken", "no HTTP response")
        code = int(status[1])
        if 100 <= code < 200 and code != 101 and _STATUS.match(block, end.end()):
            block = block[end.end() :]
            continue
        return code, _headers(block[: end.start()]), block[end.end() :]


def _headers(head: bytes) -> list[tuple[str, str]]:
    text = head.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return [(name.strip().lower(), value.strip()) for name, value in _FIELD.findall(text)]


def _all(headers: list[tuple[str, str]], name: str) -> str:
    """A field that stands several times is a list (RFC 9110, 5.3); the same value twice is one."""
    return ", ".join(dict.fromkeys(value for own, value in headers if own == name))


def content_type(header: str, data: bytes) -> tuple[str, str | None]:
    """Media type and charset; without a header, by what the body begins with."""
    kind, charset = _said(header)
    if kind:
        return kind, charset
    start = data[:_SNIFFED]
    if _HTML_START.match(start) or b"<head" in start.lower() or b"<body" in start.lower():
        return "text/html", charset
    return ("text/plain" if b"\0" not in start else "application/octet-stream"), charset


@lru_cache(maxsize=256)
def _said(header: str) -> tuple[str, str | None]:
    kind, _, parameters = header.partition(";")
    pairs = (part.partition("=") for part in parameters.split(";"))
    charset = next((value.strip(" \"'") for name, _, value in pairs if name.strip().lower() == "charset"), None)
    return kind.strip().lower(), charset or None
