"""Token parts without withdrawn documents, and the copies of a mixture, whose places in these move up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from corpus.mixture import realised
from corpus.mixture.tallies import Given, Owed
from corpus.shards import ipc
from corpus.shards.copies import SCHEMA, CopiesPart, write_copies
from corpus.shards.ipc import IpcFile
from corpus.shards.tallies import Encoder, Judged, Pair
from corpus.store import storage, tally
from corpus.store.manifest import FileEntry
from corpus.store.table import Table
from corpus.withdrawal.folder import Patch, Restated, linked
from corpus.withdrawal.gone import Gone
from filters.arrow import any_list, array

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Document:
    """An encoded document that goes."""

    place: Place
    at: int  # row in its token part
    source: str
    language: str
    tokens: int  # without its end
    prompted: bool


@dataclass
class Encoded:
    """What was taken out of the token parts."""

    documents: list[Document] = field(default_factory=list)

    def of(self, part: int) -> list[Document]:
        return [one for one in self.documents if one.place[0] == part]


def encode(patch: Patch, gone: Gone, sizes: Mapping[Place, int], sums: Restated) -> tuple[list[FileEntry], Encoded]:
    """The files of `tokens`; `sizes` are bytes of released texts."""
    found = Encoded()
    files = []
    for part, entry in enumerate(patch.old.table("tokens").files):
        own = len(found.documents)
        files.append(_tokens(patch, part, entry, gone, found))
        _less(sums, found.documents[own:], sizes)
    return files, found


def _tokens(patch: Patch, part: int, entry: FileEntry, gone: Gone, found: Encoded) -> FileEntry:
    rows = gone.of(part)
    batches: list[pa.RecordBatch] = []
    first, before = 0, len(found.documents)
    schema = None
    for stored in IpcFile(folder=patch.old.folder, table="tokens", entry=entry).batches() if len(rows) else ():
        batch = stored.whole()
        schema = batch.schema
        out = np.isin(batch.column("row").to_numpy(), rows)
        found.documents += _documents(batch, np.flatnonzero(out), part, first)
        first += batch.num_rows
        kept = batch.filter(array(~out)) if out.any() else batch
        if kept.num_rows:
            batches.append(kept)
    if schema is None or len(found.documents) == before:
        return linked(patch, "tokens", entry)
    return ipc.write(patch.folder, "tokens", entry.name.rpartition("-")[0], schema, batches)


def _documents(batch: pa.RecordBatch, rows: np.ndarray, part: int, first: int) -> list[Document]:
    if not len(rows):
        return []
    lengths = np.diff(any_list(batch.column("tokens")).offsets.to_numpy())[rows]
    names = ("row", "source", "language", *(["targets_at"] if "targets_at" in batch.schema.names else []))
    listed = batch.select(names).take(array(rows)).to_pylist()
    return [
        Document(
            place=(part, one["row"]),
            at=first + at,
            source=one["source"],
            language=one["language"],
            tokens=int(length),
            prompted=one.get("targets_at") is not None,
        )
        for at, one, length in zip(rows.tolist(), listed, lengths.tolist(), strict=True)
    ]


def _less(sums: Restated, documents: Sequence[Document], sizes: Mapping[Place, int]) -> None:
    (library,) = {str(row["library"]) for row in sums.tally(Encoder.NAME)} or {""}
    for one in documents:
        sums.less(documents=1, tokens=one.tokens, bytes=sizes[one.place], prompted=int(one.prompted))
        sums.add([Pair(source=one.source, language=one.language, documents=1, tokens=one.tokens)], -1)
        sums.add([Encoder(library=library, documents=1)], -1)
    left = {(row["source"], row["language"]) for row in sums.tally(Pair.NAME)}
    for judged in tally.read(Judged, sums.tally(Judged.NAME)):
        if (judged.source, judged.language) not in left:  # of a pair that is gone nothing is said
            sums.add([judged], -1)
            sums.less(chosen=judged.chosen, judged=judged.judged)


def mix(
    patch: Patch, encoded: Encoded, held: frozenset[Place], buckets: Table | None, sums: Restated
) -> dict[str, list[FileEntry]]:
    """The files of `copies` and `about`; `held`: withdrawn documents that no training copy was made of; `buckets` as
    they were, of a mixture by a list."""
    facts: Any = realised.load(patch.old.folder)
    group_of = _groups(facts, encoded, buckets)
    files = []
    for part, entry in enumerate(patch.old.table("copies").files):
        own = encoded.of(part)
        if not own:
            files.append(linked(patch, "copies", entry))
            continue
        batch = CopiesPart(folder=patch.old.folder, entry=entry).whole()
        at = batch.column("at").to_numpy()
        gone = np.array(sorted(one.at for one in own), np.int64)
        out = np.isin(at, gone)
        times = Counter(at[out].tolist())
        for one in own:
            _less_copies(sums, one, times[one.at], group_of[one.place])
        kept = batch.filter(array(~out))
        moved = (at[~out] - np.searchsorted(gone, at[~out])).astype(np.int32)
        columns = [pa.array(moved) if name == "at" else kept.column(name) for name in SCHEMA.names]
        label = entry.name.rpartition("-")[0]
        files.append(write_copies(patch.folder, label, pa.RecordBatch.from_arrays(columns, schema=SCHEMA)))
    return {"copies": files, "about": [_mixture(patch, facts, encoded, held, group_of, sums)]}


def _groups(facts: Any, encoded: Encoded, buckets: Table | None) -> dict[Place, str]:
    """The group of each withdrawn document; "" of one that is in no bucket, for it was held out."""
    known = {tuple(pair): group["key"] for group in facts["groups"] for pair in group["pairs"]}
    if buckets is None:
        return {one.place: known[one.source, one.language] for one in encoded.documents}
    values: dict[Place, str] = {}
    for part in sorted({one.place[0] for one in encoded.documents}):
        found = buckets.read(part, ["row", "values"])
        values |= {
            (part, row): own
            for row, own in zip(*(found.column(n).to_pylist() for n in found.column_names), strict=True)
        }
    return {
        one.place: known[one.source, one.language, values[one.place]] if one.place in values else ""
        for one in encoded.documents
    }


def _less_copies(sums: Restated, one: Document, copies: int, group: str) -> None:
    if copies:
        tokens = copies * (one.tokens + 1)
        sums.less(documents=copies, tokens=copies * one.tokens)
        pair = Pair(source=one.source, language=one.language, documents=copies, tokens=copies * one.tokens)
        sums.add([pair, Given(group=group, copies=copies, tokens=tokens), Owed(group=group, tokens=tokens)], -1)


def _mixture(
    patch: Patch,
    facts: Any,
    encoded: Encoded,
    held: frozenset[Place],
    group_of: Mapping[Place, str],
    sums: Restated,
) -> FileEntry:
    """mixture.json with what there is now; what was wanted stays as it was asked."""
    given = {str(row["group"]): row for row in sums.tally(Given.NAME)}
    total = sum(int(row["tokens"]) for row in given.values())
    trained = [one for one in encoded.documents if one.place not in held]
    for group in facts["groups"]:
        out = [one for one in trained if group_of[one.place] == group["key"]]
        own = given.get(group["key"], {"copies": 0, "tokens": 0})
        group["documents"] -= len(out)
        group["tokens"] -= sum(one.tokens + 1 for one in out)
        group["given_documents"], group["given_tokens"] = own["copies"], own["tokens"]
        group["given_share"] = int(own["tokens"]) / max(total, 1)
        group["given_epochs"] = int(own["tokens"]) / max(group["tokens"], 1)
    facts["given_tokens"] = total
    with storage.publish(storage.join(patch.folder, "about"), realised.FILE) as sink:
        sink.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)
