"""Every document is accounted for: at each stage, documents in = documents kept + documents dropped.

A stage says in its `balance` which sums must be equal; the run takes them before the stage is done, `gristmill verify`
takes them again. They are of rows and counts in manifests; that the files have those rows is checked beside them, for
every stage alike, by whoever holds the files. A stage whose sums do not agree gets no manifest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from corpus.errors import LedgerError
from corpus.stages.ref import Ref
from corpus.store.manifest import Manifest
from corpus.store.tally import R


def equal(stage: str, what: str, left: int, right: int) -> None:
    """Raises LedgerError if two sums differ."""
    if left != right:
        raise LedgerError(
            f"{stage}: {what}: {left} != {right}; documents were lost or invented, so nothing was taken for done: "
            "run again, and report this if it stays"
        )


def aligned(stage: str, name: str, rows: Sequence[int] | np.ndarray, documents: Sequence[int] | np.ndarray) -> None:
    """Raises LedgerError unless every part has as many rows as the documents part of its number."""
    equal(stage, f"parts of {name} and of documents", len(rows), len(documents))
    have, want = np.asarray(rows, np.int64), np.asarray(documents, np.int64)
    for part in np.flatnonzero(have != want)[:1].tolist():
        equal(stage, f"rows of {name} and of documents in part {part}", int(have[part]), int(want[part]))


class Named(Protocol):
    """A stage, as far as sums ask."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The manifest of a stage and those of the stages that it reads."""

    stage: str
    own: Manifest
    before: Mapping[str, Manifest]
    absent: frozenset[str] = frozenset()  # stages of the release that are not here: a copy without them

    def equal(self, what: str, left: int, right: int) -> None:
        """Raises LedgerError if two sums differ."""
        equal(self.stage, what, left, right)

    def summed(self, kind: type[R], over: str, *names: str) -> None:
        """Raises LedgerError unless the stage's counts of these names are the sums of a tally's fields of those names.
        `over` is what the tally is by."""
        rows = self.own.tally(kind)
        for name in names:
            self.equal(f"{name} and their sum over {over}", self.own.counts[name], sum(vars(row)[name] for row in rows))

    def shipped(self, *stages: Named) -> bool:
        """Whether all of them that the release has are here, so that sums over them can be taken."""
        return not any(stage.name in self.absent for stage in stages)

    def has(self, stage: Named) -> bool:
        """Whether it was asked for, and is here."""
        return stage.name in self.before

    def counts(self, stage: Named) -> Mapping[str, int]:
        """Its counts; none of a stage that was not asked for."""
        found = self.before.get(stage.name)
        return found.counts if found else {}

    def tally(self, stage: Named, kind: type[R]) -> tuple[R, ...]:
        """What a stage before counted by something; nothing of one that was not asked for."""
        found = self.before.get(stage.name)
        return found.tally(kind) if found else ()

    def rows(self, ref: Ref) -> int:
        """Of a table of a stage before; 0 of one that was not asked for."""
        found = self.before.get(ref.stage)
        return found.rows(ref.table) if found else 0
