"""Tombstones: of each withdrawn document what tells it, its copies and its near copies when they come again.

A signature stands there for what was asked for. Copies that went with it are known by their content alone: near copies
of near copies would be other people's. Where copies stay by policy it is the place that is known, by its address, and
the content only if no copy has it.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import table
from corpus.store.manifest import FileEntry
from corpus.store.table import Table
from corpus.tombstones.ledger import Entry
from filters.arrow import schema, strings

_TABLE = "tombstones"
SCHEMA = schema(
    [
        pa.field("part", pa.int32(), nullable=False),  # where it stood in `documents`, and stands empty now
        pa.field("row", pa.int32(), nullable=False),
        pa.field("id", pa.string(), nullable=False),  # its stand-in
        pa.field("asked", pa.int32(), nullable=False),  # number of the request in the entry; -1 for a copy
        pa.field("content", pa.binary(16)),  # keyed, of its content key; null without words
        pa.field("released", pa.binary(16)),  # the same of its text as it was released; null if it was not
        pa.field("signature", pa.binary()),  # keyed, little-endian uint32[permutations]; null for copies
        pa.field("address", pa.binary(16)),  # keyed, of its canonical address; null where its copies go with it
    ]
)


@dataclass(frozen=True, kw_only=True)
class Stones:
    """Of one entry or of several."""

    rows: pa.Table

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(strings(self.rows.column("id")))

    @property
    def contents(self) -> frozenset[bytes]:
        """Of texts as they came, and as they were released."""
        columns = (self.rows.column(name).to_pylist() for name in ("content", "released"))
        return frozenset(one for column in columns for one in column if one)

    @property
    def addresses(self) -> frozenset[bytes]:
        return frozenset(one for one in self.rows.column("address").to_pylist() if one)

    def signatures(self, permutations: int) -> np.ndarray:
        """uint32[documents, permutations] of those that have one."""
        found = [one for one in self.rows.column("signature").to_pylist() if one]
        return np.frombuffer(b"".join(found), "<u4").reshape(-1, permutations)


def write(folder: str, number: int, rows: pa.Table) -> FileEntry:
    """Of an entry that is to come."""
    return table.write_whole(folder, _TABLE, f"{number:06d}", rows.cast(SCHEMA))


def read(folder: str, entry: Entry) -> Stones:
    """Of an entry. Raises DataError for a file that is not what it says."""
    if entry.stones.rows < 1:
        raise DataError(f"entry {entry.number} of {folder} names no document: copy the ledger again")
    rows = Table(folder=folder, name=_TABLE, files=(entry.stones,)).read(0)
    if "address" not in rows.schema.names:  # written before copies could stay
        rows = rows.append_column(SCHEMA.field("address"), pa.nulls(rows.num_rows, pa.binary(16)))
    return Stones(rows=rows)
