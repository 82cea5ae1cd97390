"""Documents given to another program to label, and its labels taken back: of every document one, of no other any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.export.folder import SUMS, WHAT, Folder
from corpus.external import files, joining, reading
from corpus.external.labelled import TYPES
from corpus.external.recipe_table import External, Type, held
from corpus.planning.finished import open_release
from corpus.planning.opening import open_plan
from corpus.stages.built import Finished
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.store import storage
from corpus.store.manifest import Json
from corpus.store.table import PartWriter, one_batch
from filters.arrow import Array, ChunkedArray, Field, array, filled, schema
from jobs.engine.progress import Progress

Of = Literal["documents", "kept", "released"]
_MADE_BY: Final[Mapping[Of, Any]] = {"documents": INGEST, "kept": DECIDE, "released": RELEASE}
_COLUMNS: Final = ("id", "source", "language", "text")


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """Which documents of which run, and where to."""

    release: str
    root: str | None
    tag: str
    to: str
    of: Of
    ids: bool  # without texts
    shard_documents: int


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What was exported, the labels of it, and what is taken of these."""

    exported: str
    labels: Sequence[str]
    to: str
    columns: Mapping[str, Type]
    key_field: str
    duplicates: str
    coverage: float


def export(request: ExportRequest) -> list[str]:
    """What is there now, a line each. Raises RecipeError, DataError."""
    stages = _opened(request)
    made = stages[_MADE_BY[request.of]]
    what: dict[str, Json] = {
        "stage": made.name,
        "fingerprint": made.fingerprint,
        "of": request.of,
        "texts": not request.ids,
        "shard_documents": request.shard_documents,
        "documents": stages[INGEST].table("documents").rows,  # that labels are joined to
    }
    folder = Folder(request.to, what)
    if folder.is_done():
        return [f"{request.to} has this export already, whole: every digest of {SUMS} is right"]
    columns = pa.schema([pa.field(name, pa.string()) for name in _COLUMNS if not (request.ids and name == "text")])
    held_back = pa.Table.from_batches([], columns)
    shards = documents = read = 0

    def write(rows: pa.Table) -> None:
        nonlocal shards, documents

        def body(sink: storage.Sink) -> None:
            writer = PartWriter(sink, columns)
            for batch in rows.to_batches():
                writer.write(batch)
            writer.close()

        folder.write(f"shards/shard-{shards:05d}.parquet", body)
        shards, documents = shards + 1, documents + rows.num_rows

    with Progress("export", stages[INGEST].table("documents").parts, lambda: read):
        for part, batch in _documents(stages, request, list(columns.names)):
            read = part
            held_back = pa.concat_tables([held_back, pa.Table.from_batches([batch]).cast(columns)])
            while held_back.num_rows >= request.shard_documents:
                write(held_back.slice(0, request.shard_documents))
                held_back = held_back.slice(request.shard_documents)
    if held_back.num_rows or not shards:
        write(held_back)
    folder.close()
    how = "ids" if request.ids else "texts"
    return [f"{how} of {documents:,} documents in {shards:,} shards", f"digests in {storage.join(request.to, SUMS)}"]


def _opened(request: ExportRequest) -> Finished:
    if not request.release.endswith(".toml"):
        return open_release(request.release, request.tag)
    return open_plan(request.release, request.root).finished()


