"""Which documents people are given: so many of each language, source and outcome, by a keyed digest of their ids."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from corpus.annotation.strata import CUT, DROPPED, KEPT, Stratum
from corpus.errors import RecipeError
from corpus.query import outcomes, rows
from corpus.query.opened import Opened
from corpus.query.wanted import Conditions
from corpus.shards.order import order_keys
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from filters.arrow import string_array, strings

CUTS: Final = (CONTAMINATION.cuts, LINES.cuts, PASSAGES.cuts)
_SALT = " audit"  # an order of its own: samples of `find` and of the report are others
_KEYED = np.dtype([("key", np.uint64), ("part", np.int64), ("row", np.int64)])


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`places` by stratum: part and row, in the order of their digests; `documents`: how many each has; `unknown`: of
    how many the conditions say nothing, for a value that is not there."""

    places: Mapping[Stratum, Sequence[tuple[int, int]]]
    documents: Mapping[Stratum, int]
    unknown: int


def choose(
    opened: Opened,
    conditions: Conditions,
    of: Sequence[str],
    count: int,
    seed: int,
    done: Callable[[int], None] = lambda _: None,
) -> Chosen:
    """`count` of each stratum, or all of a smaller one; the same ones whatever the parts. Raises RecipeError if nothing
    cuts texts and cuts are asked for, or if nothing fits."""
    if CUT in of and not any(opened.stages.table(ref) for ref in CUTS):
        raise RecipeError(
            f"no stage of {opened.release} cut texts ([contamination], [[lines]], [passages]): take --of kept"
        )
    held: dict[Stratum, np.ndarray] = {}
    documents: dict[Stratum, int] = {}
    unknown = 0
    names = sorted({*conditions.columns(), "id", "language", "source", "outcome"})
    for part in range(opened.parts):
        table = rows.read(opened, part, names)
        hold, open_ = conditions.hold(table)
        unknown += int(open_.sum())
        keyed = _keyed(table, part, seed)
        for stratum, own in _strata(opened, part, table, hold, of).items():
            documents[stratum] = documents.get(stratum, 0) + len(own)
            both = np.concatenate([held.get(stratum, keyed[:0]), keyed[own]])
            held[stratum] = np.sort(both, order=("key", "part", "row"))[:count]
        done(part + 1)
    if not held:
        raise RecipeError(f"no document of {opened.release} is asked for: see `gristmill find` with these conditions")
    places = {one: [(int(at["part"]), int(at["row"])) for at in held[one]] for one in sorted(held)}
    return Chosen(places=places, documents=documents, unknown=unknown)


def _keyed(table: pa.Table, part: int, seed: int) -> np.ndarray:
    found = np.empty(table.num_rows, _KEYED)
    found["key"] = order_keys(string_array(table.column("id").combine_chunks()), seed, _SALT)
    found["part"], found["row"] = part, np.arange(table.num_rows)
    return found


def _strata(
    opened: Opened, part: int, table: pa.Table, hold: np.ndarray, of: Sequence[str]
) -> Mapping[Stratum, np.ndarray]:
    """Rows (ascending) of a part, by stratum."""
    kept = np.array([one == outcomes.KEPT for one in strings(table.column("outcome"))], bool)
    pairs = np.array(list(zip(strings(table.column("language")), strings(table.column("source")), strict=True)), object)
    fits = {KEPT: kept, DROPPED: ~kept}
    if CUT in of:
        fits[CUT] = kept & _cut(opened, part, len(kept))
    found: dict[Stratum, list[int]] = {}
    for name in of:
        for row in np.flatnonzero(fits[name] & hold).tolist():
            language, source = pairs[row]
            found.setdefault(Stratum(language=language, source=source, of=name), []).append(row)
    return {stratum: np.array(own, np.int64) for stratum, own in found.items()}


def _cut(opened: Opened, part: int, count: int) -> np.ndarray:
    """bool[count]: documents of which a stage cut something out."""
    found = np.zeros(count, bool)
    for ref in CUTS:
        table = opened.stages.table(ref)
        if table is not None:
            found[np.asarray(table.read(part, ["row"]).column("row"), np.int64)] = True
    return found
