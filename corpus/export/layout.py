"""The layouts: which documents share a file, what it is called, and how it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from corpus.store import storage
from corpus.store.table import ZSTD_LEVEL

DATA = "data"  # the folder of all files with documents: what lies beside it is about them
_GROUP_BYTES = 64 << 20  # of a row group of Parquet, in memory: readers take one at a time
_LINES = 1000  # of JSON that are made at once

Key = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """`by`: columns whose values documents of a file have in common; `name` gives a file's from these and a number."""

    by: Sequence[str]
    name: Callable[[Key, int], str]
    write: Callable[[storage.Sink, pa.Table], None]


def _write_parquet(sink: storage.Sink, table: pa.Table) -> None:
    rows = max(table.num_rows * _GROUP_BYTES // max(table.nbytes, 1), 1)
    with pq.ParquetWriter(
        storage.arrow_file(sink),
        table.schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        write_page_checksum=True,
        write_statistics=[name for name in table.column_names if name not in ("text", "rules")],
    ) as writer:
        writer.write_table(table, row_group_size=rows)


def _write_partition(sink: storage.Sink, table: pa.Table) -> None:
    """Without the columns that the names of folders say: readers take them from there."""
    _write_parquet(sink, table.drop_columns(["language", "source"]))


def _write_lines(line: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Callable[[storage.Sink, pa.Table], None]:
    """One frame of zstd, for there are readers that stop behind the first."""

    def write(sink: storage.Sink, table: pa.Table) -> None:
        compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True)
        with compressor.stream_writer(sink, closefd=False) as packed:  # type: ignore[arg-type]  # a Sink writes
            for batch in table.to_batches(max_chunksize=_LINES):
                packed.write(b"".join(orjson.dumps(line(row)) + b"\n" for row in batch.to_pylist()))

    return write


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A date as 2024-01-31T12:00:00+00:00."""
    return row


def _pile(row: dict[str, Any]) -> dict[str, Any]:
    """Text and what is known of it, as lm_dataformat has them."""
    return {"text": row.pop("text"), "meta": row}


def _partition(key: Key, number: int) -> str:
    language, source = (quote(value, safe="") for value in key)  # as all readers of such folders undo it
    return f"{DATA}/language={language}/source={source}/part-{number:05d}.parquet"


HUB = "hub"
LAYOUTS: Mapping[str, Layout] = {
    "jsonl.zst": Layout((), lambda _, n: f"{DATA}/part-{n:05d}.jsonl.zst", _write_lines(_plain)),
    "parquet": Layout(("language", "source"), _partition, _write_partition),
    HUB: Layout(("language", "split"), lambda key, n: f"{DATA}/{key[0]}/{key[1]}-{n:05d}.parquet", _write_parquet),
    "lm_dataformat": Layout((), lambda _, n: f"{DATA}/data_{n:05d}_default.jsonl.zst", _write_lines(_pile)),
}
