"""WARC and WET: HTTP responses with HTML, XHTML or plain text, and conversion records (ISO 28500:2017)."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from corpus.errors import RecipeError
from corpus.html.page import page_text
from corpus.sources import dates, decoding
from corpus.sources.inventory import Slice, SourceFile
from corpus.sources.record import Record, Reject, reject
from corpus.sources.source import Source
from corpus.sources.streams import Stream

_HTML = ("text/html", "application/xhtml+xml")
_SNIFFED = 1024
_OK = 200
_RECORD_END = b"\r\n\r\n"
_MAGIC = b"WARC/"
_VERSION = b"WARC/1.0\r\n"
_GARBAGE = "a record could not be parsed"


def read(piece: Slice, source: Source) -> Iterator[Record | Reject]:
    """Responses and conversions in order; other records (requests, metadata) are passed over."""
    file = piece.file
    stream = Stream(file)
    last: list[Record | Reject] = []  # held back until it is known to be whole
    end = 0  # of the last record, as the stream counts
    damage = ""
    try:
        for seen, body in _records(stream, source.max_record_bytes):
            yield from last
            end = seen.stream_pos + _head_bytes(seen) + seen.content_length + len(_RECORD_END)
            wanted = seen.record_type & (WarcRecordType.response | WarcRecordType.conversion)
            offset = stream.member_at(seen.stream_pos)
            last = [_record(seen, body, file, offset, source)] if wanted else []
    except OSError as error:
        if not end and not _MAGIC.startswith(stream.head[: len(_MAGIC)]):
            raise RecipeError(f"{file.uri} is not WARC ({error}): rename it, or take it out of the source") from error
        damage = "corrupt" if stream.read(1) else "truncated"
    finally:
        stream.close()
    whole = stream.position >= end
    if whole:
        yield from last
    damage = damage or stream.damage or ("" if whole and stream.tail == _RECORD_END else "truncated")
    if not end and not _MAGIC.startswith(stream.head[: len(_MAGIC)]):
        raise RecipeError(f"{file.uri} holds no WARC record: rename it, or take it out of the source")
    if damage and file.size:
        yield reject(file.file, stream.position, damage, "the archive ends here" if damage == "truncated" else _GARBAGE)


def _head_bytes(seen: WarcRecord) -> int:
    """Bytes of a record's header, as nearly all writers put it: one space after the colon, CR LF."""
    return len(_VERSION) + sum(len(name) + len(value) + 4 for name, value in seen.headers.items_bytes()) + 2


def _records(stream: Stream, most: int) -> Iterator[tuple[WarcRecord, bytes]]:
    """Records with their blocks, at most one byte over `most`; ends at one that the file cuts short."""
    archive = ArchiveIterator(
        cast(BinaryIO, stream), record_types=WarcRecordType.any_type, parse_http=False, stream_detect=False
    )
    for seen in archive:
        wanted = min(seen.content_length, most + 1)
        body = bytes(seen.reader.read(wanted))
        if len(body) < wanted or not seen.headers.contains_key("Content-Length"):
            return
        yield seen, body


def _record(seen: WarcRecord, body: bytes, file: SourceFile, offset: int, source: Source) -> Record | Reject:
    if len(body) > source.max_record_bytes:
        return reject(file.file, offset, "too_large", f"{seen.content_length} bytes")
    locator = (seen.record_id or f"{file.file}#{offset}").strip("<>")
    url = seen.headers.get("WARC-Target-URI")
    if seen.record_type & WarcRecordType.conversion:
        text = decoding.decode(body, "utf-8", html=False)
    else:
        answer = _response(body, source)
        if isinstance(answer, tuple):
            return reject(file.file, offset, *answer)
        text = answer
    if text is None:
        return reject(file.file, offset, "undecodable", url)
    return Record(
        locator=locator,
        file=file.file,
        offset=offset,
        text=text,
        url=url,
        date=dates.seconds(seen.headers.get("WARC-Date")),
    )


