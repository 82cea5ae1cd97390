"""Folders of this machine in the object store of the tests."""

from pathlib import Path

from tests.corpus.object_store import ObjectStore


def put(store: ObjectStore, folder: Path, place: str) -> str:
    """All files below a folder, links left out; the address to name them by."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "latest" not in path.relative_to(folder).parts[0]:
            store.objects[f"{place}/{path.relative_to(folder)}"] = path.read_bytes()
    return store.address(place, "&anonymous=true")


def held(store: ObjectStore, place: str) -> dict[str, bytes]:
    """Files below a place, by their paths within it."""
    return {
        name.removeprefix(f"{place}/"): data
        for name, data in sorted(store.objects.items())
        if name.startswith(f"{place}/") and not name.endswith("/")
    }
