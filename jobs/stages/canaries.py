"""Cases whose outcome is known, as files that the recipe's own stages are tried on.

Reads: texts of some documents that dedup kept, to copy; items of suites, by number. Writes: `sources` (JSON lines, a
file a source) and `cases`. Nothing of it is read by a stage of the corpus. Cost: a fifth of a second.
"""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
import orjson
import pyarrow as pa

from corpus.canaries import make
from corpus.canaries.case import Case
from corpus.canaries.request import Original
from corpus.contamination import suites
from corpus.contamination.items import Item
from corpus.stages.canaries import CASES, Making
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.matches import MATCHES
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import write_whole
from filters.arrow import equal, strings
from jobs.engine.job import Job

_PARTS = 8  # of documents whose first rows are looked at
_ROWS = 256  # of such a part
_TIMES = 12  # documents looked at for each that is copied: what repeats itself cannot be
_MOST_BYTES = 20_000  # of a document that is copied: its head alone is


def build(job: Job[Making]) -> str:
    """Draw, make, write."""
    tried = job.params.tried
    originals = _originals(job)
    cases = make.cases(tried, originals, _items(job, tried.seed, 8 * tried.table.cases))
    rows: list[dict[str, object]] = []
    entries = []
    for number, source in enumerate(tried.sources):
        own = [case for case in cases if case.source == source]
        lines = [_line(case) for case in own]
        offsets = np.cumsum([0, *map(len, lines)]).tolist()
        for case, offset in zip(own, offsets, strict=False):
            rows += _rows(case, offset)
        entries.append(_publish(job.folder, f"source-{number:05d}.jsonl", b"".join(lines), len(lines)))
    table = pa.Table.from_pylist(rows, schema=CASES)
    entry = write_whole(job.folder, "cases", "cases", table)
    checks = sum(len(case.checks) for case in cases)
    planted = sum(case.planted for case in cases)
    job.publish(
        Receipt(
            task=0,
            files={"cases": [entry], "sources": entries},
            counts={"cases": planted, "checks": checks, "unchecked": entry.rows - checks},
        )
    )
    job.finish(parts=1)
    return f"{planted:,} known cases, beside the corpus: {checks:,} checks"


def _originals(job: Job[Making]) -> list[Original]:
    """Documents that stay, from the heads of some parts; languages in turn, and by chance within one."""
    documents, seed, wanted = job.documents(), job.params.tried.seed, _TIMES * job.params.tried.table.cases
    step = max(1, documents.parts // _PARTS)
    verdicts, clusters = job.table(DECIDE.verdicts), job.table(DEDUP.clusters)
    found: dict[str, list[tuple[bytes, Original]]] = {}
    for part in range(0, min(documents.parts, step * _PARTS), step):
        kept = equal(clusters.read(part, ["outcome"]).column("outcome"), "kept")[:_ROWS]
        languages = strings(verdicts.read(part, ["language"]).column("language").slice(0, _ROWS))
        rows = np.flatnonzero(kept).tolist()
        texts = (
            row
            for batch in documents.take(part, rows, ["id", "source", "language", "text"])
            for row in batch.to_pylist()
        )
        for row, document in zip(rows, texts, strict=True):
            drawn = blake2b(f"{seed}:{document['id']}".encode(), digest_size=8).digest()
            text = document["text"][:_MOST_BYTES]
            one = Original(text=text, language=document["language"] or "", source=document["source"])
            found.setdefault(languages[row], []).append((drawn, one))
    turns = [[one for _, one in sorted(own, key=lambda pair: pair[0])] for _, own in sorted(found.items())]
    longest = max(map(len, turns), default=0)
    in_turn = [own[place] for place in range(longest) for own in turns if place < len(own)]
    return in_turn[:wanted]


def _items(job: Job[Making], seed: int, wanted: int) -> list[Item]:
    """Some that can be looked for, drawn by their place."""
    table = job.optional(MATCHES.items)
    if table is None:
        return []
    checked = np.flatnonzero(np.asarray(table.read(0, ["checked"]).column("checked"), bool))
    digests = [blake2b(f"{seed}:{number}".encode(), digest_size=8).digest() for number in checked.tolist()]
    order = sorted(range(len(checked)), key=digests.__getitem__)[: 2 * wanted]
    chosen = {int(checked[place]) for place in order}
    files = tuple(located.at for located in job.params.files)
    return [item for number, item in enumerate(suites.items(files)) if number in chosen]


def _line(case: Case) -> bytes:
    if case.line is not None:
        return case.line + b"\n"
    record = {"id": case.name, "text": case.text, "language": case.language or None}
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
