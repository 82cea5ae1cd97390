"""Footers of Parquet files, which have no checksum as pages have.

The schema stands in a footer twice, as Parquet's and as Arrow's, and each follows from the other. So a bit that is
flipped in one of them is told. The number of rows is held against the manifest's, sizes and places against the pages.
"""

import base64
from functools import lru_cache

import pyarrow as pa
import pyarrow.parquet as pq

_ARROW = b"ARROW:schema"


def check(file: pq.ParquetFile) -> None:
    """Raises pa.ArrowInvalid if the two schemas of a footer are not each other's, or its sums of rows differ."""
    about = file.metadata
    rows(about)
    stored = (about.metadata or {}).get(_ARROW)
    if stored is None:
        raise pa.ArrowInvalid("its footer has no Arrow schema")
    arrow, parquet = _both(stored)
    if not (file.schema.equals(parquet) and file.schema_arrow.equals(arrow)):
        raise pa.ArrowInvalid("the schemas in its footer contradict each other")


def rows(about: pq.FileMetaData) -> list[int]:
    """Of each row group. Raises pa.ArrowInvalid if there are fewer than none, or their sum is another."""
    found = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    if min(found, default=0) < 0 or sum(found) != about.num_rows:
        raise pa.ArrowInvalid("its footer counts rows that its row groups have not")
    return found


@lru_cache(maxsize=64)  # of a table's parts they are all the same
def _both(stored: bytes) -> tuple[pa.Schema, pq.ParquetSchema]:
    try:
        arrow = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(stored, validate=True)))
    except (ValueError, OSError) as error:  # pa.ArrowInvalid is a ValueError
        raise pa.ArrowInvalid("its footer has no Arrow schema that can be read") from error
    zones = {field.type.tz for field in arrow if pa.types.is_timestamp(field.type)}
    if not zones <= {"UTC", None}:  # a zone stands in Arrow's schema alone, and tables have no other
        raise pa.ArrowInvalid(f"its footer has columns in the time of {', '.join(map(repr, zones))}")
    sink = pa.BufferOutputStream()
    pq.write_table(arrow.empty_table(), sink)
    with pq.ParquetFile(pa.BufferReader(sink.getvalue())) as made:  # Parquet has no seconds: they come back as ms
        return made.schema_arrow, made.schema
