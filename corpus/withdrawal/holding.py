"""Folders of a root that hold withdrawn documents still: of earlier releases, and of runs that no release names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from corpus.errors import DataError
from corpus.stages.built import Built
from corpus.stages.ingest import INGEST
from corpus.store import current, manifest, releases, storage
from corpus.tombstones.secret import Keyed
from filters.arrow import strings


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`folders`: `<stage>/<fingerprint>`, in order; `names`: releases that stand on one of them."""

    folders: tuple[str, ...]
    names: tuple[str, ...]


def holding(root: str, keyed: Keyed, ids: Collection[str]) -> Holding:
    """By the ids of documents in every folder of `ingest`, and of what was made of these; a folder without a manifest
    says nothing of itself, and counts as one. The last complete run's own are none of them."""
    needed = {(stage, mark) for stage, mark in current.read(root).items()}
    every = {place: one for place, one in _folders(root).items() if place not in needed}
    found = {place for place, one in every.items() if one is None or _names(one, keyed, ids)}
    while more := {
        place
        for place, one in every.items()
        if place not in found and one is not None and found & {*one.parents.items()}
    }:
        found |= more
    named = [name for name, stages in releases.named(root).items() if found & {*stages.items()}]
    return Holding(folders=tuple(sorted("/".join(place) for place in found)), names=tuple(sorted(named)))


def _folders(root: str) -> Mapping[tuple[str, str], Built | None]:
    """Every folder of a stage by its stage and fingerprint; None for one without a manifest that can be read."""
    return {(stage, mark): _built(stage, storage.join(root, stage, mark)) for stage, mark in releases.places(root)}


def _built(stage: str, folder: str) -> Built | None:
    try:
        there = manifest.load(folder)
    except DataError:
        return None
    return Built(name=stage, folder=folder, manifest=there) if there else None


def _names(one: Built, keyed: Keyed, ids: Collection[str]) -> bool:
    """Whether it is an `ingest` with one of the documents."""
    return one.name == INGEST.name and any(keyed.stand_in(own) in ids for own in _ids(one))


def _ids(one: Built) -> Iterator[str]:
    for found in one.table("documents").each(["id", "file"]):
        there = np.asarray([file != "" for file in strings(found.column("file"))], bool)
        yield from (own for own, is_there in zip(strings(found.column("id")), there, strict=True) if is_there)


def purge(root: str, found: Holding) -> None:
    """Take the names away and delete the folders; if it is cut off, the same again deletes the rest."""
    for name in found.names:
        releases.drop_name(root, name)
    for folder in found.folders:
        place = storage.join(root, folder)
        # Without receipts a run does not go on from it; without a manifest none takes it for whole.
        storage.remove(storage.join(place, manifest.RECEIPTS))
        storage.remove_file(storage.join(place, manifest.MANIFEST))
        storage.remove(place)
