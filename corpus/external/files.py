"""The files of a [[signals]] table, with what they are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import pyarrow.fs as pafs

from corpus.errors import RecipeError
from corpus.external.recipe_table import External
from corpus.packed.compression import BY_EXTENSION
from corpus.sources import listing
from corpus.sources.formats import EXTENSIONS
from corpus.store import addresses, original, storage
from corpus.store.original import Original

Format: TypeAlias = Literal["parquet", "arrow", "jsonl"]
_FORMATS: Final = ("parquet", "arrow", "jsonl")


@dataclass(frozen=True, kw_only=True)
class LabelFile:
    """A file as it was when it was planned with; what is read of it is held against that."""

    address: str
    size: int
    sha256: str
    sums: bytes = field(repr=False)
    format: Format
    compression: str  # "" or a name of corpus.packed.compression

    @property
    def original(self) -> Original:
        return Original(address=self.address, size=self.size, sha256=self.sha256, sums=self.sums)


def files(table: External, base: str) -> tuple[LabelFile, ...]:
    """By name, each read once for its digest. Raises RecipeError for a path that holds none, or something else."""
    filesystem, path = storage.resolve(addresses.below(base, table.path))
    local = isinstance(filesystem, pafs.LocalFileSystem)
    found = []
    for entry in sorted(listing.at(filesystem, path).entries, key=lambda one: one.path):
        kind, compression = _format(table, entry.path)
        address = entry.path if local else addresses.on_same(addresses.expanded(table.path), entry.path)
        digest = _digest(table, address, entry.size)
        found.append(
            LabelFile(
                address=address,
                size=entry.size,
                sha256=digest.sha256,
                sums=digest.sums,
                format=kind,
                compression=compression,
            )
        )
    if not found:
        raise RecipeError(f"[[signals]] {table.name}: nothing is at {table.path}: mend its path")
    return tuple(found)


def _format(table: External, path: str) -> tuple[Format, str]:
    stem, extension = os.path.splitext(path.lower())
    compression = BY_EXTENSION.get(extension, "")
    kind = EXTENSIONS.get(os.path.splitext(stem)[1] if compression else extension)
    if kind not in _FORMATS or (compression and kind != "jsonl"):
        raise RecipeError(
            f"[[signals]] {table.name}: {path} is no Parquet (.parquet), Arrow (.arrow, .feather, .ipc) or JSONL "
            "(.jsonl, .ndjson, compressed or not): take it out, or give a pattern that leaves it out"
        )
    return kind, compression


def _digest(table: External, address: str, size: int) -> original.Digest:
    try:
        return original.digest(address, size)
    except OSError as error:
        why = addresses.reason(error) or "check that it exists and may be read"
        raise RecipeError(f"[[signals]] {table.name}: cannot read {addresses.shown(address)}: {why}") from error


def what(file: LabelFile) -> Mapping[str, str]:
    """What of a file changes bytes: neither its name nor where it lies, but its place among the others."""
    return {"sha256": file.sha256, "format": file.format, "compression": file.compression}
