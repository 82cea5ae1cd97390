"""Parquet and Arrow IPC (file and stream): a record a row."""

from collections.abc import Iterator

from corpus.readers import ipc, parquet
from corpus.readers.fields import record_of
from corpus.sources.inventory import Slice
from corpus.sources.record import Note, Record, Reject
from corpus.sources.source import Source


def read(piece: Slice, source: Source) -> Iterator[Record | Reject | Note]:
    """Rows in order. A row group or batch that is damaged costs its own rows, and a value that is none itself alone.

    Raises RecipeError for a file that is neither, that lacks the text column, or that has a column of it twice.
    """
    with piece.file.original.open() as opened:
        batches = parquet.batches if piece.file.format == "parquet" else ipc.batches
        for found in batches(opened, piece, source):
            if isinstance(found, Reject):
                yield found
                continue
            for row, fields in enumerate(found.rows(), found.first):
                yield record_of(fields, piece.file.file, row, source)
