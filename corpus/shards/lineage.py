"""Lineage: for each document of a Megatron prefix the place of its row in `documents`, in a few bytes.

What else there is to know of a document (id, source, licence, address, archive record, verdict) stands at that place in
the tables before. A random order cannot be squeezed below log2(documents of the corpus) bits a document: 3.2 bytes for
60 million. The dictionary of parts with byte-split rows under zstd takes 1 to 4 % more than that.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import DataError
from corpus.shards.gather import Block
from corpus.store import footers, storage
from corpus.store.arrow_errors import DAMAGED, first_line

SCHEMA = pa.schema(
    [  # row = document number in the prefix of the same name
        pa.field("part", pa.int32(), nullable=False),  # documents part, and row in it
        pa.field("row", pa.int32(), nullable=False),
        pa.field("copy", pa.int16(), nullable=False),  # 0 for the first; others where the mixture repeats the document
    ]
)


def of_block(block: Block, rows: np.ndarray) -> pa.Table:
    """Of some documents of a block."""
    columns = [pa.array(column[rows]) for column in (block.parts, block.rows, block.copies)]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def write(
    sink: storage.Sink,
    tables: Iterable[pa.Table],
    few: Sequence[str] = ("part", "copy"),
    numbers: Sequence[str] = ("row",),
) -> None:
    """One row group: what is looked up is a row number, or any row of the prefix. `few`: columns of few values.
    `numbers`: whose high bytes are nearly constant, and whose low ones are noise."""
    pq.write_table(
        pa.concat_tables(tables).combine_chunks(),
        storage.arrow_file(sink),
        compression="zstd",
        # A few thousand parts: 10 to 13 bits; copies are nearly all 0.
        use_dictionary=list(few),  # type: ignore[arg-type]  # the stubs know of all or none
        column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
        write_statistics=False,
        write_page_checksum=True,
    )


def read(folder: str, name: str) -> pa.Table:
    """The lineage of the prefix of this name. Raises DataError if it is missing or damaged."""
    filesystem, path = storage.resolve(storage.join(folder, f"{name}.parquet"))
    try:
        with pq.ParquetFile(filesystem.open_input_file(path), page_checksum_verification=True) as file:
            footers.check(file)
            return file.read()
    except DAMAGED as error:
        why = first_line(error)
        raise DataError(f"{path} is missing or damaged ({why}): copy it again, or run the recipe again") from error
