"""A finished run, or what of one was shipped, opened without its recipe.

Named by a run's root (with `current.json`), by a copy of it that lacks some stages, or by the folder of one stage, such
as `shard/<fingerprint>` on the cluster that trains.
"""

from collections.abc import Mapping

from corpus.errors import DataError, RecipeError
from corpus.stages.built import Built, Finished
from corpus.store import current, manifest, releases, storage


def open_release(address: str, tag: str = "") -> Finished:
    """The last complete run of a root, or the one of a name. Raises RecipeError if there is neither a run nor a
    stage."""
    marks = releases.stages(address, tag)
    if marks:
        return of(address, {name: storage.join(address, name, mark) for name, mark in marks.items()})
    own = manifest.load(address)
    if own is None:
        raise RecipeError(
            f"{address} is no release: name a run's output folder (it has {current.CURRENT}, written when a run ends) "
            f"or the folder of a stage (it has {manifest.MANIFEST}); of a run that has not ended `find` and `show` "
            "take the recipe"
        )
    found = Built(name=own.stage, folder=address, manifest=own)
    return Finished(address=address, stages={own.stage: found}, absent=tuple(found.parents))


def of(address: str, places: Mapping[str, str]) -> Finished:
    """The stages in these folders, by name."""
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
