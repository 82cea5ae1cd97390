"""That no file of a release holds a withdrawn document, from the bytes: every id, content key and signature under the
ledger's key, every text digested again, every token decoded; and the words of requests that are given once more.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa

from corpus.shards import megatron
from corpus.shards.ipc import IpcFile
from corpus.shards.read import is_packed, lengths_of, read_batches, tokens_of
from corpus.stages.bm25 import BM25
from corpus.stages.built import Built, Finished
from corpus.stages.encode import ENCODE
from corpus.stages.report import REPORT
from corpus.stages.shard import SHARD
from corpus.stages.textindex import TEXTINDEX
from corpus.stages.views import VIEWS
from corpus.store import storage
from corpus.store.manifest import FileEntry
from corpus.textindex import blocks
from corpus.textindex.blocks import Block
from corpus.tombstones import stones
from corpus.tombstones.ledger import Ledger
from corpus.tombstones.secret import Keyed
from corpus.verify import indexes
from corpus.verify.check import Check
from corpus.withdrawal.matching import fit
from corpus.withdrawal.requests import Request
from corpus.withdrawal.scan import Scanner, Wanted
from filters.arrow import any_list, binaries, string_array
from filters.batch import Batch
from filters.content import Filter as Content
from tokenizer.decode import Decoder

_REMEDY = "withdraw again; if it stays, report it, and publish nothing of this release"
_TEXTS = ("text",)  # columns whose contents are digested again
_DECODED = 256  # documents that are decoded at a time


def wanted(ledger: Ledger, keyed: Keyed, requests: Sequence[Request]) -> Wanted:
    """What must not be found of all that was withdrawn."""
    ids: set[str] = set()
    contents: set[bytes] = set()
    signatures: set[bytes] = set()
    for entry in ledger.entries:
        found = stones.read(ledger.folder, entry)
        ids |= found.ids
        contents |= found.contents
        signatures |= {one for one in found.rows.column("signature").to_pylist() if one}
    return Wanted(
        keyed=keyed,
        ids=frozenset(ids),
        contents=frozenset(contents),
        signatures=frozenset(signatures),
        permutations=frozenset(entry.minhash["permutations"] for entry in ledger.entries),
        words=tuple(one.value for one in requests if one.by in ("span", "identifier")),
    )


def check(release: Finished, root: str, own: Wanted, requests: Sequence[Request], cores: int) -> Check:
    """One line, with all that is found below it."""
    # Words in the index of passages are hashes without a key, so nothing of it is looked for: it is held against the
    # corpus, which is looked through.
    files = [(built, table, number) for built in release.stages.values() if built.name != BM25.name
             for table in built.manifest.tables for number in range(len(built.manifest.tables[table]))]  # fmt: skip
    decoder = _decoder(release)
    known: dict[str, bool] = {}

    def look(one: tuple[Built, str, int]) -> tuple[list[str], int]:
        scanner = Scanner(wanted=own, known=known)
        return [*_file(*one, scanner, decoder)], scanner.looked

    with ThreadPoolExecutor(cores) as pool:
        found = [*pool.map(look, files)]
        ranking = indexes.ranking(release, pool).failures if BM25 in release else ()
    failures = [line for lines, _ in found for line in lines] + [*ranking]
    values = sum(looked for _, looked in found)
    failures += _pages(Scanner(wanted=own, known=known), storage.join(root, REPORT.name))
    failures += _fitting(release, requests)
    return Check(
        name="withdrawn",
        looked=f"{len(own.ids):,} documents, in {len(files):,} files with {values:,} ids, digests and texts",
        failures=tuple(failures),
        remedy=_REMEDY,
    )


def _decoder(release: Finished) -> Decoder | None:
    if SHARD not in release:
        return None
    data = storage.read_bytes(storage.join(release[SHARD].folder, "tokenizer", "tokenizer.json"))
    return Decoder(data) if data else None


def _fitting(release: Finished, requests: Sequence[Request]) -> Iterator[str]:
    """Requests that fit something still."""
    if requests:
        for request, places in zip(requests, fit(release, requests).places, strict=True):
            if places:
                yield f"{request} fits {len(places):,} documents of the release"


def _file(built: Built, table: str, number: int, scanner: Scanner, decoder: Decoder | None) -> Iterator[str]:
    entry = built.manifest.tables[table][number]
    address = storage.join(built.folder, table, entry.name)
    if entry.name.endswith(".parquet") and table != "lineage":
        for batch in built.table(table).batches(number):
            yield from _batch(address, batch, scanner)
    elif (built.name, table) == (TEXTINDEX.name, blocks.TABLE):
        for block in blocks.read(built.table(table), number):
            yield from _looked(address, scanner, _indexed(block))
    elif entry.name.endswith(".arrow"):
        for batch in _batches(built, table, entry):
            yield from _batch(address, batch, scanner)
            if decoder and built.name in (SHARD.name, ENCODE.name):
                yield from _decoded(address, _documents(batch), scanner, decoder)
    elif entry.name.endswith("_document.bin") and decoder and "_label_" not in entry.name:
        yield from _decoded(address, _of_prefix(built, entry), scanner, decoder)
    elif entry.name.rpartition(".")[2] in ("html", "json", "jsonl", "csv"):
        yield from scanner.page(address, storage.read_bytes(address) or b"")


def _batches(built: Built, table: str, entry: FileEntry) -> Iterator[pa.RecordBatch]:
    if built.name in (SHARD.name, VIEWS.name):
        yield from read_batches(storage.join(built.folder, table, entry.name))
    else:
        for stored in IpcFile(folder=built.folder, table=table, entry=entry).batches():
            yield stored.whole()


def _batch(address: str, batch: pa.RecordBatch, scanner: Scanner) -> Iterator[str]:
    for name in batch.schema.names:
        yield from scanner.column(f"{address}, {name}", batch.column(name))
        if name in _TEXTS and pa.types.is_string(batch.column(name).type):  # of canaries it is a digest
            yield from scanner.texts(address, *_digested(string_array(batch.column(name))))


def _digested(texts: pa.StringArray) -> tuple[list[bytes], pa.StringArray]:
    batch = Batch(documents=pa.RecordBatch.from_arrays([texts], names=["text"]))
    return binaries(Content().measure(batch).column("key")), texts


def _indexed(block: Block) -> list[str]:
    """The texts of a block, whose last bytes are no text's."""
    text = block.text.tobytes()
    return [text[start : end - len(blocks.END)].decode() for start, end in pairwise(block.starts.tolist())]


