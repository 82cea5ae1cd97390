"""Why a task took ten times as long as the others of its stage: what it read, looked at once more."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.stages.built import Built
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.stages.stage import SIGNALS, Stage
from corpus.stages.views import VIEWS
from corpus.store import receipts
from corpus.store.entries import bytes_by_part
from corpus.store.table import Table
from filters.arrow import string_array, strings
from jobs.engine.spending import Slow

_HUGE = 0.5  # of a part's text in one document
_ONE_LANGUAGE = 0.9  # of its documents
_LARGE = 4  # times the median of bytes
_LANGUAGE = f"{SIGNALS}.language"


def lines(stage: Stage[Any], folder: str, found: list[Slow], before: Mapping[str, Built]) -> list[str]:
    """A line for each task. `before`: the stages that this one reads."""
    return [
        f"SLOW {stage.name}, {one.name}: {one.seconds:,.0f} s, {one.seconds / one.median:,.0f} times the median of "
        f"{one.median:,.1f} s: {_why(stage, folder, one, before)}"
        for one in found
    ]


def _why(stage: Stage[Any], folder: str, slow: Slow, before: Mapping[str, Built]) -> str:
    unknown = f"nothing in what it reads says why: look at the host {slow.host}, or a kernel was compiled"
    if stage in (SHARD, VIEWS):
        return "a shard is no larger than its recipe says: " + unknown
    try:
        if stage is INGEST:
            return _of_unit(folder, slow) or unknown
        table = _read(stage, before)
        return (_of_part(table, slow.task, before) if table and slow.task < table.parts else "") or unknown
    except DataError as error:
        return f"what it reads cannot be looked at again ({error})"


def _read(stage: Stage[Any], before: Mapping[str, Built]) -> Table | None:
    """Parts of text by whose numbers a stage's tasks are numbered: of the corpus behind release, else documents."""
    behind = RELEASE.name in before or stage is ENCODE
    name, table = (RELEASE.name, "corpus") if behind else (INGEST.name, "documents")
    return before[name].table(table) if name in before else None


def _of_unit(folder: str, slow: Slow) -> str:
    """Of a unit of input files, by what came of it."""
    [receipt] = receipts.read(folder, slow.step, [slow.task])
    if receipt is None:
        return ""
    records, size = receipt.counts.get("records", 0), receipt.counts.get("bytes", 0)
    if records == 1:
        return f"its one record is the whole of it, {size:,} bytes"
    parts = len(receipt.files.get("documents", ()))
    if parts > 1:
        return (
            f"one file of {size:,} bytes that is not cut gave {parts} parts: give it in smaller files, or as members "
            "or frames where its format is cut at these"
        )
    return ""


@dataclass(frozen=True, kw_only=True)
class _Texts:
    """What a part holds."""

    bytes: int
    documents: int
    longest: int  # bytes
    longest_id: str
    language: str  # the commonest
    of_language: int  # documents


def _of_part(table: Table, part: int, before: Mapping[str, Built]) -> str:
    found = _look(table, part, before.get(_LANGUAGE))
    if found.documents and found.longest >= _HUGE * found.bytes:
        share = found.longest / max(found.bytes, 1)
        return f"one document, {found.longest_id}, is {share:.0%} of its text: {found.longest:,} bytes"
    sizes = bytes_by_part(table.files)
    middle = float(np.median(sizes))
    if sizes[part] > _LARGE * middle:
        return f"its file has {int(sizes[part]):,} bytes, {sizes[part] / middle:.0f} times the median"
    if found.language and found.of_language >= _ONE_LANGUAGE * found.documents:
        return f"{found.of_language / found.documents:.0%} of its {found.documents:,} documents are {found.language}"
    return ""


def _look(table: Table, part: int, measured: Built | None) -> _Texts:
    size = documents = longest = 0
    longest_id = ""
    declared: list[pa.Array[Any]] = []
    for batch in table.batches(part, ["id", "language", "text"]):
        lengths = pc.binary_length(string_array(batch.column("text"))).to_numpy()
        size, documents = size + int(lengths.sum()), documents + batch.num_rows
        declared.append(batch.column("language"))
        if batch.num_rows and int(lengths.max()) > longest:
            longest = int(lengths.max())
            longest_id = strings(batch.column("id"))[int(lengths.argmax())]
    labels = pa.chunked_array(declared, pa.string())
    if measured is not None and table.name == "documents":
        labels = measured.table(SIGNALS).read(part, ["label"]).column("label")
    counts = Counter(strings(pc.drop_null(labels)))
    language, of_language = max(counts.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return _Texts(
        bytes=size,
        documents=documents,
        longest=longest,
        longest_id=longest_id,
        language=language,
        of_language=of_language,
    )
