"""The releases of a root: the last complete run, and those that were given a name.

A release is the fingerprint of each of its stages. `current.json` has those of the last one, `releases/<name>.json`
keeps another. On a local disk `<root>/latest` leads to the last one's outputs under names that stay: it is a link to a
folder of links, made beside it and put in its place by one rename, so all of them change together.
"""

import os
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from corpus.errors import DataError, RecipeError
from corpus.store import current, manifest, storage

FOLDER: Final = "releases"
LATEST: Final = "latest"
_LINKS: Final = ".latest"
_MARK = re.compile(r"[0-9a-f]{16}")  # a fingerprint
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def mark(stages: Mapping[str, str]) -> str:
    """16 hex digits that name a release by its stages."""
    return manifest.fingerprint(dict(stages))


def is_name(text: str) -> bool:
    """Whether a release may be called so."""
    return _NAME.fullmatch(text) is not None


def named(root: str) -> dict[str, dict[str, str]]:
    """Stages of the releases that have a name, by name. Raises DataError for one that cannot be read."""
    place = storage.join(root, FOLDER)
    names = [name.removesuffix(".json") for name in storage.list_names(place) if name.endswith(".json")]
    return {name: current.stages(storage.join(place, f"{name}.json")) for name in names if _NAME.fullmatch(name)}


def stages(root: str, name: str = "") -> dict[str, str]:
    """Of the release of this name; of the last complete run without one. Raises RecipeError for an unknown name,
    DataError."""
    if not name or name == LATEST:
        return current.read(root)
    known = named(root)
    if name not in known:
        raise RecipeError(f"{root} has no release {name!r}; named: {', '.join(known) or 'none'} (gristmill tag)")
    return known[name]


def give_name(root: str, name: str) -> dict[str, str]:
    """Keep the last complete run under a name; its stages. The same again is no error.

    Raises RecipeError for a name that is none, that another release has, or where no run came to its end."""
    if not _NAME.fullmatch(name) or name == LATEST:
        raise RecipeError(f"{name!r} is no name of a release: give 1 to 64 of A-Z a-z 0-9 . _ -, and not {LATEST!r}")
    found = current.read(root)
    if not found:
        raise RecipeError(f"{root} has no complete run to give a name: `gristmill run` makes one")
    there = named(root).get(name)
    if there is not None and there != found:
        raise RecipeError(
            f"{name!r} is another release already, {mark(there)}: choose another name, or remove that one"
        )
    storage.publish_bytes(storage.join(root, FOLDER), f"{name}.json", current.written(found))
    return found


def drop_name(root: str, name: str) -> None:
    """What it kept may be removed from now on. Raises RecipeError for an unknown name."""
    stages(root, name)
    storage.remove_file(storage.join(root, FOLDER, f"{name}.json"))


def places(root: str) -> Iterator[tuple[str, str]]:
    """Folders of stages in a root by stage and fingerprint, in order of their names; what `latest` leads to is no other
    folder than these."""
    for stage in storage.list_folders(root):
        if not stage.startswith(".") and stage not in (FOLDER, LATEST):
            for mark in storage.list_folders(storage.join(root, stage)):
                if _MARK.fullmatch(mark):
                    yield stage, mark


def link_latest(root: str, release: str, places: Mapping[str, str]) -> None:
    """Let `<root>/latest/<name>` lead to the place, an address below the root, for each of these; of a release by its
    mark. Nothing on stores that know no links. Raises OSError."""
    if not storage.is_local(root):
        return
    top = Path(storage.resolve(root)[1])
    links = {name: os.path.relpath(storage.resolve(place)[1], top) for name, place in places.items()}
    made = top / _LINKS / release
    if made.parent.is_symlink():  # a root made of links into another: what lies there is the other's
        made.parent.unlink()
    if _as_they_are(made) != {name: f"../../{place}" for name, place in links.items()}:
        _make(made, links)
    latest = top / LATEST
    if latest.exists() and not latest.is_symlink():
        raise DataError(f"{latest} stands where a link belongs: move it away and run again")
    wanted = f"{_LINKS}/{release}"
    if not (latest.is_symlink() and os.readlink(latest) == wanted):
        _put(latest, wanted)
    for other in (top / _LINKS).iterdir():
        if other.name != release:
            _remove(other)


def _as_they_are(folder: Path) -> dict[str, str]:
    try:
        return {one.name: os.readlink(one) for one in folder.iterdir()}
    except OSError:  # not there, or something else lies there
        return {}


def _make(folder: Path, links: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in links.items():
        _put(folder / name, f"../../{place}")


def _put(link: Path, place: str) -> None:
    """By one rename: whoever looks finds the old one or the new one."""
    beside = link.with_name(f".{link.name}-{uuid.uuid4().hex}")
    beside.symlink_to(place)
    beside.replace(link)


def _remove(folder: Path) -> None:
    with suppress(FileNotFoundError):  # another run does the same
        if folder.is_symlink():
            folder.unlink()
            return
        for one in folder.iterdir():
            if one.is_symlink():
                one.unlink(missing_ok=True)
        folder.rmdir()
