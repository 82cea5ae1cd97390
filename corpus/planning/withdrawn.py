"""What a stage is once documents were withdrawn from the root: the folder that a patch made of it, or another stage.

A stage has a fingerprint as if nothing had been withdrawn, and one after each entry of the ledger: that of the folder
which the entry's patch made of the one before, if it touched that; else that of a stage which is built under the
ledger: `ingest` has the ledger's head in its identity, every other the fingerprints of those before it. So a release
that was patched is found patched, nothing that was withdrawn comes back, and what a recipe changes is built on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.planning.planned import Planned
from corpus.stages.ingest import INGEST, stopped
from corpus.stages.recipe import Recipe
from corpus.stages.stage import identity
from corpus.store import manifest, storage
from corpus.store.manifest import Json
from corpus.tombstones.patches import Patched


def under(
    planned: Planned[Any], taken_out: Patched, marks: Mapping[str, Sequence[str]], recipe: Recipe
) -> tuple[Planned[Any], Sequence[str]]:
    """The stage under the ledger, and its fingerprints after each entry, the first without any; `marks`: of the stages
    before it, whose identities name them as they are patched. Raises DataError."""
    entries = taken_out.ledger.entries
    if not entries:
        return planned, (planned.fingerprint,)
    made, params = planned.identity, planned.params
    found: list[str] = []
    patched = ""
    for number in range(len(entries) + 1):
        if planned.name == INGEST.name and number:
            params = stopped(planned.params, taken_out.ledger, number, recipe.withdrawals.key)
        made = _after(planned, number, params, marks)
        patched = taken_out.stands_for(number, planned.name, found[-1]) if number else ""
        found.append(patched or manifest.fingerprint(made))
    folder = storage.join(recipe.root, planned.name, found[-1])
    if patched:
        there: Any = manifest.load(folder)
        before = {name: marks[name][-1] for name in planned.parents}
        if there is not None and there.identity["parents"] == before:
            return replace(planned, fingerprint=found[-1], folder=folder, identity=there.identity), found
        found[-1] = manifest.fingerprint(made)  # the patch, or one before it, was removed
        folder = storage.join(recipe.root, planned.name, found[-1])
    return replace(planned, params=params, fingerprint=found[-1], folder=folder, identity=made), found


def _after(planned: Planned[Any], number: int, params: Any, marks: Mapping[str, Sequence[str]]) -> Json:
    """The identity that the stage has if it is built after an entry."""
    was: Any = planned.identity
    own = {"params": identity(params)} if planned.name == INGEST.name and number else {}
    return {**was, **own, "parents": {name: marks[name][number] for name in planned.parents}}
