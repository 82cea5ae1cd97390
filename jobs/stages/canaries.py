"""Cases whose outcome is known, as files that the recipe's own stages are tried on.

Reads: texts of some documents that dedup kept, to copy; items of suites, by number. Writes: `sources` (JSON lines, a
file a source) and `cases`. Nothing of it is read by a stage of the corpus. Cost: a fifth of a second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import orjson
import pyarrow as pa

from corpus.canaries import make
from corpus.canaries.case import Case
from corpus.canaries.items import FORMS
from corpus.canaries.request import Original
from corpus.contamination import suites
from corpus.contamination.items import Item
from corpus.stages.canaries import CASES, Making
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.matches import MATCHES
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import equal, strings
from jobs.engine.job import Job

_PARTS = 3  # of documents whose first rows are looked at: a group of rows is read whole, some 16 MB of text
_ROWS = 512  # of such a part
_TIMES = 12  # documents looked at for each that is copied: what repeats itself cannot be
_MOST_CHARS = 3_000  # of a document that is copied: its head is


def build(job: Job[Making]) -> str:
    """Draw, make, write, in a task: workers have the kernels that measure copies."""
    task = MakeCases(
        folder=job.folder,
        params=job.params,
        documents=job.documents(),
        verdicts=job.table(DECIDE.verdicts),
        clusters=job.table(DEDUP.clusters),
        items=job.optional(MATCHES.items),
    )
    job.run(1, task)
    counts = job.finish(parts=1).counts
    return f"{counts['cases']:,} known cases, beside the corpus: {counts['checks']:,} checks"


@dataclass(frozen=True, kw_only=True)
class MakeCases:
    """The task: there is one."""

    folder: str
    params: Making
    documents: Table
    verdicts: Table
    clusters: Table
    items: Table | None

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        tried = self.params.tried
        cases = make.cases(tried, self._originals(), self._items())
        rows: list[dict[str, object]] = []
        entries = []
        for place, source in enumerate(tried.sources):
            own = [case for case in cases if case.source == source]
            lines = [_line(case) for case in own]
            offsets = np.cumsum([0, *map(len, lines)]).tolist()
            for case, offset in zip(own, offsets, strict=False):
                rows += _rows(case, offset)
            entries.append(_publish(self.folder, f"source-{place:05d}.jsonl", b"".join(lines), len(lines)))
        table = pa.Table.from_pylist(rows, schema=CASES)
        entry = write_whole(self.folder, "cases", "cases", table)
        checks = sum(len(case.checks) for case in cases)
        planted = sum(case.planted for case in cases)
        counts = {"cases": planted, "checks": checks, "unchecked": entry.rows - checks}
        files = {"cases": [entry], "sources": entries}
        return {self.folder: Receipt(task=number, files=files, counts=counts)}

    def _originals(self) -> list[Original]:
        """Documents that stay, from the heads of some parts; languages in turn, and by chance within one."""
        documents, tried = self.documents, self.params.tried
        step = max(1, documents.parts // _PARTS)
        found: dict[str, list[tuple[bytes, Original]]] = {}
        for part in range(0, min(documents.parts, step * _PARTS), step):
            kept = equal(self.clusters.read(part, ["outcome"]).column("outcome"), "kept")[:_ROWS]
            languages = strings(self.verdicts.read(part, ["language"]).column("language").slice(0, _ROWS))
            rows = np.flatnonzero(kept).tolist()
            texts = (
                row
                for batch in documents.take(part, rows, ["id", "source", "language", "text"])
                for row in batch.to_pylist()
            )
            for row, document in zip(rows, texts, strict=True):
                drawn = blake2b(f"{tried.seed}:{document['id']}".encode(), digest_size=8).digest()
                text = document["text"][:_MOST_CHARS]
                one = Original(text=text, language=document["language"] or "", source=document["source"])
                found.setdefault(languages[row], []).append((drawn, one))
        turns = [[one for _, one in sorted(own, key=lambda pair: pair[0])] for _, own in sorted(found.items())]
        longest = max(map(len, turns), default=0)
        in_turn = [own[place] for place in range(longest) for own in turns if place < len(own)]
        return in_turn[: _TIMES * tried.table.cases]

    def _items(self) -> list[Item]:
        """Some that can be looked for, drawn by their place."""
        if self.items is None:
            return []
        seed, wanted = self.params.tried.seed, len(FORMS) * self.params.tried.table.cases
        checked = np.flatnonzero(np.asarray(self.items.read(0, ["checked"]).column("checked"), bool))
        digests = [blake2b(f"{seed}:{number}".encode(), digest_size=8).digest() for number in checked.tolist()]
        order = sorted(range(len(checked)), key=digests.__getitem__)[: 2 * wanted]
        chosen = {int(checked[place]) for place in order}
        files = tuple(located.at for located in self.params.files)
        return [item for number, item in enumerate(suites.items(files)) if number in chosen]


def _line(case: Case) -> bytes:
    if case.line is not None:
        return case.line + b"\n"
    record = {"id": case.name, "text": case.text, "language": case.language or None, "url": case.url or None}
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _rows(case: Case, offset: int) -> Iterator[dict[str, object]]:
    about = {"case": case.name, "source": case.source, "offset": offset, "planted": case.planted}
    if not case.checks:
        yield {**about, "stage": "", "kind": "", "wanted": False, "about": "{}"}
    for check in case.checks:
        told = manifest.canonical(check.about).decode()
        yield {**about, "stage": check.stage, "kind": check.kind, "wanted": check.wanted, "about": told}


def _publish(folder: str, name: str, data: bytes, rows: int) -> FileEntry:
    with storage.publish(storage.join(folder, "sources"), name) as sink:
        sink.write(data)
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)
