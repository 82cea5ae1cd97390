"""A finished run, or what of one was shipped: its stages by name, each with its manifest.

Named by a run's root (with `current.json`), by a copy of it that lacks some stages, or by the folder of one stage, such
as `shard/<fingerprint>` on the cluster that trains.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from corpus import manifest, storage
from corpus.errors import DataError, RecipeError
from corpus.manifest import Manifest
from corpus.plan import CURRENT, read_current
from corpus.table import Table


@dataclass(frozen=True, kw_only=True)
class Built:
    """A stage that is there."""

    name: str
    folder: str
    manifest: Manifest

    def table(self, name: str) -> Table:
        return Table(folder=self.folder, name=name, files=tuple(self.manifest.tables.get(name, ())))

    @property
    def parents(self) -> Mapping[str, str]:
        """Fingerprints of the stages that it was made from, by name."""
        identity = self.manifest.identity
        found = identity.get("parents") if isinstance(identity, dict) else None
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Stages that are there, in the order in which they ran; the names of those that are not; damaged manifests."""

    address: str
    stages: Mapping[str, Built]
    absent: tuple[str, ...]
    damaged: tuple[str, ...]  # a line each

    def __getitem__(self, name: str) -> Built:
        """Raises RecipeError if the stage is not there."""
        if name not in self.stages:
            why = "; ".join(self.damaged) or f"{self.address} holds only: {', '.join(self.stages) or 'nothing'}"
            raise RecipeError(f"{self.address} has no finished stage {name} ({why}): run the recipe to its end first")
        return self.stages[name]

    def __contains__(self, name: str) -> bool:
        return name in self.stages

    @cached_property
    def digest(self) -> str:
        """sha256 over the manifests: two releases with the same one are the same, file by file."""
        whole = hashlib.sha256()
        for _, built in sorted(self.stages.items()):
            whole.update(hashlib.sha256(built.manifest.to_json()).digest())
        return whole.hexdigest()


def open_release(address: str) -> Finished:
    """Raises RecipeError if there is neither a run nor a stage."""
    marks = read_current(address)
    if marks:
        return _of(address, {name: storage.join(address, name, mark) for name, mark in marks.items()})
    own = manifest.load(address)
    if own is None:
        raise RecipeError(
            f"{address} is no release: name a run's output folder (it has {CURRENT}, written when a run ends) or the "
            f"folder of a stage (it has {manifest.MANIFEST})"
        )
    found = Built(name=own.stage, folder=address, manifest=own)
    return Finished(address=address, stages={own.stage: found}, absent=tuple(found.parents), damaged=())


def _of(address: str, places: Mapping[str, str]) -> Finished:
    stages: dict[str, Built] = {}
    absent: list[str] = []
    damaged: list[str] = []
    for name, folder in places.items():
        try:
            found = manifest.load(folder)
        except DataError as error:
            damaged.append(str(error))
            continue
        if found is None and storage.holds_anything(folder):
            damaged.append(f"{folder} has files but no {manifest.MANIFEST}: copy it again, or run the recipe again")
        elif found is None:
            absent.append(name)
        else:
            stages[name] = Built(name=name, folder=folder, manifest=found)
    return Finished(address=address, stages=stages, absent=tuple(absent), damaged=tuple(damaged))
