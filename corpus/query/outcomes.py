"""What became of each document in the end: kept, or which stage took it."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.query.opened import Opened
from corpus.stages import withdrawn
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP, OUTCOMES
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE

KEPT, FILTERED = OUTCOMES[:2]
# Stages behind dedup that take documents, in their order, by what is said of a document that they took.
TOOK: Final[Mapping[str, Ref]] = {
    "contaminated": CONTAMINATION.contaminated,
    "emptied": LINES.emptied,
    "passages": PASSAGES.passages,
}
WITHHELD: Final = "withheld"  # kept by all others, and not in the corpus: [pii] drops it, or too little is left of it
WITHDRAWN: Final = "withdrawn"  # on request, whatever became of it before
ALL: Final = (*OUTCOMES, *TOOK, WITHHELD, WITHDRAWN)


def of(opened: Opened, part: int) -> np.ndarray:
    """object[rows]: one of ALL for each document of a part. Raises DataError where tables do not fit each other."""
    found = _elected(opened, part)
    for name, ref in TOOK.items():
        table = opened.stages.table(ref)
        if table is not None:
            rows = _READS[name](table.read(part, _COLUMNS[name]))
            found[rows[found[rows] == KEPT]] = name
    corpus = opened.stages.table(RELEASE.corpus)
    if corpus is not None:
        there = np.zeros(len(found), bool)
        there[_rows(corpus.read(part, ["row"]))] = True
        if (found[there] != KEPT).any():
            raise DataError(
                f"part {part} of the corpus has documents that were dropped: `gristmill verify {opened.release}`"
            )
        found[~there & (found == KEPT)] = WITHHELD
    if opened.stages[INGEST].counts.get("withdrawn"):
        found[withdrawn.among(opened.documents.read(part, ["file"]).column("file"))] = WITHDRAWN
    return found


def _elected(opened: Opened, part: int) -> np.ndarray:
    clusters = opened.stages.table(DEDUP.clusters)
    if clusters is not None:
        return np.array(clusters.read(part, ["outcome"]).column("outcome").to_pylist(), object)
    kept = np.asarray(opened.table(DECIDE.verdicts).read(part, ["kept"]).column("kept"), bool)
    return np.where(kept, KEPT, FILTERED).astype(object)


def _rows(table: pa.Table) -> np.ndarray:
    return np.asarray(table.column("row"), np.int64)


def _dropped(table: pa.Table) -> np.ndarray:
    return np.flatnonzero(np.asarray(table.column("dropped"), bool))


_COLUMNS: Final = {"contaminated": ["dropped"], "emptied": ["row"], "passages": ["dropped"]}
_READS: Final[Mapping[str, Callable[[pa.Table], np.ndarray]]] = {
    "contaminated": _dropped,
    "emptied": _rows,
    "passages": _dropped,
}
