"""What several sections ask of the documents of a part: outcomes, order keys, texts to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from corpus.losses.deduplicated import Outcome
from corpus.report.counting import added_rows, cells
from corpus.report.opened import Opened, Part
from corpus.report.samples import Shelf
from corpus.shards.order import order_keys
from corpus.stages import withdrawn
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.stage import signals
from corpus.store.tally import Cells, read
from filters.arrow import ChunkedArray, string_array

DOCUMENTS = INGEST.documents
VERDICTS = DECIDE.verdicts
CLUSTERS = DEDUP.clusters
LENGTHS = signals("length")


@dataclass(frozen=True, kw_only=True)
class Flow(Outcome):
    """Documents and the bytes of their text by source, language and outcome."""

    NAME: ClassVar[str] = "flow"
    bytes: int = 0


Flows = list[Cells]  # rows of Flow


def flow(part: Part) -> Flows:
    """Reads VERDICTS, CLUSTERS, LENGTHS; nothing where they have no such part."""
    if not part.has(VERDICTS):
        return []
    table = part.read(VERDICTS, ["source", "language"])
    table = table.append_column("outcome", part.read(CLUSTERS, ["outcome"]).column("outcome"))
    table = table.append_column("bytes", part.read(LENGTHS, ["bytes"]).column("bytes"))
    sums = table.group_by(["source", "language", "outcome"]).aggregate([("bytes", "sum"), ("bytes", "count")])
    return cells(
        Flow(
            source=row["source"],
            language=row["language"],
            outcome=row["outcome"],
            documents=row["bytes_count"],
            bytes=row["bytes_sum"],
        )
        for row in sums.to_pylist()
    )


def merge_flow(values: Sequence[Flows]) -> Flows:
    return added_rows(values)


def flows(found: Flows) -> tuple[Flow, ...]:
    """As rows."""
    return read(Flow, found)


def stays(part: Part) -> np.ndarray:
    """bool[documents]: those that were not withdrawn. Reads DOCUMENTS."""
    return ~withdrawn.among(part.read(DOCUMENTS, ["file"]).column("file"))


def keys(part: Part) -> np.ndarray:
    """Order keys (uint64) of the documents, by which samples are taken: they depend on seed and ids alone."""
    return keys_of(part.read(VERDICTS, ["id"]).column("id"), part.recipe.seed)


def keys_of(ids: ChunkedArray, seed: int) -> np.ndarray:
    """The same of a column of ids."""
    return order_keys(string_array(ids.combine_chunks()), seed)


def shelf(opened: Opened) -> Shelf:
    """Texts of documents as a page shows them. Reads DOCUMENTS, VERDICTS."""
    return Shelf(
        documents=opened.table(DOCUMENTS),
        verdicts=opened.table(VERDICTS),
        policy=opened.recipe.pii,
        chars=opened.recipe.report.sample_chars,
    )
