"""What lies in a root: releases, folders of stages, which of them a release needs, and the removal of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from corpus.errors import RecipeError
from corpus.planning import outputs
from corpus.store import current, leases, manifest, releases, storage

COMPLETE: Final = "complete"
UNFINISHED: Final = "unfinished"  # a run goes on from its parts
LEFT: Final = "left over"  # of a removal that was cut off


@dataclass(frozen=True, kw_only=True)
class Folder:
    """`<root>/<stage>/<mark>`. `needed`: names of the releases that it belongs to."""

    stage: str
    mark: str
    state: str
    finished_at: str  # "" where it is not known
    bytes: int
    needed: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.stage}/{self.mark}"


def held(root: str) -> dict[str, dict[str, str]]:
    """Stages of every release by its name, the last complete run's first. Raises DataError."""
    last = current.read(root)
    return ({releases.LATEST: last} if last else {}) | releases.named(root)


def folders(root: str) -> list[Folder]:
    """Of all stages, in order of their names. Raises DataError for a release that cannot be read."""
    needed: dict[tuple[str, str], list[str]] = {}
    for name, stages in held(root).items():
        for place in stages.items():
            needed.setdefault(place, []).append(name)
    return [_folder(root, stage, mark, needed.get((stage, mark), ())) for stage, mark in releases.places(root)]


def _folder(root: str, stage: str, mark: str, needed: Sequence[str]) -> Folder:
    place = storage.join(root, stage, mark)
    if manifest.MANIFEST in storage.list_names(place):
        state = COMPLETE
    else:
        state = UNFINISHED if manifest.RECEIPTS in storage.list_folders(place) else LEFT
    return Folder(
        stage=stage,
        mark=mark,
        state=state,
        finished_at=_finished_at(place),
        bytes=sum(storage.sizes(place).values()),
        needed=tuple(needed),
    )


def _finished_at(place: str) -> str:
    try:
        return str(orjson.loads(storage.read_bytes(storage.join(place, manifest.RUN)) or b"{}").get("finished_at", ""))
    except orjson.JSONDecodeError:  # nobody depends on it
        return ""


def list_lines(root: str) -> Iterator[str]:
    """Releases, then folders. Raises RecipeError where nothing lies."""
    there = folders(root)
    if not there:
        raise RecipeError(f"{root} holds no stage of a run: give the folder that `gristmill run` wrote")
    found = {(one.stage, one.mark): one for one in there}
    yield f"{'release':<24}{'stages':>7}{'bytes':>18}   finished"
    for name, stages in held(root).items():
        own = [found[place] for place in stages.items() if place in found]
        absent = [stage for stage, mark in stages.items() if (stage, mark) not in found]
        at = max((one.finished_at for one in own), default="")
        lacks = f"   not here: {', '.join(absent)}" if absent else ""
        yield f"{name:<24}{len(own):>7}{sum(one.bytes for one in own):>18,}   {at}{lacks}"
    yield ""
    yield f"{'folder':<44}{'bytes':>18}   {'finished':<22}needed by"
    for one in there:
        by = ", ".join(one.needed) or "no release"
        yield f"{one.name:<44}{one.bytes:>18,}   {one.finished_at or one.state:<22}{by}"


def unneeded(root: str, *, unfinished: bool) -> list[Folder]:
    """Folders that no release needs; those that a run would go on with only where `unfinished`.

    Raises RecipeError where there is no release at all: then nothing says what is needed."""
    if not held(root):
        raise RecipeError(f"no run came to its end in {root}: nothing says what is needed, so nothing is removed")
    return [one for one in folders(root) if not one.needed and (unfinished or one.state != UNFINISHED)]


def remove(root: str, gone: Sequence[Folder]) -> None:
    """Delete these folders. If it is cut off, the same again deletes the rest.

    Raises RecipeError while a run is at work in the root."""
    with leases.held(root) as lease:
        others = lease.others()
        if others:
            raise RecipeError(f"a run is at work in {root} ({others[0]}): wait for its end")
        for one in gone:
            place = storage.join(root, one.stage, one.mark)
            # Without receipts a run does not go on from it; without a manifest none takes it for whole.
            storage.remove(storage.join(place, manifest.RECEIPTS))
            storage.remove_file(storage.join(place, manifest.MANIFEST))
            storage.remove(place)


def places_of(root: str, tag: str) -> dict[str, str]:
    """The folders of the outputs of a release that are there, by name. Raises RecipeError for a root without a run."""
    places = outputs.of(root, releases.stages(root, tag))
    if not places:
        raise RecipeError(f"{root} holds no complete run: give the folder that `gristmill run` wrote")
    return {name: place for name, place in places.items() if storage.holds_anything(place)}


def place_of(root: str, what: str, tag: str) -> str:
    """The folder of an output of a release. Raises RecipeError for one that the release or this root lacks."""
    places = places_of(root, tag)
    if what not in places:
        raise RecipeError(f"{root} does not hold the {what} of that release; it has: {', '.join(places)}")
    return places[what]


def files_of(place: str) -> list[str]:
    """Addresses of the files below a folder, in order."""
    return [storage.join(place, name) for name in storage.sizes(place)]
