"""A sample of a recipe's input through the first stages, in this process: what the rest will be, and take."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import filters
from corpus.errors import RecipeError
from corpus.planning.costs import Costs
from corpus.planning.estimate import Sample
from corpus.sources.formats import FORMATS
from corpus.sources.inventory import Listing, Slice, SourceFile, Unit
from corpus.sources.source import Source
from corpus.stages.measure import JOB
from corpus.stages.recipe import Recipe
from corpus.store import storage
from corpus.store.manifest import Receipt
from corpus.store.table import Table
from filters import Filter
from jobs.stages.decide import DecidePart
from jobs.stages.ingest import IngestUnit
from jobs.stages.measure import MeasurePart

FILES = 4  # of each source, from its beginning to its end
FILE_BYTES = 2 << 20  # of each of them
_WHOLE_BYTES = 64 << 20  # of a file that only whole can be read
# The filters by which the costs were measured, in an order in which each has what it reads.
_REFERENCE = ("length", "content", "minhash", "language", "symbols", "repetition", "stopwords", "flagged")


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A piece of a file as a source of its own, and how many bytes of the file it stands for."""

    slice: Slice
    bytes: int


def sample(recipe: Recipe, listed: Sequence[Listing], known: Costs) -> Sample:
    """Raises RecipeError if nothing of the input can be sampled."""
    text = documents = 0.0
    cpu = {"ingest": 0.0, "measure": 0.0, "reference": 0.0}
    sampled = kept = rows = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number, one in enumerate(listed):
            folder = Path(scratch, str(number))
            pieces = [piece for at, file in enumerate(_spread(one.files)) for piece in _piece(file, folder / str(at))]
            if not pieces:
                continue
            units = {n: (one.source, Unit(slices=(piece.slice,))) for n, piece in enumerate(pieces)}
            table, spent = _ingested(str(folder), units, recipe.ingest.part_bytes)
            size = sum(int(pa.compute.sum(pa.compute.binary_length(texts)).as_py() or 0) for texts in _texts(table))
            share = sum(file.size for file in one.files) / max(sum(piece.bytes for piece in pieces), 1)
            text, documents = text + size * share, documents + table.rows * share
            sampled, rows = sampled + size, rows + table.rows
            cpu["ingest"] += spent
            if not table.rows:
                continue
            chosen = {choice.name: choice.base for choice in recipe.choices}
            measured, cpu_measure = _measured(str(folder / "m"), table, chosen)
            cpu["measure"] += cpu_measure
            cpu["reference"] += _measured(str(folder / "r"), table, {n: filters.load(n)() for n in _REFERENCE})[1]
            kept += _kept(str(folder / "d"), table, measured, recipe)
    if not sampled:
        raise RecipeError("nothing of the input can be sampled: --estimate needs files that give a document")
    megabytes = sampled / 1e6
    return Sample(
        input_bytes=sum(file.size for one in listed for file in one.files),
        text_bytes=int(text),
        documents=int(documents),
        sampled_bytes=sampled,
        kept=max(kept / rows, 1 / rows),
        ingest=cpu["ingest"] / megabytes,
        measure=cpu["measure"] / megabytes,
        slower=cpu["reference"] / megabytes / known.jobs[JOB].tasks_cpu.slope,
    )


def _spread(files: Sequence[SourceFile]) -> list[SourceFile]:
    filled = [file for file in files if file.size]
    if len(filled) <= FILES:
        return filled
    return [filled[at * (len(filled) - 1) // (FILES - 1)] for at in range(FILES)]


def _piece(file: SourceFile, folder: Path) -> list[_Piece]:
    """The beginning of a file, copied, or row groups of it; none of a large one that only whole can be read."""
    if file.size <= FILE_BYTES:
        return [_Piece(slice=Slice(file=file), bytes=file.size)]
    cut = FORMATS[file.format].cut
    if cut == "at row groups":
        return _groups(file)
    if not cut and not file.compression:
        return [_Piece(slice=Slice(file=file), bytes=file.size)] if file.size <= _WHOLE_BYTES else []
    folder.mkdir(parents=True)
    copy = folder / Path(file.file).name
    filesystem, path = storage.resolve(file.uri)
    with filesystem.open_input_stream(path, compression=None) as stream:
        copy.write_bytes(stream.read(FILE_BYTES))
    made = replace(file, uri=str(copy), size=FILE_BYTES, sha256="", sums=b"")
    return [_Piece(slice=Slice(file=made), bytes=FILE_BYTES)]


def _groups(file: SourceFile) -> list[_Piece]:
    try:
        with file.original.open() as opened, pq.ParquetFile(opened) as parquet:
            first = parquet.metadata.row_group(0)
            size = sum(first.column(at).total_compressed_size for at in range(first.num_columns))
    except (pa.ArrowInvalid, IndexError):  # no Parquet, or empty
        return []
    return [_Piece(slice=Slice(file=file, start=0, stop=1), bytes=size)] if size <= _WHOLE_BYTES else []


def _ingested(folder: str, units: Mapping[int, tuple[Source, Unit]], part_bytes: int) -> tuple[Table, float]:
    """Documents, and CPU seconds of the second time: the first compiles."""
    task = IngestUnit(folder=folder, units=units, part_bytes=part_bytes)
    for _ in range(2):
        begun = time.process_time()
        receipts = [receipt for number in units for receipt in task(number).values()]
        spent = time.process_time() - begun
    files = tuple(entry for receipt in receipts for entry in receipt.files["documents"])
    return Table(folder=folder, name="documents", files=files), spent


def _measured(folder: str, documents: Table, chosen: Mapping[str, Filter]) -> tuple[Mapping[str, Table], float]:
    """Signals by filter, and CPU seconds."""
    folders = {name: storage.join(folder, name) for name in chosen}
    task = MeasurePart(documents=documents, filters=chosen, folders=folders, known={})
    for _ in range(2):
        begun = time.process_time()
        found: list[Mapping[str, Receipt]] = [task(part) for part in range(documents.parts)]
        spent = time.process_time() - begun
    tables = {
        name: Table(folder=own, name="signals", files=tuple(one[own].files["signals"][0] for one in found))
        for name, own in folders.items()
    }
    return tables, spent


def _kept(folder: str, documents: Table, measured: Mapping[str, Table], recipe: Recipe) -> int:
    judged = {name: measured[name] for name in {"language", *(choice.name for choice in recipe.judged)}}
    task = DecidePart(
        folder=folder, documents=documents, measured=judged, choices=recipe.judged, known_from=recipe.decide.known_from
    )
    return sum(task(part)[folder].counts["kept"] for part in range(documents.parts))


def _texts(table: Table) -> list[pa.ChunkedArray]:  # type: ignore[type-arg]
    return [table.read(part, ["text"]).column("text") for part in range(table.parts)]
