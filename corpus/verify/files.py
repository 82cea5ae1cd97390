"""Every file that a manifest names, read once: size, digest, rows, of shards every id. And files that none names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.fs as pafs

from corpus.errors import DataError
from corpus.shards import megatron
from corpus.shards.about import About
from corpus.shards.tokens import TokenPart
from corpus.stages.built import Built, Finished
from corpus.stages.encode import ENCODE
from corpus.stages.shard import SHARD
from corpus.stages.stage import Stage
from corpus.store import manifest, storage
from corpus.store.digests import Digested, Meter
from corpus.store.entries import FileEntry, Paged
from corpus.verify.lineage import Heads, strangers
from corpus.verify.packed_rows import Pieces
from corpus.verify.scan import Ids, read_arrow, scan_arrow, scan_bin, scan_token_part
from corpus.verify.texts import Sampled, drawn, of_batch, of_documents
from corpus.verify.trainer_caches import Caches


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that a manifest names."""

    built: Built
    table: str
    entry: FileEntry
    number: int  # in its table

    @property
    def address(self) -> str:
        return storage.join(self.built.folder, self.table, self.entry.name)

    @property
    def is_arrow_shard(self) -> bool:
        return self.of(SHARD) and self.table.split("/")[0] == "arrow" and self.ends_in(".arrow")

    def of(self, stage: Stage[Any]) -> bool:
        return self.built.name == stage.name

    def ends_in(self, suffix: str) -> bool:
        return self.entry.name.endswith(suffix)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What files are held against; `about` is None where nothing says which ids may be."""

    about: About | None
    corpus: Heads  # empty where the corpus was not shipped


@dataclass
class Examined:
    """What was found; each problem is a whole line."""

    file: File
    damage: list[str] = field(default_factory=list)  # missing, another size or digest
    rows: list[str] = field(default_factory=list)  # other counts than the manifest's, an index that does not fit
    ids: Ids | None = None  # of shards and token parts
    documents: pa.Table | None = None  # part, row and copy of those of an Arrow shard
    strangers: int = 0  # documents of an Arrow shard that the corpus does not have where it says
    samples: list[Sampled] = field(default_factory=list)  # of an Arrow shard


def listed(release: Finished) -> list[File]:
    """The largest first, so that no core is left with the longest at the end."""
    found = [
        File(built=built, table=table, entry=entry, number=number)
        for built in release.stages.values()
        for table, entries in built.manifest.tables.items()
        for number, entry in enumerate(entries)
    ]
    return sorted(found, key=lambda file: (-file.entry.bytes, file.address))


def examine(file: File, known: Known, meter: Meter) -> Examined:
    """Read a file whole. What has a structure is parsed only if its digest is right."""
    found = Examined(file=file)
    filesystem, path = storage.resolve(file.address)
    info = filesystem.get_file_info(path)
    if not info.is_file:
        found.damage.append(f"{file.address} is missing")
    elif info.size != file.entry.bytes:
        found.damage.append(f"{file.address} has {info.size:,} bytes, its manifest says {file.entry.bytes:,}")
    elif file.entry.bytes:
        with Digested(file.address, meter) as opened:
            _read(opened, known, found)
    return found


def _read(opened: Digested, known: Known, found: Examined) -> None:
    file, about = found.file, known.about
    if about and file.is_arrow_shard:
        stream = opened.whole()
        if _right(opened.sha256, found):
            _arrow(stream, known, about, found)
        return
    if about and file.of(SHARD) and file.ends_in(".bin"):
        _bin(opened, about, found)
    opened.drain()
    if _right(opened.sha256, found):
        _closed(file, about, found)


def _right(digest: str, found: Examined) -> bool:
    said = found.file.entry.sha256
    if digest == said:
        return True
    found.damage.append(f"{found.file.address} has sha256 {digest[:12]}..., its manifest says {said[:12]}...")
    return False


def _arrow(stream: pa.Buffer, known: Known, about: About, found: Examined) -> None:
    entry, address = found.file.entry, found.file.address
    ids = Ids(vocab_size=about.vocab_size, end=about.end_of_document)
    name = f"{found.file.table}/{entry.name}"
    pieces = Pieces(packed=about.packed, ids=ids) if about.packed else None
    places = []
    try:
        wanted = drawn(name, entry.rows)
        for batch in read_arrow(stream):
            if pieces:
                owners: pa.Table | pa.RecordBatch = pieces.batch(batch)
            else:
                found.samples += of_batch(batch, ids.documents, wanted, address)
                scan_arrow(batch, ids)
                owners = batch
                places.append(pa.Table.from_batches([batch.select(["part", "row", "copy"])]))
            found.strangers += strangers(owners, known.corpus) if known.corpus else 0
        if pieces:
            whole = pieces.whole()
            found.samples += of_documents(whole, name, address)
            places = [whole.table]
    except (DataError, pa.ArrowInvalid, KeyError) as error:
        found.rows.append(f"{address} is no Arrow stream of documents: {str(error).splitlines()[0]}")
        return
    found.documents = pa.concat_tables(places) if places else None
    _counted(ids, found, pieces.rows if pieces else ids.documents)


def _bin(opened: Digested, about: About, found: Examined) -> None:
    address = found.file.address
    masked = found.file.ends_in("_label_document.bin")
    ended = not found.file.ends_in("_inputs_document.bin")
    ids = Ids(vocab_size=about.vocab_size, end=about.end_of_document, ended=ended, masked=masked)
    try:
        lengths, kind = _index(found.file)
    except DataError as error:
        found.rows.append(str(error))
        return
    wanted = "int32" if masked else about.dtype
    if str(kind) != wanted:
        found.rows.append(f"{address} has ids of type {kind}, which are to be {wanted}")
    scan_bin(opened, kind, lengths, ids)
    _counted(ids, found, ids.documents)


def _counted(ids: Ids, found: Examined, rows: int) -> None:
    found.ids = ids
    if rows != found.file.entry.rows:
        found.rows.append(f"{found.file.address} holds {rows:,} rows, its manifest says {found.file.entry.rows:,}")


def _index(file: File) -> tuple[np.ndarray, "np.dtype[np.generic]"]:
    """Lengths and type by the `.idx` beside a `.bin`. Raises DataError unless it is, byte for byte, theirs."""
    address = storage.join(file.built.folder, file.table, file.entry.name.removesuffix(".bin") + ".idx")
    data = storage.read_bytes(address)
    if data is None:
        raise DataError(f"{address} is missing, so {file.entry.name} cannot be read")
    try:
        lengths, _, kind = megatron.read_index(data, file.entry.bytes)
    except DataError as error:
        raise DataError(f"{address}: {error}") from error
    if len(lengths) != file.entry.rows:
        raise DataError(f"{address} has {len(lengths):,} documents, its manifest says {file.entry.rows:,}")
    if data != megatron.index_bytes(lengths, kind):
        raise DataError(f"{address}: its pointers or document boundaries do not follow from its lengths")
    return lengths, kind


def _closed(file: File, about: About | None, found: Examined) -> None:
    """What is read by its footer: Parquet tables, and token parts."""
    try:
        if file.ends_in(".parquet"):
            file.built.table(file.table).open(file.number).close()  # compares the rows
        elif file.of(ENCODE) and file.ends_in(".arrow"):
            ids = _token_part(file, about)
            _counted(ids, found, ids.documents)
    except (DataError, pa.ArrowInvalid, KeyError) as error:
        found.rows.append(str(error).splitlines()[0])


def _token_part(file: File, about: About | None) -> Ids:
    part = TokenPart(folder=file.built.folder, entry=file.entry, number=file.number)
    limits = (about.vocab_size, about.end_of_document) if about else (1 << 32, -1)
    ids = Ids(vocab_size=limits[0], end=limits[1], ended=False)
    scan_token_part((stored.whole() for stored in part.batches()), ids)
    return ids


def unnamed(release: Finished) -> Iterator[tuple[str, str | None]]:
    """Files in the folders of stages that no manifest names; and whose cache each is, None for nobody's. What a killed
    writer left unfinished is none of them: no file of the release has such a name, and the next run that is alone
    deletes it."""
    for built in release.stages.values():
        known = {manifest.MANIFEST, manifest.RUN}
        for table, entries in built.manifest.tables.items():
            known |= {f"{table}/{entry.name}" for entry in entries}
            known |= {*entries.names()} if isinstance(entries, Paged) else set()
        caches = Caches(built)
        filesystem, path = storage.resolve(built.folder)
        for info in filesystem.get_file_info(pafs.FileSelector(path, recursive=True, allow_not_found=True)):
            name = info.path.removeprefix(path.rstrip("/")).lstrip("/")
            if not info.is_file or name in known or storage.is_scratch(str(info.base_name)):
                continue
            if not name.startswith(f"{manifest.RECEIPTS}/"):
                yield storage.join(built.folder, name), caches.writer(name)