def _response(body: bytes, source: Source) -> str | tuple[str, str] | None:  # noqa: PLR0911  (a reason each)
    """The page's text, None if it cannot be decoded, or reason and detail of a reject."""
    head, separator, payload = body.partition(b"\r\n\r\n")
    if not separator:
        head, separator, payload = body.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    status = lines[0].split() if lines else []
    if not separator or len(status) < 2 or not status[0].startswith("HTTP/") or not _is_number(status[1]):
        return "broken", "no HTTP response"
    if int(status[1]) != _OK:
        return "http_status", status[1]
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    data = _unpacked(payload, headers, source.max_record_bytes)
    if data is None:
        return "broken", f"{headers.get('transfer-encoding', '')} {headers.get('content-encoding', '')}"
    if len(data) > source.max_record_bytes:
        return "too_large", f"more than {source.max_record_bytes} bytes unpacked"
    kind, charset = _content_type(headers.get("content-type", ""), data)
    if kind in _HTML:
        if len(data) > source.max_html_bytes:
            return "too_large", f"{len(data)} bytes of HTML"
        markup = decoding.decode(data, charset, html=True)
        if markup is None:
            return None
        text = page_text(markup, source.extraction)
        return ("too_complex", f"{len(data)} bytes of HTML") if text is None else text
    if kind == "text/plain":
        return decoding.decode(data, charset, html=False)
    return "not_text", kind


def _is_number(text: str) -> bool:
    """ASCII digits: `isdigit` takes superscripts too, which `int` does not."""
    return text.isascii() and text.isdigit()


def _content_type(header: str, data: bytes) -> tuple[str, str | None]:
    """Media type and charset; without a header, by what the page begins with."""
    kind, _, parameters = header.partition(";")
    charset = next(
        (p.split("=", 1)[1].strip(" \"'") for p in parameters.split(";") if p.strip().lower().startswith("charset=")),
        None,
    )
    if kind.strip():
        return kind.strip().lower(), charset
    start = data[:_SNIFFED].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<head" in start or b"<body" in start:
        return "text/html", charset
    return ("text/plain" if b"\0" not in start else "application/octet-stream"), charset


def _unpacked(payload: bytes, headers: dict[str, str], most: int) -> bytes | None:
    """The body without transfer and content encodings, at most one byte over `most`; None if they are broken."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        joined = _dechunked(payload)
        payload = payload if joined is None else joined  # crawlers often store the body unchunked, header and all
    coding = headers.get("content-encoding", "identity").lower() or "identity"
    try:
        if coding in ("gzip", "x-gzip", "deflate"):
            return _inflated(payload, most)
        if coding == "zstd":
            return zstandard.ZstdDecompressor().stream_reader(payload).read(most + 1)
    except (zlib.error, zstandard.ZstdError):
        return None
    return payload if coding == "identity" else None


def _inflated(payload: bytes, most: int) -> bytes:
    """gzip, zlib or raw deflate, told by their first bytes; as it is if it was stored unpacked."""
    if payload[:2] == b"\x1f\x8b":
        return zlib.decompressobj(wbits=31).decompress(payload, most + 1)
    if payload[:1] == b"\x78":
        return zlib.decompressobj().decompress(payload, most + 1)
    if payload[:64].lstrip()[:1] == b"<":
        return payload
    return zlib.decompressobj(wbits=-15).decompress(payload, most + 1)


def _dechunked(payload: bytes) -> bytes | None:
    """RFC 9112, section 7.1; None if it is not chunked."""
    parts: list[bytes] = []
    place = 0
    while True:
        end = payload.find(b"\r\n", place)
        size = payload[place:end].split(b";")[0].strip()
        if end < 0 or not size or any(c not in b"0123456789abcdefABCDEF" for c in size):
            return None
        length = int(size, 16)
        if not length:
            return b"".join(parts)
        parts.append(payload[end + 2 : end + 2 + length])
        place = end + 2 + length + 2
