"""What a batch takes is told from its message, and one that would take gigabytes is a reject before it does."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus.readers import ipc_messages
from tests.corpus.sources.test_readers import read_bytes, reasons, texts
from tests.hostile.watched import Watched

KINDS = ("none", "zstd", "lz4")


def written(tables: list[pa.Table], *, stream: bool, compression: Any) -> bytes:
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=None if compression == "none" else compression)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, tables[0].schema, options=options) as writer:
        for table in tables:
            writer.write_table(table)
    return out.getvalue()


def rows(size: int, count: int = 3) -> pa.Table:
    text = pa.array(["\N{GREEK SMALL LETTER MU}" * (size // 2)] * count)
    return pa.table({"text": text, "more": pa.array(["a"] * count).dictionary_encode(), "none": pa.nulls(count)})


@pytest.mark.parametrize("compression", KINDS)
def test_sizes_are_those_that_arrow_makes(compression: str) -> None:
    tables = [rows(1000), rows(500_000), rows(10)]
    data = written(tables, stream=False, compression=compression)
    dictionaries, batches = ipc_messages.of_file(pa.BufferReader(data))
    file = pa.ipc.open_file(data)
    assert 0 < dictionaries < 2000
    for number, place in enumerate(batches):
        found = ipc_messages.of_batch(pa.BufferReader(data), place)
        made = sum(
            buffer.size for column in file.get_batch(number).columns[:1] for buffer in column.buffers() if buffer
        )
        assert made <= found <= 2 * made + 2000


@pytest.mark.parametrize("compression", KINDS)
def test_stream_goes_from_batch_to_batch(compression: str) -> None:
    data = written([rows(1000), rows(50_000)], stream=True, compression=compression)
    opened = pa.BufferReader(data)
    stream = pa.ipc.open_stream(opened)
    for _ in range(2):
        place = opened.tell()
        size, behind = ipc_messages.until_batch(opened, place)
        opened.seek(place)
        batch = stream.read_next_batch()
        assert opened.tell() == behind
        assert size >= batch.column("text").nbytes
    assert ipc_messages.until_batch(opened, behind) == (0, behind)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("compression", KINDS)
def test_batch_over_the_bound_is_one_reject_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: bool, compression: str
) -> None:
    monkeypatch.setattr("corpus.readers.ipc.MOST_BYTES", 100_000)
    data = written([rows(10), rows(200_000), rows(20)], stream=stream, compression=compression)
    found = read_bytes(tmp_path, "x.arrow", data)
    assert reasons(found) == ["too_large"]
    assert [len(text) for text in texts(found)] == [5] * 3 + [10] * 3


@pytest.mark.parametrize("stream", [False, True])
def test_batch_of_gigabytes_takes_no_memory(stream: bool) -> None:
    """2 GB of one letter in 200 kB of zstd."""
    large = pa.table({"text": pa.array(["x" * (1 << 20)]).take(pa.array([0] * 2000)), "id": range(2000)})
    data = written([pa.table({"text": ["good"], "id": [0]}), large.combine_chunks()], stream=stream, compression="zstd")
    assert len(data) < 1 << 20
    watched = Watched()
    try:
        found = watched.call("read", data, name="x.arrow")
    finally:
        watched.close()
    assert found.sound, found
    assert (found.value["texts"], found.value["reasons"]) == (["good"], ["too_large"])
    assert found.peak < 500 << 20