def _documents(stages: Finished, request: ExportRequest, names: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Number of parts that are read, and some of their documents."""
    documents = stages[INGEST].table("documents")
    released = stages[RELEASE].table("corpus") if request.of == "released" else None
    verdicts = stages[DECIDE].table("verdicts") if request.of == "kept" else None
    for part in range(documents.parts):
        if released is not None:
            for batch in released.batches(part, names):
                yield part + 1, batch.select(names)
            continue
        told = verdicts.read(part, ["kept", "language"]) if verdicts is not None else None
        first = 0
        for batch in documents.batches(part, names):
            columns = {name: batch.column(name) for name in names}
            if told is None:
                columns["language"] = filled(columns["language"], "")
                yield part + 1, pa.RecordBatch.from_pydict(columns)
                continue
            own = one_batch(told.slice(first, batch.num_rows))
            columns["language"] = own.column("language")
            yield part + 1, pa.RecordBatch.from_pydict(columns).filter(own.column("kept"))
            first += batch.num_rows


def take(request: ImportRequest) -> list[str]:
    """Write the labels of an export as one file, in its order; what a recipe says of it. Raises RecipeError for labels
    that are missing, twice or of other documents."""
    told = storage.read_bytes(storage.join(request.exported, WHAT))
    if told is None or storage.read_bytes(storage.join(request.exported, SUMS)) is None:
        raise RecipeError(f"{request.exported} is no finished export: name the folder of `gristmill signals export`")
    ids = pa.chunked_array(list(_exported(request.exported)), pa.string())
    found, counts = _labels(request, ids)
    missing = len(ids) - found.num_rows
    if missing and found.num_rows < request.coverage * len(ids):
        lacking = ids.filter(pc.invert(pc.is_in(ids, found.column("id"))))
        raise RecipeError(
            f"{missing:,} of {len(ids):,} documents have no label, the first is {lacking[0]}: label them too, or lower "
            "--coverage"
        )
    if not request.to.endswith(".parquet"):
        raise RecipeError(f"--to {request.to} is written as Parquet: give it a name that ends in .parquet")
    where, name = storage.parted(request.to)
    with storage.publish(where, name) as sink:
        writer = PartWriter(sink, found.schema)
        for batch in found.to_batches(max_chunksize=1 << 16):
            writer.write(batch)
        writer.close()
    share = found.num_rows / max(orjson.loads(told)["documents"], 1)
    stated = "" if share >= 1 else f"\ncoverage = {_floor(share):g}"
    columns = ", ".join(f'{column} = "{kind}"' for column, kind in request.columns.items())
    passed = f"; {counts:,} labels of a document that has another passed over" if counts else ""
    return [
        f"{found.num_rows:,} of {len(ids):,} documents have a label{passed}",
        f"sha256 {sink.sha256}  {request.to}",
        "",
        f'[[signals]]\nname = "..."\npath = "{request.to}"\ncolumns = {{ {columns} }}{stated}',
    ]


def _floor(share: float) -> float:
    return int(share * 1e4) / 1e4


def _exported(folder: str) -> Iterator[Array]:
    """Ids, shard by shard."""
    table = External(name="exported", path=storage.join(folder, "shards"), columns={"source": "string"}, key_field="id")
    for file in files.files(table, ""):
        for batch in reading.rows(file, table):
            yield batch.column(reading.KEY)


def _labels(request: ImportRequest, ids: ChunkedArray) -> tuple[pa.Table, int]:
    """A row for each document with a label, in the order of the export; and labels that another stands for."""
    batches, number = [], 0
    for path in request.labels:
        table = _table(request, path)
        for file in files.files(table, ""):
            first = 0
            for batch in reading.rows(file, table):
                if any(column.null_count for column in batch.columns):
                    raise RecipeError(f"{file.address} has a null, or a number that is not finite: score it again")
                rows = batch.num_rows
                place = pc.index_in(batch.column(reading.KEY), ids.combine_chunks())
                if place.null_count:
                    stranger = batch.column(reading.KEY).filter(pc.is_null(place))[0]
                    raise RecipeError(f"{file.address} labels {stranger}, which is not in {request.exported}")
                high, low = place.to_numpy().astype(np.int64), np.zeros(rows, np.int64)
                at, of = np.arange(first, first + rows), np.full(rows, number, np.int32)
                keyed = {"high": array(high), "low": array(low), "file": array(of), "at": array(at)}
                own = {held(name): batch.column(held(name)) for name in request.columns}
                batches.append(pa.table({**keyed, "whole": array(np.ones(rows, bool)), **own}))
                first += rows
            number += 1
    labels = pa.concat_tables(batches)
    every = np.arange(len(ids))
    documents = {"high": every, "low": np.zeros_like(every), "part": np.zeros_like(every), "row": every}
    table = _table(request, request.labels[0])
    found = joining.joined(labels, pa.table({name: array(one) for name, one in documents.items()}), table)
    joined = found.rows.sort_by("row")
    columns = {name: joined.column(held(name)) for name in request.columns}
    fields: list[Field] = [pa.field("id", pa.string(), nullable=False)]
    fields += [pa.field(name, TYPES[kind], nullable=False) for name, kind in request.columns.items()]
    chosen = ids.take(joined.column("row").combine_chunks())
    return pa.table({"id": chosen, **columns}, schema=schema(fields)), found.counts["label_duplicates"]


def _table(request: ImportRequest, path: str) -> External:
    try:
        return External(
            name="labels",
            path=path,
            columns=request.columns,
            key_field=request.key_field,
            duplicates=cast(Any, request.duplicates),
        )
    except ValueError as error:
        raise RecipeError(str(error)) from error
