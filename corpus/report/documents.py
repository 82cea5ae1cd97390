"""What several sections ask of the documents of a part: outcomes, order keys, texts to show."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pyarrow as pa

from corpus.report.counting import SEPARATOR, Counts, added, counted, weighed
from corpus.report.opened import Opened, Part
from corpus.report.samples import Shelf
from corpus.shards.order import order_keys
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.stage import signals
from filters.arrow import joined, string_array, strings

DOCUMENTS = INGEST.documents
VERDICTS = DECIDE.verdicts
CLUSTERS = DEDUP.clusters
LENGTHS = signals("length")


class Flow(TypedDict):
    """By source, language and outcome."""

    documents: Counts
    bytes: Counts  # of text


def flow(part: Part) -> Flow:
    """Reads VERDICTS, CLUSTERS, LENGTHS; nothing where they have no such part."""
    if not part.has(VERDICTS):
        return {"documents": {}, "bytes": {}}
    verdicts = part.read(VERDICTS, ["source", "language"])
    columns = [*verdicts.columns, part.read(CLUSTERS, ["outcome"]).column("outcome")]
    labels = strings(joined(columns, pa.scalar(SEPARATOR)))
    sizes = part.read(LENGTHS, ["bytes"]).column("bytes").to_numpy()
    return {"documents": counted(labels), "bytes": weighed(labels, sizes)}


def merge_flow(values: Sequence[Flow]) -> Flow:
    return {
        "documents": added(value["documents"] for value in values),
        "bytes": added(value["bytes"] for value in values),
    }


def keys(part: Part) -> np.ndarray:
    """Order keys (uint64) of the documents, by which samples are taken: they depend on seed and ids alone."""
    return order_keys(string_array(part.read(VERDICTS, ["id"]).column("id").combine_chunks()), part.recipe.seed)


def shelf(opened: Opened) -> Shelf:
    """Texts of documents as a page shows them. Reads DOCUMENTS, VERDICTS."""
    return Shelf(
        documents=opened.table(DOCUMENTS),
        verdicts=opened.table(VERDICTS),
        policy=opened.recipe.pii,
        chars=opened.recipe.report.sample_chars,
    )
