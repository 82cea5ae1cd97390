"""From a document's id to its place: a scan of the id columns, which hold no text."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.store.table import Table

_SHOWN = 3  # ids named when a prefix fits several


def places(verdicts: Table, ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(part, row) of each id that there is."""
    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, tuple[int, int]] = {}
    for part, rows in enumerate(verdicts.each(["id"]) if len(wanted) else ()):
        column = rows.column("id")
        for row in np.flatnonzero(np.asarray(pc.is_in(column, value_set=wanted))):
            found.setdefault(column[int(row)].as_py(), (part, int(row)))
        if len(found) == len(wanted):
            break
    return found


def one(documents: Table, prefix: str) -> tuple[str, int, int]:
    """The document whose id begins so. Raises RecipeError if none or several do."""
    found: list[tuple[str, int, int]] = []
    for part, read in enumerate(documents.each(["id"])):
        column = read.column("id")
        rows = np.flatnonzero(np.asarray(pc.starts_with(column, prefix)))
        found += [(column[int(row)].as_py(), part, int(row)) for row in rows]
    ids = sorted({id_ for id_, *_ in found})
    if not ids:
        raise RecipeError(f"no document's id begins with {prefix!r}: ids are 32 hex digits, see the report's samples")
    if len(ids) > 1:
        more = ", ".join(ids[:_SHOWN]) + (" ..." if len(ids) > _SHOWN else "")
        raise RecipeError(f"{len(ids)} documents' ids begin with {prefix!r}: give more digits ({more})")
    return found[0]
