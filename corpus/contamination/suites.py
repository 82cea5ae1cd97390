"""The files of suites: which there are, their digests, and the items in them."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from corpus.contamination.items import Item, read
from corpus.contamination.recipe_table import Contamination, Suite
from corpus.errors import DataError, RecipeError
from corpus.packed.compression import BY_EXTENSION, COMPRESSIONS
from corpus.packed.stored import Damaged, Held
from corpus.store import addresses, storage

_KNOWN: Final = (".jsonl", ".json", ".parquet")
_MOST: Final = 1 << 30  # bytes of a file, unpacked


@dataclass(frozen=True, kw_only=True)
class SuiteFile:
    """A file of a suite, as it was when it was planned with."""

    suite: Suite
    address: str
    sha256: str


def files(table: Contamination, base: str) -> tuple[SuiteFile, ...]:
    """Of all suites in order, each suite's by name. Raises RecipeError for a suite without files, and for a file that
    gives no items: that stops a plan, not a run after hours."""
    found = []
    for suite in table.suites:
        for address in _addresses(suite, base):
            data = _bytes(address)
            found.append(SuiteFile(suite=suite, address=address, sha256=hashlib.sha256(data).hexdigest()))
            for _ in read(suite, address, _unpacked(address, data)):
                pass
    return tuple(found)


def items(found: Sequence[SuiteFile]) -> Iterator[Item]:
    """In order. Raises DataError for a file that is no longer what was planned with, RecipeError for one that holds
    no items."""
    for file in found:
        data = _bytes(file.address)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise DataError(f"{file.address} changed since the run began: run it again")
        yield from read(file.suite, file.address, _unpacked(file.address, data))


def _addresses(suite: Suite, base: str) -> list[str]:
    place = addresses.below(base, suite.path)
    place = place if "://" in place else str(Path(place).resolve())
    folder, pattern = storage.parted(place)
    if pattern in storage.list_folders(folder):
        folder, pattern = place, "*"
    names = [name for name in storage.list_names(folder) if fnmatchcase(name, pattern)]
    found = [storage.join(folder, name) for name in names if _parted(name)[0].endswith(_KNOWN)]
    others = [name for name in names if not _parted(name)[0].endswith(_KNOWN) and not _is_about(name)]
    if found and others:
        raise RecipeError(
            f"[[contamination.suites]] {suite.name}: {suite.path} holds {others[0]} too, which is no file of items "
            f"({', '.join(_KNOWN)}, compressed or not): take it out, or give a pattern that leaves it out"
        )
    if not found:
        raise RecipeError(
            f"[[contamination.suites]] {suite.name}: no files of items at {suite.path}: give a file, a folder or a "
            f"pattern of {', '.join(_KNOWN)}, compressed or not"
        )
    return found


def _is_about(name: str) -> bool:
    """Whether a file says something of those beside it, as hubs and packages have them."""
    return name.startswith(".") or name.lower().startswith(("readme", "licen", "notice", "citation", "dataset_info"))


def name_of(address: str) -> str:
    """Of a file, without where it lies."""
    return _parted(storage.parted(address)[1])[0]


def _parted(name: str) -> tuple[str, str]:
    """A name without the ending of a compression, and that compression; "" for a file that is not packed."""
    stem, ending = os.path.splitext(name)
    kind = BY_EXTENSION.get(ending.lower(), "")
    return (stem if kind else name), kind


def _bytes(address: str) -> bytes:
    data = storage.read_bytes(address)
    if data is None:
        raise RecipeError(f"{address} is not there: it is named under [[contamination.suites]]")
    return data


def _unpacked(address: str, data: bytes) -> bytes:
    kind = _parted(storage.parted(address)[1])[1]
    if not kind:
        return data
    out = bytearray()
    try:
        for _, piece in COMPRESSIONS[kind].pieces(Held(data), b""):
            out += piece
            if len(out) > _MOST:
                raise RecipeError(f"{address} unpacks to more than {_MOST:,} bytes: split it")
    except Damaged as error:
        raise RecipeError(f"{address} cannot be unpacked: {error.detail}") from error
    return bytes(out)
