"""Documents that were withdrawn: their rows stay, empty, so that tables stay aligned; no stage takes them for more."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from corpus.losses.filtered import ON_REQUEST
from corpus.stages.code import CODE
from corpus.stages.decide import REASON, VERDICTS
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.train import TRAIN
from filters.arrow import Column, array, either, equal

NO_FILE: Final = ""  # `file` of their row in `documents`: every other has one
# Stages that a run builds again where a copy may stand up: what they found was found with what is gone.
ANEW: Final = (PAIRS.name, CODE.name, DEDUP.name)
# Counts and tallies that say how a stage measured, searched or sampled, by stage: a patch leaves them as they were
# built, with what is gone; "*": all of the stage.
AS_BUILT: Final[Mapping[str, tuple[str, ...]]] = {
    PAIRS.name: ("not_compared",),
    CODE.name: ("boilerplate", "contents", "not_compared"),
    PASSAGES.name: ("held_words", "repeated_words"),
    TRAIN.name: ("*",),
    FERTILITY.name: ("*",),
    ENCODE.name: ("chosen", "judged"),
}


def among(files: Column) -> np.ndarray:
    """bool[rows] by the column `file` of documents."""
    return equal(files, NO_FILE)


def judged(verdicts: pa.RecordBatch, gone: np.ndarray) -> pa.RecordBatch:
    """Verdicts with those on withdrawn documents (bool[rows]) in place of what their empty text was judged for."""
    if not gone.any():
        return verdicts
    reasons = verdicts.column("reasons").to_pylist()
    for row in np.flatnonzero(gone).tolist():
        reasons[row] = [dict(ON_REQUEST)]
    columns = {name: verdicts.column(name) for name in VERDICTS.names}
    columns["kept"] = either(array(gone), pa.array(np.zeros(len(gone), bool)), columns["kept"])
    columns["reasons"] = pa.array(reasons, pa.list_(pa.field("item", REASON, nullable=False)))
    return pa.RecordBatch.from_arrays([columns[name] for name in VERDICTS.names], schema=VERDICTS)
