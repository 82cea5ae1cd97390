"""Rows on their way into a part, some at a time: a file of a few megabytes may give millions."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from corpus.store.table import BATCH_BYTES, BATCH_ROWS, PartWriter


class Waiting:
    """Rows that are written when there are many, or much in them; `flush` writes the last."""

    def __init__(self, writer: PartWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema
        self._rows: list[Mapping[str, Any]] = []
        self._bytes = 0

    def add(self, row: Mapping[str, Any], size: int = 0) -> None:
        """A row by the schema's names; `size` bytes of text in it, where that may be much."""
        self._rows.append(row)
        self._bytes += size
        if len(self._rows) == BATCH_ROWS or self._bytes > BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._rows:
            columns = {name: [row[name] for row in self._rows] for name in self._schema.names}
            self._writer.write(pa.RecordBatch.from_pydict(columns, schema=self._schema))
        self._rows, self._bytes = [], 0