def _documents(batch: pa.RecordBatch) -> Iterator[np.ndarray]:
    """Tokens of the documents of a batch; of packed rows of their pieces."""
    if "tokens" in batch.schema.names:
        values = any_list(batch.column("tokens"))
        yield from np.split(values.values.to_numpy(), values.offsets.to_numpy()[1:-1])
        return
    values_, bounds = tokens_of(batch)
    lengths, pieces = lengths_of(batch)
    for row in range(batch.num_rows):
        ends = bounds[row] + np.cumsum(lengths[pieces[row] : pieces[row + 1]])
        starts = [bounds[row], *ends[:-1]] if is_packed(batch) else [bounds[row]]
        yield from (values_[start:end] for start, end in zip(starts, ends, strict=True))


def _of_prefix(built: Built, entry: FileEntry) -> Iterator[np.ndarray]:
    folder = storage.join(built.folder, "megatron")
    index = storage.read_bytes(storage.join(folder, f"{entry.name.removesuffix('.bin')}.idx")) or b""
    lengths, pointers, kind = megatron.read_index(index, entry.bytes)
    filesystem, path = storage.resolve(storage.join(folder, entry.name))
    with filesystem.open_input_file(path) as file:
        for length, pointer in zip(lengths.tolist(), pointers.tolist(), strict=True):
            file.seek(pointer)
            yield np.frombuffer(file.read(length * kind.itemsize), kind)


def _decoded(address: str, documents: Iterable[np.ndarray], scanner: Scanner, decoder: Decoder) -> Iterator[str]:
    waiting: list[str] = []
    look = partial(_looked, address, scanner)
    for tokens in documents:
        waiting.append(decoder.decode(tokens).replace("<|endoftext|>", ""))
        if len(waiting) == _DECODED:
            yield from look(waiting)
            waiting = []
    yield from look(waiting)


def _looked(address: str, scanner: Scanner, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield from scanner.texts(address, *_digested(string_array(pa.array(texts, pa.string()))))


def _pages(scanner: Scanner, folder: str) -> list[str]:
    """Of the report that stands in the root, with sheets that somebody has written into."""
    found: list[str] = []
    for name in storage.list_names(folder):
        address = storage.join(folder, name)
        found += scanner.page(address, storage.read_bytes(address) or b"")
    return found
