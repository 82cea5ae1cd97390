"""Small valid files of every format, made here."""

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable, Mapping
from typing import Final, Literal

import lz4.frame
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

TEXTS: Final = [f"Record {n} of the mill: grain, flour, \u5b57 and \u043c\u0443\u043a\u0430." for n in range(12)]


def _rows() -> pa.Table:
    return pa.table(
        {
            "text": pa.array(TEXTS),
            "id": pa.array([f"id-{n}" for n in range(12)]).dictionary_encode(),
            "date": pa.array(range(12), pa.timestamp("us", "UTC")),
            "more": pa.array([{"part": n, "names": ["a"] * (n % 3)} for n in range(12)]),
        }
    )


def _parquet(**settings: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(_rows(), out, row_group_size=5, write_page_checksum=True, **settings)  # type: ignore[arg-type]
    return out.getvalue()


def _ipc(*, stream: bool, compression: Literal["lz4", "zstd"] | None) -> bytes:
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    opened = pa.ipc.new_stream if stream else pa.ipc.new_file
    with opened(out, _rows().schema, options=options) as writer:
        for batch in _rows().to_batches(max_chunksize=5):
            writer.write_batch(batch)
    return out.getvalue()


def _page(text: str) -> bytes:
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Mill</title></head><body>"
        f"<nav><a href=/>x</a></nav><article><h1>A</h1><p>{text} {text} &amp; more."
        f"</p><table><tr><td>1<td>2</table><math><mi>x</mi></math>"
        f"<ul><li>{text}</ul></article></body></html>"
    ).encode()


def _record(kind: str, number: int, block: bytes, content: str) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"WARC-Target-URI: http://a.test/{number}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nContent-Type: {content}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _response(text: str, coding: str) -> bytes:
    body = _page(text)
    body = gzip.compress(body, mtime=0) if coding == "gzip" else body
    coded = f"Content-Encoding: {coding}\r\n" if coding else ""
    if coding == "chunked":
        coded, body = "Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{coded}\r\n".encode() + body


def _warc() -> list[bytes]:
    codings = ("", "gzip", "chunked")
    return [
        _record("response", n, _response(text, codings[n % 3]), "application/http; msgtype=response")
        for n, text in enumerate(TEXTS[:6])
    ]


def _wet() -> list[bytes]:
    return [_record("conversion", n, text.encode(), "text/plain") for n, text in enumerate(TEXTS[:6])]


def _arc() -> list[bytes]:
    about = b"1 0 CC\nURL IP-address Archive-date Content-type Archive-length\n"
    found = [b"filedesc://x.arc 0.0.0.0 20260101000000 text/plain %d\n%s\n" % (len(about), about)]
    for n, text in enumerate(TEXTS[:5]):
        body = _response(text, "")
        found.append(b"http://a.test/%d 1.2.3.4 20260101000000 text/html %d\n%s\n" % (n, len(body), body))
    return found


def _lines() -> bytes:
    return b"".join(json.dumps({"text": text, "id": n}).encode() + b"\n" for n, text in enumerate(TEXTS))


def _csv(sign: str) -> bytes:
    quoted = '"{}"' if sign == "," else "{}"
    return "".join([f"id{sign}text\n", *(f"{n}{sign}{quoted.format(text)}\n" for n, text in enumerate(TEXTS))]).encode()


PACKED: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    ".bz2": bz2.compress,
    ".xz": lambda data: lzma.compress(data, check=lzma.CHECK_CRC64),
    ".lz4": lambda data: lz4.frame.compress(data, content_checksum=True),
}

FILES: Final[Mapping[str, bytes]] = {
    "a.warc": b"".join(_warc()),
    "b.warc.gz": b"".join(map(PACKED[".gz"], _warc())),
    "c.warc.zst": b"".join(map(PACKED[".zst"], _warc())),
    "d.wet": b"".join(_wet()),
    "e.wet.gz": b"".join(map(PACKED[".gz"], _wet())),
    "f.arc": b"".join(_arc()),
    "g.arc.gz": b"".join(map(PACKED[".gz"], _arc())),
    "h.html": _page(TEXTS[0]),
    "i.xhtml": _page(TEXTS[1]),
    "j.jsonl": _lines(),
    "k.json": json.dumps([{"text": text, "id": n} for n, text in enumerate(TEXTS)]).encode(),
    "l.csv": _csv(","),
    "m.tsv": _csv("\t"),
    "n.txt": "\n\n".join(TEXTS).encode(),
    "o.md": "\n\n".join(TEXTS).encode("utf-16"),
    "p.parquet": _parquet(),
    "q.parquet": _parquet(compression="zstd", use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}),
    "r.parquet": _parquet(compression="none", data_page_version="2.0", write_page_index=True),
    "s.arrow": _ipc(stream=False, compression=None),
    "t.arrow": _ipc(stream=False, compression="zstd"),
    "u.arrow": _ipc(stream=True, compression="lz4"),
    **{f"v.jsonl{end}": pack(_lines()) for end, pack in PACKED.items()},
}
