"""The files of suites: which there are, their digests, and the items in them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa

from corpus.contamination.items import Item, read
from corpus.contamination.recipe_table import Contamination, Suite
from corpus.errors import DataError, RecipeError
from corpus.store import arrow_errors, storage

Kind = Literal["bz2", "gzip", "lz4", "zstd"]

_KNOWN: Final = (".jsonl", ".json", ".parquet")
_PACKED: Final[Mapping[str, Kind]] = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".lz4": "lz4"}
_MOST: Final = 1 << 30  # bytes of a file, unpacked


@dataclass(frozen=True, kw_only=True)
class SuiteFile:
    """A file of a suite, as it was when it was planned with."""

    suite: Suite
    address: str
    sha256: str


def files(table: Contamination, base: str) -> tuple[SuiteFile, ...]:
    """Of all suites in order, each suite's by name. Raises RecipeError for a suite without files."""
    return tuple(
        SuiteFile(suite=suite, address=address, sha256=hashlib.sha256(_bytes(address)).hexdigest())
        for suite in table.suites
        for address in _addresses(suite, base)
    )


def items(found: Sequence[SuiteFile]) -> Iterator[Item]:
    """In order. Raises DataError for a file that is no longer what was planned with, RecipeError for one that holds
    no items."""
    for file in found:
        data = _bytes(file.address)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise DataError(f"{file.address} changed since the run began: run it again")
        yield from read(file.suite, file.address, _unpacked(file.address, data, _parted(file.address)[1]))


def _addresses(suite: Suite, base: str) -> list[str]:
    place = suite.path if "://" in suite.path else str((Path(base) / Path(suite.path).expanduser()).resolve())
    folder, _, pattern = place.rpartition("/")
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
    return _parted(address)[0].rpartition("/")[2]


def _parted(address: str) -> tuple[str, Kind | None]:
    """Its name without the ending of a compression, and that ending's compression."""
    name = storage.parted(address)[1] if "://" in address else address
    for ending, kind in _PACKED.items():
        if name.endswith(ending):
            return name.removesuffix(ending), kind
    return name, None


def _bytes(address: str) -> bytes:
    data = storage.read_bytes(address)
    if data is None:
        raise RecipeError(f"{address} is not there: it is named under [[contamination.suites]]")
    return data


def _unpacked(address: str, data: bytes, kind: Kind | None) -> bytes:
    if not kind:
        return data
    try:
        with pa.CompressedInputStream(pa.BufferReader(data), kind) as stream:
            out: bytes = stream.read(_MOST + 1)
    except arrow_errors.DAMAGED as error:
        raise RecipeError(f"{address} cannot be unpacked: {arrow_errors.first_line(error)}") from error
    if len(out) > _MOST:
        raise RecipeError(f"{address} unpacks to more than {_MOST:,} bytes: split it")
    return out
