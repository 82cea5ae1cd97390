"""A stage whose manifest is there, and the stages of one release together."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from corpus.errors import RecipeError
from corpus.store.manifest import Manifest
from corpus.store.table import Table
from corpus.store.tally import R

if TYPE_CHECKING:
    from corpus.stages.ref import Ref
    from corpus.stages.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Built:
    """A stage that is there."""

    name: str
    folder: str
    manifest: Manifest

    @property
    def fingerprint(self) -> str:
        return self.manifest.fingerprint

    @property
    def counts(self) -> Mapping[str, int]:
        return self.manifest.counts

    def tally(self, kind: type[R]) -> tuple[R, ...]:
        """What it counted by something. Raises DataError if it did not."""
        return self.manifest.tally(kind)

    def table(self, name: str) -> Table:
        return Table(folder=self.folder, name=name, files=self.manifest.tables.get(name, ()))

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
    absent: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()  # a line each

    def __getitem__(self, stage: "Stage[Any]") -> Built:
        """Raises RecipeError if the stage is not there."""
        name = stage.name
        if name not in self.stages:
            why = "; ".join(self.damaged) or f"{self.address} holds only: {', '.join(self.stages) or 'nothing'}"
            raise RecipeError(f"{self.address} has no finished stage {name} ({why}): run the recipe to its end first")
        return self.stages[name]

    def __contains__(self, stage: "Stage[Any]") -> bool:
        return stage.name in self.stages

    def get(self, stage: "Stage[Any]") -> Built | None:
        """None if it was not asked for, or is not there."""
        return self.stages.get(stage.name)

    def table(self, ref: "Ref") -> Table | None:
        """None if its stage was not asked for, or is not there."""
        found = self.stages.get(ref.stage)
        return found.table(ref.table) if found else None

    @cached_property
    def digest(self) -> str:
        """sha256 over the manifests: two releases with the same one are the same, file by file."""
        whole = hashlib.sha256()
        for _, built in sorted(self.stages.items()):
            whole.update(hashlib.sha256(built.manifest.to_json()).digest())
        return whole.hexdigest()
