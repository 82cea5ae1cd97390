"""A release without the documents of an entry of the ledger: each stage's folder under a new fingerprint.

A stage is what it was, on stages that are patched, without what the ledger says by then: that is its identity, so the
same release and ledger give the same folders, and a patch that was cut off goes on with those that are not whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from corpus.stages.buckets import BUCKETS
from corpus.stages.built import Built, Finished
from corpus.stages.canaries import CANARIES
from corpus.stages.contamination import CONTAMINATION, STATES, Dirty
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.trial import TRIAL
from corpus.stages.views import VIEWS
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry
from corpus.store.table import Table, write_whole
from corpus.withdrawal import folder, indexes, shard_files, split_tables, tables, token_files
from corpus.withdrawal.before import Before, before
from corpus.withdrawal.folder import Patch, Restated, patch_of
from corpus.withdrawal.gone import Gone
from corpus.withdrawal.restated import dirty, restate
from corpus.withdrawal.tables import Seen
from corpus.withdrawal.token_files import Encoded

# Canaries and views are copies of documents: new ones are made of what is left, by the next run. A row of a view has
# pieces of several documents, in an order of its own, so what one of them had is not cut out of its files.
LEFT_OUT = (CANARIES.name, TRIAL.name, VIEWS.name)

Place = tuple[int, int]
Files = Mapping[str, Sequence[FileEntry]]


@dataclass
class Work:
    """Stages as they are patched, one after the other."""

    root: str
    release: Finished  # as it was
    gone: Gone
    head: str  # of the ledger
    was: Before
    made: dict[str, Built] = field(default_factory=dict)
    encoded: Encoded = field(default_factory=Encoded)
    held: frozenset[Place] = frozenset()

    @property
    def marks(self) -> dict[str, str]:
        return {name: built.fingerprint for name, built in self.made.items()}


def work(root: str, release: Finished, gone: Gone, head: str) -> Work:
    return Work(root=root, release=release, gone=gone, head=head, was=before(release, gone))


def stages(todo: Work, say: Callable[[str], None]) -> dict[str, str]:
    """Patch every stage but the report, whose job writes it anew: fingerprints by stage."""
    for name in todo.release.stages.keys() & set(LEFT_OUT):
        say(f"{name:<22} made of documents: left out of the release until `gristmill run` makes it anew")
    for name, old in _in_turn(todo.release):
        patch = patch_of(todo.root, old, todo.marks, todo.head)
        there = manifest.load(patch.folder)
        if there is not None and name not in (ENCODE.name, SPLITS.name):  # what these took out others need to know
            todo.made[name] = Built(name=name, folder=patch.folder, manifest=there)
            continue
        todo.made[name] = _patched(todo, patch)
        say(f"{name:<22} {_changed(old, todo.made[name])}")
    return todo.marks


def _in_turn(release: Finished) -> Iterator[tuple[str, Built]]:
    """Each stage after those that it was made from, but for the report and what is left out."""
    waiting = {name: old for name, old in release.stages.items() if name not in (REPORT.name, *LEFT_OUT)}
    while waiting:
        name = next(name for name, old in waiting.items() if not waiting.keys() & old.parents.keys())
        yield name, waiting.pop(name)


def _changed(old: Built, new: Built) -> str:
    files = {(t, e.sha256) for t, entries in old.manifest.tables.items() for e in entries}
    own = [(t, e.sha256) for t, entries in new.manifest.tables.items() for e in entries]
    same = sum(one in files for one in own)
    return f"{len(own) - same:>6,} of {len(own):,} files written anew"


def _patched(todo: Work, patch: Patch) -> Built:
    sums, name = folder.restated(patch.old), patch.old.name
    if name == ENCODE.name:
        files, todo.encoded = token_files.encode(patch, todo.gone, _released_bytes(todo), sums)
        return folder.publish(patch, {"tokens": files}, sums, todo.made)
    if name == SPLITS.name:
        found, todo.held = split_tables.splits(patch, todo.gone, todo.was, sums)
        return folder.publish(patch, _in_order(patch, found), sums, todo.made)
    if name == MIX.name:
        return folder.publish(
            patch,
            _in_order(
                patch, token_files.mix(patch, todo.encoded, todo.held, todo.release.table(BUCKETS.buckets), sums)
            ),
            sums,
            todo.made,
        )
    if name == SHARD.name:
        return folder.publish(patch, shard_files.shard(patch, todo.gone, todo.made, sums), sums, todo.made)
    if name in indexes.INDEXES:
        made = indexes.patched(patch, todo.release[RELEASE], todo.made[RELEASE.name], sums)
        return folder.publish(patch, made, sums, todo.made)
    seen = Seen()
    left: dict[str, Sequence[FileEntry]] = tables.patched(patch, todo.gone, seen)
    restate(patch, seen, sums, todo.was)
    if name == CONTAMINATION.name and seen.of("proofs") is not None:
        left["items"] = _items(patch, left["proofs"], sums)
    return folder.publish(patch, left, sums, todo.made)


def _in_order(patch: Patch, found: Files) -> Files:
    return {name: found[name] for name in patch.old.manifest.tables}


def _released_bytes(todo: Work) -> dict[Place, int]:
    """Bytes of the withdrawn documents' released texts, by place."""
    corpus = todo.release[RELEASE].table("corpus")
    found = {}
    for part, rows in todo.gone.rows.items():
        known = corpus.read(part, ["row"]).column("row").to_pylist()
        places = [at for at, row in enumerate(known) if row in set(rows.tolist())]
        for batch in corpus.take(part, places, ["row", "text"]):
            for one in batch.to_pylist():
                found[part, one["row"]] = len(one["text"].encode())
    return found


def _items(patch: Patch, proofs: Sequence[FileEntry], sums: Restated) -> list[FileEntry]:
    """States of evaluation items by the proofs that are left."""
    left = Table(folder=patch.folder, name="proofs", files=proofs)
    columns = ["suite", "task", "item", "whole", "common"]
    rows, state = dirty(pa.concat_tables([left.read(part, columns) for part in range(left.parts)]))
    sums.replace(Dirty, rows)
    for name in ("matches", "common", "items", "whole"):
        sums.counts[name] = sum(getattr(row, name) for row in rows)
    listed = patch.old.table("items").read(0).to_pylist()
    for one in listed:
        if one["state"] != "unchecked" or (one["suite"], one["task"], one["item"]) in state:
            one["state"] = state.get((one["suite"], one["task"], one["item"]), "clean")
    (old,) = patch.old.manifest.tables["items"]
    made = write_whole(patch.folder, "items", "items", pa.Table.from_pylist(listed, schema=STATES))
    if made.name != old.name:
        storage.remove_file(storage.join(patch.folder, "items", old.name))
    return [made]
