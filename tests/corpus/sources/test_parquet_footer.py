"""The footer as it is read here, against PyArrow's account of it; and what ends PyArrow is an error here."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers import parquet_footer

KINDS = {"BOOLEAN": 0, "INT32": 1, "INT64": 2, "INT96": 3, "FLOAT": 4, "DOUBLE": 5, "BYTE_ARRAY": 6}
ENCODINGS = {
    "PLAIN": 0, "PLAIN_DICTIONARY": 2, "RLE": 3, "BIT_PACKED": 4, "DELTA_BINARY_PACKED": 5,
    "DELTA_LENGTH_BYTE_ARRAY": 6, "DELTA_BYTE_ARRAY": 7, "RLE_DICTIONARY": 8, "BYTE_STREAM_SPLIT": 9,
}  # fmt: skip
TABLE = pa.table(
    {
        "text": ["the mill", "grain", None, "x" * 300] * 9,
        "n": range(36),
        "d": [0.5, None, float("nan"), 2.0] * 9,
        "b": [True, False, None, True] * 9,
        "s": [{"a": "x", "l": ["y"] * (n % 3)} for n in range(36)],
    }
)


def written(table: pa.Table, **settings: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **settings)
    return out.getvalue()


ABOUT = pq.ParquetFile(io.BytesIO(written(TABLE))).metadata


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"row_group_size": 5, "compression": "zstd"},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY", "n": "DELTA_BINARY_PACKED"}},
        {"data_page_version": "2.0", "write_page_index": True, "write_statistics": False},
        {"sorting_columns": [pq.SortingColumn(1)], "write_page_checksum": True},
        {"row_group_size": 2, "store_schema": False, "version": "1.0"},
    ],
)
def test_chunks_are_as_pyarrow_says(settings: dict[str, Any]) -> None:
    data = written(TABLE, **settings)
    about = pq.ParquetFile(io.BytesIO(data)).metadata
    found = parquet_footer.groups(pa.BufferReader(data), about)
    assert len(found) == about.num_row_groups
    for group, chunks in enumerate(found):
        for i, chunk in enumerate(chunks):
            column = about.row_group(group).column(i)
            assert chunk == parquet_footer.Chunk(
                path=column.path_in_schema,
                kind=KINDS[column.physical_type],
                encodings=frozenset(ENCODINGS[one] for one in column.encodings),
                values=column.num_values,
                unpacked=column.total_uncompressed_size,
                stored=column.total_compressed_size,
                dictionary_at=column.dictionary_page_offset or 0,
            )


@given(st.binary(max_size=64))
def test_any_bytes_are_a_footer_or_an_error(data: bytes) -> None:
    whole = b"PAR1" + data + len(data).to_bytes(4, "little") + b"PAR1"
    try:
        found = parquet_footer.groups(pa.BufferReader(whole), ABOUT)
    except pa.ArrowInvalid:
        return
    assert all(len(group) == ABOUT.num_columns for group in found)


@pytest.mark.parametrize(
    "head", [b"\x1c", b"\x19\x1c", b"\x19\xfc\xff\xff\xff\xff\x0f", b"\x1b\x01", b"\x16" + b"\xff" * 12]
)
def test_nested_and_endless_footers_are_errors(head: bytes) -> None:
    data = head * 20_000
    with pytest.raises(pa.ArrowInvalid, match="its footer cannot be read"):
        parquet_footer.groups(pa.BufferReader(data + len(data).to_bytes(4, "little") + b"PAR1"), ABOUT)
