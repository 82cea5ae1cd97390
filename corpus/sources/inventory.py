"""The files of a source, in an order that moving them does not change, and how tasks share them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from corpus.errors import RecipeError
from corpus.packed.compression import BY_EXTENSION
from corpus.sources import formats
from corpus.sources import listing as matching
from corpus.sources.formats import EXTENSIONS, FORMATS
from corpus.sources.listing import Entry
from corpus.sources.source import Source
from corpus.store import addresses, original, storage
from corpus.store.original import Digest, Original

_TEXT_FIRST = "make text of it first (pandoc -t plain, or what the documents were written with)"
_UNPACK = "unpack it"
_CONVERTED = {
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".epub", ".pptx", ".tex"), _TEXT_FIRST),
    ".pdf": "make text of it first (pdftotext, or a program that reads its layout)",
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar"), _UNPACK),
    **dict.fromkeys((".xlsx", ".ods"), "save its tables as .csv"),
    **dict.fromkeys((".avro", ".orc"), "write it as Parquet (Spark and DuckDB do)"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFile:
    """An input file. `file` names it below the source's root and is what ids and fingerprints see; `sha256` and `sums`
    are there once it is digested (corpus.store.original)."""

    uri: str
    file: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    format: formats.Name
    compression: str  # "" or a name of corpus.packed.compression
    sha256: str = ""
    sums: bytes | str = b""

    @property
    def original(self) -> Original:
        """Its bytes, held against its digest."""
        return Original(address=self.uri, size=self.size, sha256=self.sha256, sums=self.sums)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A piece of a file: bytes for lines, bytes as they are stored for members, row groups for Parquet, everything
    (stop = -1) otherwise."""

    file: SourceFile
    start: int = 0
    stop: int = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What one task reads."""

    slices: tuple[Slice, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What lies at a source's path: input files by name, and names of what was passed over."""

    source: Source
    files: tuple[SourceFile, ...]
    passed: tuple[str, ...] = ()


def listing(source: Source, base: str) -> Listing:
    """Raises RecipeError for a path that is missing, empty or of unknown format."""
    filesystem, path = storage.resolve(addresses.below(base, source.path))
    found = matching.at(filesystem, path)
    files = [_source_file(source, filesystem, found.root, entry) for entry in found.entries]
    if not files:
        beside = f", but for {', '.join(found.passed[:3])}" if found.passed else ""
        raise RecipeError(
            f"source {source.name!r}: nothing is at {source.path}{beside}; mend its path (** crosses a /, * does not)"
        )
    ordered = sorted(files, key=lambda file: file.file)
    absent = sorted({name.rpartition("#")[0] for name in source.skip} - {file.file for file in ordered})
    if absent:
        raise RecipeError(
            f"source {source.name!r}: skip names the file {absent[0]!r}, which is not at {source.path}: mend its name "
            f"(the first of them is {ordered[0].file!r}), or take it out"
        )
    return Listing(source=source, files=tuple(ordered), passed=tuple(sorted(found.passed)))


def list_files(source: Source, base: str) -> list[SourceFile]:
    """Files of a source, sorted by name. Raises RecipeError as `listing` does."""
    return list(listing(source, base).files)


def _source_file(source: Source, filesystem: pafs.FileSystem, root: str, info: Entry) -> SourceFile:
    kind, compression = _format_of(source, info.path)
    local = isinstance(filesystem, pafs.LocalFileSystem)
    uri = info.path if local else addresses.on_same(addresses.expanded(source.path), info.path)
    return SourceFile(
        uri=uri,
        file=info.path[len(root) :].strip("/"),
        size=info.size,
        mtime_ns=info.mtime_ns,
        ctime_ns=info.ctime_ns,
        inode=info.inode,
        format=kind,
        compression=compression,
    )


def _format_of(source: Source, path: str) -> tuple[formats.Name, str]:
    stem, extension = os.path.splitext(path.lower())
    compression = BY_EXTENSION.get(extension, "")
    if compression:
        stem, extension = os.path.splitext(stem)
    kind = source.format if source.format != "auto" else EXTENSIONS.get(extension)
    if kind is None:
        raise RecipeError(f"source {source.name!r}: {path} {_refusal(extension)}")
    if source.encoding and not FORMATS[kind].encodings:
        raise RecipeError(
            f"source {source.name!r}: {path}: encoding is for CSV and TSV; text and pages are told by their bytes, "
            "other formats are UTF-8: take it out, or make UTF-8 of the files (iconv)"
        )
    if compression and not FORMATS[kind].packed:
        raise RecipeError(f"source {source.name!r}: {path}: a {kind} file is not read through {compression}: unpack it")
    return kind, compression


def _refusal(extension: str) -> str:
    """Why a file of this extension is not read, and what helps."""
    if extension in _CONVERTED:
        return f"is not read: {_CONVERTED[extension]}, and give that as the source"
    known = ", ".join(sorted(EXTENSIONS))
    return (
        f"has no known extension ({known}, also before {', '.join(BY_EXTENSION)}): set format to what it is, or path "
        "to a pattern that fits the others alone (data/**/*.jsonl.gz)"
    )


def plan_units(files: list[SourceFile], unit_bytes: int) -> list[Unit]:
    """Small files are grouped in order, large ones cut where that can be done: never dependent on cores."""
    units: list[Unit] = []
    waiting: list[Slice] = []
    size = 0
    for file in files:
        pieces = list(_pieces(file, unit_bytes))
        if len(pieces) > 1 or size + file.size > unit_bytes:
            if waiting:
                units.append(Unit(slices=tuple(waiting)))
            waiting, size = [], 0
        if len(pieces) > 1:
            units += [Unit(slices=(piece,)) for piece in pieces]
        else:
            waiting += pieces
            size += file.size
    return [*units, Unit(slices=tuple(waiting))] if waiting else units


def _pieces(file: SourceFile, unit_bytes: int) -> Iterator[Slice]:
    cut = FORMATS[file.format].cut
    if file.size <= unit_bytes or not cut or bool(file.compression) != (cut == "at members"):
        yield Slice(file=file)
    elif cut == "at row groups":
        yield from _row_groups(file, unit_bytes)
    else:
        for start in range(0, file.size, unit_bytes):
            yield Slice(file=file, start=start, stop=min(start + unit_bytes, file.size))


def _row_groups(file: SourceFile, unit_bytes: int) -> Iterator[Slice]:
    try:
        with file.original.open() as opened, pq.ParquetFile(opened) as parquet:
            sizes = [parquet.metadata.row_group(i).total_byte_size for i in range(parquet.num_row_groups)]
    except pa.ArrowInvalid:
        yield Slice(file=file)  # whoever reads it says what is wrong with it
        return
    start = 0
    for group in range(len(sizes)):
        if group > start and sum(sizes[start : group + 1]) > unit_bytes:
            yield Slice(file=file, start=start, stop=group)
            start = group
    yield Slice(file=file, start=start, stop=len(sizes))


def digest(file: SourceFile) -> Digest:
    """Of a file's bytes. Raises OSError if it cannot be read, RecipeError if its size is another by now."""
    return original.digest(file.uri, file.size)
