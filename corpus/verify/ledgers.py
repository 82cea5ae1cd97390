"""Every count, from the manifests: what a stage says it took is what the one before says it gave.

The sums are those that a run checks before it takes a stage for done (each `balance`); here they are taken again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

import xxhash

from corpus.errors import CorpusError
from corpus.stages import balance
from corpus.stages.balance import Ledger
from corpus.stages.built import Built, Finished
from corpus.stages.every import ALL, balance_of
from corpus.stages.ingest import INGEST
from corpus.stages.stage import SIGNALS, Stage
from corpus.store import manifest, storage
from corpus.store import receipts as reading
from corpus.store.entries import FileEntry, rows_by_part
from corpus.store.manifest import fingerprint
from corpus.store.receipts import Merged


def identities(release: Finished) -> Iterator[str]:
    """Manifests whose fingerprint is not that of what they say made them, or that stand on another release's stages."""
    for name, built in release.stages.items():
        found = built.manifest
        where = f"{built.folder}/{manifest.MANIFEST}"
        if found.stage != name or fingerprint(found.identity) != found.fingerprint:
            yield f"{where}: its fingerprint is not that of its identity: it was edited"
        for parent, mark in built.parents.items():
            there = release.stages.get(parent)
            if there and there.manifest.fingerprint != mark:
                yield f"{where}: made from {parent} {mark}, but this release has {there.manifest.fingerprint}"


def receipts(release: Finished, damaged: Collection[str] = ()) -> Iterator[str]:
    """Counts and files of manifests that their receipts, where these were shipped, do not add up to; but of stages with
    damaged files, whose receipts count for nothing."""
    for name, built in release.stages.items():
        if name in damaged:
            continue
        try:
            yield from _added_up(built)
        except (ValueError, TypeError, KeyError) as error:
            yield f"{built.folder}/{manifest.RECEIPTS} are damaged ({error})"


def _added_up(built: Built) -> Iterator[str]:
    sums, files = Merged(), dict[str, int]()
    for step in storage.list_folders(storage.join(built.folder, manifest.RECEIPTS)):
        for receipt in reading.complete(built.folder, step):
            sums.add_sums(receipt.counts, receipt.tallies, [])
            for table, entries in receipt.files.items():
                files[table] = files.get(table, 0) + _mark(entries)
    for name, count in sums.counts.items():
        said = built.manifest.counts.get(name)
        if said != count:
            yield f"{built.folder}: {name} is {_shown(said)} in the manifest, {count:,} in the receipts"
    for name, total in sums.tallies.items():
        if list(built.manifest.tallies.get(name, ())) != total.rows():
            yield f"{built.folder}: the tally {name} in the manifest is not the sum of those in the receipts"
    for table, mark in files.items():
        if mark != _mark(built.manifest.tables.get(table, ())):
            yield f"{built.folder}: the files of {table} in the manifest are not those in the receipts"


def _mark(entries: Iterable[FileEntry]) -> int:
    """Of a multiset of entries: the sum of their hashes."""
    return sum(xxhash.xxh3_128_intdigest(repr(entry).encode()) for entry in entries)


def _shown(count: int | None) -> str:
    return "missing" if count is None else f"{count:,}"


def balances(release: Finished) -> Iterator[str]:
    """Ledgers that do not balance, and tables that are not aligned with documents, a line each."""
    known = {stage.name: stage for stage in ALL}
    before = {name: built.manifest for name, built in release.stages.items()}
    for name, built in release.stages.items():
        stage = known.get(name)
        yield from _failing(name, partial(_aligned, release, built, stage))
        balanced = balance_of(built)
        if balanced:
            own = Ledger(stage=name, own=built.manifest, before=before, absent=frozenset(release.absent))
            yield from _failing(name, partial(balanced, own))


def _failing(stage: str, check: Callable[[], None]) -> Iterator[str]:
    """The line of a check that fails."""
    try:
        check()
    except CorpusError as error:
        yield str(error).split("; documents were lost", maxsplit=1)[0]
    except KeyError as error:
        yield f"{stage}: its manifest or that of a stage before it has no count {error}"


def _aligned(release: Finished, built: Built, stage: Stage[Any] | None) -> None:
    """Rows by part, as the manifests have them; each file's own rows are compared with these where it is read."""
    documents = release.table(INGEST.documents)
    if documents is None:
        return
    rows = documents.rows_by_part()
    for table, entries in built.manifest.tables.items():
        if (table == SIGNALS) if stage is None else stage.aligned(table):
            balance.aligned(built.name, table, rows_by_part(entries), rows)
