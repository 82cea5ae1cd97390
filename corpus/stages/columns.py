"""How the columns of tables are written down. `docs/data-format.md` explains each table.

Tables about documents are aligned: part i, row j of signals, verdicts and clusters is part i, row j of documents, so a
document's 64-bit key is `part << 32 | row`.
"""

import pyarrow as pa

from filters.arrow import Field


def column(name: str, kind: pa.DataType, *, nullable: bool = False) -> Field:
    """A column; of those that may hold nulls it is said."""
    return pa.field(name, kind, nullable=nullable)


CUTS = pa.schema(
    [  # of `contamination`, `lines`, `passages`; by row and start; spans of one row in one table do not overlap
        column("id", pa.string()),
        column("row", pa.int32()),  # row in the documents part of the same number
        column("start", pa.int32()),  # code points into the document's text, half-open
        column("end", pa.int32()),
        column("rule", pa.string()),
        column("count", pa.int64()),  # documents of the scope in which the line or passage occurs
        column("of_id", pa.string(), nullable=True),  # the document whose copy stays
    ]
)
