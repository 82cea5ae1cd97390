"""How the columns of tables are written down. `docs/data-format.md` explains each table.

Tables about documents are aligned: part i, row j of signals, verdicts and clusters is part i, row j of documents, so a
document's 64-bit key is `part << 32 | row`.
"""

import pyarrow as pa

from filters.arrow import Field


def column(name: str, kind: pa.DataType, *, nullable: bool = False) -> Field:
    """A column; of those that may hold nulls it is said."""
    return pa.field(name, kind, nullable=nullable)
