"""From a document's id or address to its place: a scan of narrow columns, which hold no text."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.store.table import Table
from filters.arrow import equal, filled

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


def one(documents: Table, asked: str) -> tuple[str, int, int]:
    """The document whose id begins so, or whose address (`url`) this is. Raises RecipeError if none or several are."""
    by_address = bool(asked) and not asked.isalnum()  # as ids are, and no address of a page is
    column = "url" if by_address else "id"
    found: list[tuple[str, int, int]] = []
    for part, read in enumerate(documents.each(list(dict.fromkeys(["id", column])))):
        values = read.column(column)
        fits = equal(filled(values, ""), asked) if by_address else np.asarray(pc.starts_with(values, asked))
        rows = np.flatnonzero(fits)
        found += [(read.column("id")[int(row)].as_py(), part, int(row)) for row in rows]
    ids = sorted({id_ for id_, *_ in found})
    if len(ids) == 1:
        return found[0]
    what = f"address is {asked!r}" if by_address else f"id begins with {asked!r}"
    if not ids:
        raise RecipeError(
            f"no document's {what}: ids are 32 hex digits, as in the report's samples, and addresses are whole; "
            "`gristmill find ROOT --url '*PART*'` looks for a part of one"
        )
    more = ", ".join(ids[:_SHOWN]) + (" ..." if len(ids) > _SHOWN else "")
    if by_address:
        raise RecipeError(f"{len(ids)} documents have the address {asked!r}: give the id of one ({more})")
    raise RecipeError(f"{len(ids)} documents' ids begin with {asked!r}: give more digits ({more})")
