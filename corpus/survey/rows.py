"""The first records of a file as they stand, before anybody says which of their fields is the text."""

import csv
import json
from collections.abc import Iterator, Mapping
from itertools import islice

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.charset import choice
from corpus.readers.json_values import Values
from corpus.readers.lines import Lines
from corpus.sources import declared_encoding
from corpus.sources.inventory import SourceFile
from corpus.sources.streams import Stream

_LOOKED_AT = 4 << 20  # bytes of a file, unpacked
_VALUE_BYTES = 2 << 20  # larger records are passed over
_DEPTH = 3  # of objects within objects whose fields may be named

Row = Mapping[str, object]


def of(file: SourceFile, most: int) -> list[Row]:
    """At most so many, fields of inner objects by names with dots; none of a file that has no named fields or cannot be
    read: whoever reads it as a source says why."""
    try:
        return [_flat(row) for row in islice(_rows(file, most), most)]
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError, csv.Error):
        return []


def _rows(file: SourceFile, most: int) -> Iterator[Row]:
    if file.format == "parquet":
        with file.original.open() as opened, pq.ParquetFile(opened) as parquet:
            for batch in parquet.iter_batches(batch_size=most):
                yield from batch.to_pylist()
    elif file.format == "arrow":
        with file.original.open() as opened:
            for batch in _batches(opened):
                yield from batch.slice(0, most).to_pylist()
    elif file.format in ("jsonl", "json"):
        yield from (found for value in _values(file) if isinstance(found := _parsed(value), dict))
    elif file.format in ("csv", "tsv"):
        yield from _delimited(file)


def _batches(opened: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    magic = opened.read(6)
    opened.seek(0)
    if magic == b"ARROW1":
        file = pa.ipc.open_file(opened)
        yield from (file.get_batch(number) for number in range(file.num_record_batches))
    else:
        yield from pa.ipc.open_stream(opened)


def _values(file: SourceFile) -> Iterator[bytes]:
    gathered: Lines | Values = Lines(_VALUE_BYTES, 0, skips=False, stop=-1)
    read = 0
    stream = Stream(file)
    try:
        while read < _LOOKED_AT and (block := stream.read()):
            if not read and file.format == "json" and block.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
                gathered = Values(_VALUE_BYTES, 0)
            read += len(block)
            yield from (value for _, value in gathered.feed(block) if value)
        if isinstance(gathered, Lines) and (rest := gathered.rest()[1]):
            yield rest
    finally:
        stream.close()


def _parsed(value: bytes) -> object:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _leniently(value)


def _leniently(value: bytes) -> object:
    """NaN, which only Python's own reader takes."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _delimited(file: SourceFile) -> Iterator[Row]:
    data = _beginning(file)
    text = declared_encoding.decoder(encoding_of(data)).decode(data[: data.rfind(b"\n") + 1 or None])
    if file.format == "tsv":
        yield from csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        return
    first = text.partition("\n")[0]
    sign = max(",;\t|", key=first.count)
    yield from csv.DictReader(text.splitlines(keepends=True), delimiter=sign)


def encoding(file: SourceFile) -> str:
    """Of a table of text whose beginning is no UTF-8, as its bytes tell it; "" for UTF-8 and what nothing tells."""
    return encoding_of(_beginning(file)) if file.format in ("csv", "tsv") and file.size else ""


def encoding_of(data: bytes) -> str:
    found = choice.decode(data[: data.rfind(b"\n") + 1 or None], None, html=False)
    try:
        return declared_encoding.known(found.encoding) if found and found.encoding != "utf-8" else ""
    except ValueError:  # one that is not read in pieces
        return ""


def _beginning(file: SourceFile) -> bytes:
    stream = Stream(file)
    try:
        return b"".join(iter(lambda: stream.read() if stream.position < _LOOKED_AT else b"", b""))
    finally:
        stream.close()


def _flat(row: Row, above: str = "", depth: int = 1) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and depth < _DEPTH:
            found |= _flat(value, f"{above}{name}.", depth + 1)
        elif isinstance(name, str):  # csv.DictReader keeps cells too many under None
            found[f"{above}{name}"] = value
    return found
