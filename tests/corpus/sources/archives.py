"""Archives and compressed files made byte by byte, and what readers give of them."""

import gzip
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corpus.sources.inventory import list_files, plan_units
from corpus.sources.record import Item, Note, Record, Reject
from corpus.sources.source import Source
from corpus.sources.units import read_unit


class Found:
    """What a reader gives, by kind."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.records = [item for item in items if isinstance(item, Record)]
        self.rejects = [item for item in items if isinstance(item, Reject)]
        self.texts = [item.text.strip() for item in self.records]
        self.reasons = [item.reason for item in self.rejects]
        self.lost = sum(item.lost for item in self.rejects)
        self.notes: Counter[tuple[str, str]] = Counter()
        for item in items:
            if isinstance(item, Note) and item.kind != "encoding":
                self.notes[item.kind, item.detail] += item.count


def found(folder: Path, name: str, data: bytes, unit_bytes: int = 1 << 40, **settings: object) -> Found:
    """What a file of these bytes gives."""
    (folder / name).write_bytes(data)
    source = Source(name="s", path=str(folder / name), extractor="all", **settings)  # type: ignore[arg-type]
    units = plan_units(list_files(source, "."), unit_bytes)
    return Found([item for unit in units for item in read_unit(unit, source)])


def record(block: bytes, headers: str, *, end: bytes = b"\r\n\r\n", line_end: str = "\r\n") -> bytes:
    """A WARC record with these headers, a "|" between two, and its Content-Length."""
    lines = ["WARC/1.0", *(line for line in headers.split("|") if line), f"Content-Length: {len(block)}", "", ""]
    return line_end.join(lines).encode() + block + end


RESPONSE = "WARC-Type: response|WARC-Target-URI: http://a.test/|Content-Type: application/http; msgtype=response"


def page(text: str, headers: str = "", *, kind: str = RESPONSE, **framing: object) -> bytes:
    """A WARC record of an HTTP response with plain text."""
    return response(text.encode(), f"Content-Type: text/plain; charset=utf-8|{headers}", kind, **framing)


def response(body: bytes, headers: str, kind: str = RESPONSE, **framing: object) -> bytes:
    """A WARC record of an HTTP response with these headers, a "|" between two."""
    lines = "".join(f"{line}\r\n" for line in headers.split("|") if line)
    return record(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body, kind, **framing)  # type: ignore[arg-type]


def members(*records: bytes) -> bytes:
    """Each in a gzip member of its own, as crawlers write them."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
