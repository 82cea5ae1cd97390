"""A stage as it would be built, or as it is there."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus.stages.ref import Ref
from corpus.stages.stage import Stage
from corpus.store import manifest
from corpus.store.manifest import Json
from corpus.store.versions import Versions

P = TypeVar("P")


@dataclass(frozen=True, kw_only=True)
class Planned(Generic[P]):
    """A stage as it would be built."""

    stage: Stage[P]
    params: P
    gate: object
    declared: tuple[Ref, ...]  # what it may read
    parents: tuple[str, ...]  # stages of those that there are
    versions: Versions
    folder: str
    fingerprint: str
    identity: Json
    changed: str  # how its code is not what was recorded; "" if it is

    @property
    def name(self) -> str:
        return self.stage.name

    @property
    def done(self) -> bool:
        """Raises DataError if its manifest cannot be read."""
        return manifest.load(self.folder) is not None
