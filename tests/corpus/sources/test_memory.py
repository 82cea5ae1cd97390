"""A few kilobytes that unpack to gigabytes, or parse to them, never fill the memory of a worker."""

import gzip
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from corpus.packed import zstd_frames
from tests.conftest import ROOT

GOOD = b'{"text": "good"}\n'
LINE = (64 << 20) - 100  # bytes: the largest that a source takes


def _values(unit: bytes) -> bytes:
    line = b'{"text": "a", "b": [' + unit * (LINE // len(unit)) + b"0]}\n"
    return gzip.compress(line + GOOD, 1)


def _wide(window: int) -> bytes:
    """A frame of 2 GB of spaces that asks for a window of 2**window bytes."""
    block, last = (struct.pack("<I", (128 << 10) << 3 | 2 | end)[:3] + b" " for end in (0, 1))
    frame = zstd_frames.MAGIC + bytes([0, (window - 10) << 3]) + block * 16_000 + last
    return frame + zstandard.compress(GOOD)


def _text() -> bytes:
    """Lines of four bytes a character in memory, with a byte that is no UTF-8."""
    line = b'{"text": "' + b"abcd" * (LINE // 4 - 20) + "\U0001f600".encode() + b'\xff"}\n'
    return gzip.compress(line * 3, 1)


def _body() -> bytes:
    packed = gzip.compress(gzip.compress(bytes(800 << 20)))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip, gzip\r\n\r\n"
    warc = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n" % (len(head) + len(packed))
    return warc + head + packed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data", "most"),
    [
        ("x.jsonl.gz", lambda: _values(b"[],"), 400),
        ("x.jsonl.gz", lambda: _values(b'{"a":1},'), 400),
        ("x.json.gz", lambda: _values(b'{"a":1},'), 400),
        ("x.jsonl.zst", lambda: _wide(31), 400),
        ("x.jsonl.zst", lambda: _wide(27), 400),
        ("x.jsonl.gz", _text, 1400),
        ("x.warc", _body, 500),
    ],
)
def test_reader_peaks_below_its_bound(tmp_path: Path, name: str, data: Callable[[], bytes], most: int) -> None:
    (tmp_path / name).write_bytes(data())
    code = (
        "import resource; from corpus.sources.units import read_unit;"
        "from corpus.sources.inventory import list_files, plan_units; from corpus.sources.source import Source;"
        f"source = Source(name='s', path={str(tmp_path / name)!r});"
        "sum(1 for unit in plan_units(list_files(source, '.'), 1 << 26) for _ in read_unit(unit, source));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < most  # MB, of which Python with its libraries is 70
