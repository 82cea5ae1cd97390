"""The documents that are exported: texts as they were released, or of dropped ones as people may be shown them."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from corpus.query import outcomes, rows
from corpus.query.opened import Opened, policy_of
from corpus.shards.splits import TRAIN
from corpus.stages.columns import column
from corpus.stages.release import RELEASE
from corpus.texts.redaction import redact, redact_urls
from filters.arrow import Array, array, equal, filled, string_array

DROPPED = "dropped"  # the split of a document that is not in the corpus

SCHEMA = pa.schema(
    [
        column("id", pa.string()),
        column("text", pa.string()),  # of kept ones as released; of dropped ones as `gristmill show` does, or raw
        column("source", pa.string()),
        column("language", pa.string()),
        column("url", pa.string(), nullable=True),
        column("licence", pa.string(), nullable=True),
        column("date", pa.timestamp("ms", tz="UTC"), nullable=True),
        column("split", pa.string()),  # train, valid or test; DROPPED
        column("outcome", pa.string()),  # one of corpus.query.outcomes.ALL
        column("rules", pa.list_(pa.field("item", pa.string(), nullable=False))),  # of filters, that fired
        column("restricted", pa.bool_(), nullable=True),  # of kept ones: it may not be used freely
        column("targets_at", pa.int32(), nullable=True),  # of kept prompts: where in the text the targets begin
    ]
)
_TEXTS = ("id", "row", "source", "language", "url", "licence", "text", "restricted", "targets_at")


def batches(opened: Opened, part: int, wanted: np.ndarray, *, raw: bool) -> Iterator[pa.RecordBatch]:
    """Rows (ascending) of a part in SCHEMA: kept ones, then dropped ones. A batch is at most a row group: 16 MB of
    text. `raw` leaves texts and addresses of dropped documents as they were read, personal data and all."""
    beside = _beside(opened, part)
    kept = equal(beside.column("outcome"), outcomes.KEPT)
    here = np.zeros(len(kept), bool)
    here[wanted] = True
    if (here & kept).any():
        for batch in opened.table(RELEASE.corpus).batches(part, _TEXTS):
            places = np.asarray(batch.column("row"), np.int64)
            if here[places].any():
                own = batch.filter(array(here[places]))
                yield _joined(_columns(own), beside, places[here[places]])
    dropped = np.flatnonzero(here & ~kept)
    done = 0
    if len(dropped):
        for batch in opened.documents.take(part, dropped.tolist(), ["id", "text", "source", "url", "licence"]):
            places = dropped[done : done + batch.num_rows]
            done += batch.num_rows
            yield _joined(_dropped(opened, batch, beside, places, raw=raw), beside, places)


def _beside(opened: Opened, part: int) -> pa.Table:
    """Narrow columns of all documents of the part."""
    names = ["language", "date", "outcome", "rules"]
    table = rows.read(opened, part, [*names, *(["split"] if "split" in opened.columns else [])])
    if "split" not in table.column_names:
        kept = equal(table.column("outcome"), outcomes.KEPT)
        table = table.append_column("split", pa.array([TRAIN if one else None for one in kept], pa.string()))
    return table


def _columns(batch: pa.RecordBatch) -> dict[str, Array]:
    return {name: batch.column(name) for name in batch.schema.names if name != "row"}


def _dropped(
    opened: Opened, batch: pa.RecordBatch, beside: pa.Table, places: np.ndarray, *, raw: bool
) -> dict[str, Array]:
    found = _columns(batch)
    if not raw:
        policy = policy_of(opened.stages)  # not the recipe's, which may keep what it finds: the same bytes by both
        languages = beside.column("language").take(array(places)).to_pylist()
        urls = batch.column("url").to_pylist()
        found["text"] = redact(string_array(batch.column("text")), languages, policy, urls, shown=True).texts
        found["url"] = pa.array(redact_urls(urls, policy), pa.string())
    return found | {name: pa.nulls(len(places), SCHEMA.field(name).type) for name in ("restricted", "targets_at")}


def _joined(found: Mapping[str, Array], beside: pa.Table, places: np.ndarray) -> pa.RecordBatch:
    own = beside.take(array(places))
    columns: dict[str, Array] = {
        name: own.column(name).combine_chunks() for name in ("language", "date", "split", "outcome", "rules")
    }
    columns["split"] = filled(columns["split"], DROPPED)
    columns |= {name: value for name, value in found.items() if name not in columns}
    return pa.RecordBatch.from_arrays(
        [columns[name].cast(SCHEMA.field(name).type) for name in SCHEMA.names], schema=SCHEMA
    )
