"""Kept documents searched for items of evaluation suites.

Reads: the text of the documents that dedup kept, once. Writes: `matches`, and `items`: what was looked for, by id,
never by text. Each worker makes the index of the items from the suites' files; no text is shuffled.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.contamination import item_index, search, suites
from corpus.contamination.item_index import ItemIndex
from corpus.contamination.search import Match
from corpus.contamination.suites import SuiteFile
from corpus.stages.dedup import DEDUP
from corpus.stages.matches import ITEMS, MATCHES_SCHEMA, Searched, Suited
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_part, write_whole
from corpus.texts.kept import Kept
from filters.arrow import array, string_array, strings
from jobs.engine.job import Job

_TEXTS = 256  # documents searched at a time


def build(job: Job[Searched]) -> str:
    """Search every part, and say what was looked for."""
    documents = job.documents()
    files = tuple(located.at for located in job.params.files)
    task = MatchPart(
        folder=job.folder,
        documents=documents,
        kept=Kept(clusters=job.table(DEDUP.clusters)),
        files=files,
        ngram=job.params.ngram,
        min_share=job.params.min_share,
    )
    job.run(documents.parts, task, reads=documents.files)
    index = _index(files, job.params.ngram)
    entry = write_whole(job.folder, "items", "items", _items(index))
    job.publish(Receipt(task=0, files={"items": [entry]}), "items")
    for suite, items, unchecked in _mostly_unchecked(index):
        short = f"{unchecked:,} of its {items:,} items are too short to be told, so not checked"
        job.say(f"WARNING suite {suite!r}: {short}")
    told = {"items": len(index.items), "unchecked": len(index.unchecked)}
    counts = job.finish(told, _suited(index), parts=documents.parts, items=1).counts
    short = f", {len(index.unchecked):,} of them too short to be told" if len(index.unchecked) else ""
    return f"{counts['matches']:,} matches in {counts['documents']:,} documents; {counts['items']:,} items{short}"


def _mostly_unchecked(index: ItemIndex) -> Iterator[tuple[str, int, int]]:
    """Suites of whose items more than half cannot be looked for: items and those."""
    items = Counter(item.suite for item in index.items)
    unchecked = Counter(index.items[number].suite for number in index.unchecked.tolist())
    for suite, count in unchecked.items():
        if 2 * count > items[suite]:
            yield suite, items[suite], count


def _items(index: ItemIndex) -> pa.Table:
    checked = np.ones(len(index.items), bool)
    checked[index.unchecked] = False
    rows = [(item.suite, item.task, item.id) for item in index.items]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    return pa.Table.from_arrays([*(pa.array(c, pa.string()) for c in columns), pa.array(checked)], schema=ITEMS)


def _suited(index: ItemIndex) -> list[Suited]:
    unchecked = set(index.unchecked.tolist())
    return [
        Suited(suite=item.suite, task=item.task, items=1, unchecked=int(number in unchecked))
        for number, item in enumerate(index.items)
    ]


@lru_cache(1)
def _index(files: tuple[SuiteFile, ...], ngram: int) -> ItemIndex:
    """Made once a process: 100,000 items take some seconds."""
    return item_index.build(suites.items(files), ngram)


@dataclass(frozen=True, kw_only=True)
class MatchPart:
    """The task: the kept documents of one part."""

    folder: str
    documents: Table
    kept: Kept
    files: tuple[SuiteFile, ...]
    ngram: int
    min_share: float

    def __call__(self, part: int) -> Mapping[str, Receipt]:
        index = _index(self.files, self.ngram)
        kept = self.kept(part)
        counts: Counter[str] = Counter(documents=0, matches=0, searched=0)
        with write_part(self.folder, "matches", f"part-{part:05d}", MATCHES_SCHEMA) as (writer, written):
            first = 0
            for batch in self.documents.batches(part, ["id", "text"]):
                for start in range(0, batch.num_rows, _TEXTS):
                    here = np.flatnonzero(kept[first + start : first + min(start + _TEXTS, batch.num_rows)]) + start
                    if len(here):
                        found = _found(index, batch.take(array(here)), here + first, self.min_share)
                        writer.write(found)
                        counts["searched"] += len(here)
                        counts["matches"] += found.num_rows
                        counts["documents"] += len(pc.unique(found.column("row")))
                first += batch.num_rows
        return {
            self.folder: Receipt(task=part, files={"matches": [written.result()]}, counts=dict(sorted(counts.items())))
        }


def _found(index: ItemIndex, batch: pa.RecordBatch, rows: np.ndarray, min_share: float) -> pa.RecordBatch:
    """Matches in some documents of a part, whose rows these are."""
    text = string_array(batch.column("text"))
    matches = sorted(
        [*search.search(index, text, min_share), *search.canaries(index, text)],
        key=lambda one: (one.row, one.start, one.end, one.kind, one.item),
    )
    own = [one.row for one in matches]
    ids, chars = strings(batch.column("id")), np.asarray(pc.utf8_length(text))
    items = [index.items[one.item] if one.item >= 0 else None for one in matches]
    columns: dict[str, Any] = {
        "id": [ids[row] for row in own],
        "row": rows[own] if own else [],
        "chars": chars[own] if own else [],
        "suite": [item.suite if item else "" for item in items],
        "task": [item.task if item else "" for item in items],
        "item": [item.id if item else "" for item in items],
    }
    columns |= {name: [getattr(one, name) for one in matches] for name in _TAKEN}
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[one.name], one.type) for one in MATCHES_SCHEMA], schema=MATCHES_SCHEMA
    )


_TAKEN = [one.name for one in fields(Match) if one.name not in ("row", "item")]
