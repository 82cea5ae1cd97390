"""What a stage is once documents were withdrawn from the root: the folder that a patch made of it, or another stage.

A stage has a fingerprint as if nothing had been withdrawn, and one after each entry of the ledger: that of the folder
which the entry's patch made of the one before, if that is what follows from the stages before it; else that of a stage
which is built under the ledger: `ingest` has the ledger's head in its identity, every other the fingerprints of those
before it. So a release that was patched is found patched, nothing that was withdrawn comes back, and what a recipe
changes is built on it. Where a copy may stand up for what an entry took out, its patch is not taken for the election:
that, and all that follows from it, is built again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.planning.planned import Planned
from corpus.stages.ingest import INGEST, stopped
from corpus.stages.recipe import Recipe
from corpus.stages.stage import identity
from corpus.stages.withdrawn import ANEW
from corpus.store import manifest, storage
from corpus.store.manifest import Json
from corpus.tombstones import patches
from corpus.tombstones.patches import Patched


def under(
    planned: Planned[Any], taken_out: Patched, marks: Mapping[str, Sequence[str]], recipe: Recipe
) -> tuple[Planned[Any], Sequence[str]]:
    """The stage under the ledger, and its fingerprints after each entry, the first without any; `marks`: of the stages
    before it, whose identities name them as they are patched. Raises DataError."""
    entries, heads = taken_out.ledger.entries, taken_out.ledger.heads
    made, params, why = planned.identity, planned.params, planned.changed
    is_: Json = planned.identity
    found = [planned.fingerprint]
    patched = False
    for number, entry in enumerate(entries, 1):
        if planned.name == INGEST.name:
            params = stopped(planned.params, taken_out.ledger, number, recipe.withdrawals.key)
        made = _after(planned, number, params, marks)
        before: Any = made
        patch = patches.identity(is_, before["parents"], found[-1], heads[number - 1])
        anew = entry.elects and planned.name in ANEW
        if anew and not planned.changed:
            why = f"a copy may stand up for what withdrawal {number} took out"
        patched = not anew and taken_out.stands_for(number, planned.name, found[-1]) == manifest.fingerprint(patch)
        is_ = patch if patched else made
        found.append(manifest.fingerprint(is_))
    if patched and manifest.load(storage.join(recipe.root, planned.name, found[-1])) is None:
        is_, found[-1], patched = made, manifest.fingerprint(made), False  # the patch was removed
    folder = storage.join(recipe.root, planned.name, found[-1])
    own = planned.params if patched else params
    return replace(planned, params=own, fingerprint=found[-1], folder=folder, identity=is_, changed=why), found


def _after(planned: Planned[Any], number: int, params: Any, marks: Mapping[str, Sequence[str]]) -> Json:
    """The identity that the stage has if it is built after an entry."""
    was: Any = planned.identity
    own = {"params": identity(params)} if planned.name == INGEST.name else {}
    return {**was, **own, "parents": {name: marks[name][number] for name in planned.parents}}
