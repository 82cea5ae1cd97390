"""A sample of the documents of each shard, decoded and compared with the corpus.

The same documents every time: those whose numbers a digest of the shard's name draws.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards import megatron
from corpus.stages.built import Built
from corpus.store import storage
from corpus.store.table import Table
from corpus.verify.packed_rows import Documents
from tokenizer.decode import Decoder

SAMPLE = 8  # documents of a shard: of 300 shards 2,400, so that a fault in 0.2 % of all documents is seen with 0.99


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A document of a shard, without its end."""

    where: str
    part: int
    row: int
    ids: np.ndarray


def drawn(name: str, documents: int) -> list[int]:
    """Up to SAMPLE document numbers, ascending."""
    if documents <= SAMPLE:
        return list(range(documents))
    draws = (hashlib.blake2b(f"{name}\0{n}".encode(), digest_size=8).digest() for n in range(SAMPLE))
    return sorted({int.from_bytes(draw, "little") % documents for draw in draws})


def of_prefix(shard: Built, name: str, lineage: pa.Table, index: megatron.Index) -> list[Sampled]:
    """Of a prefix of texts."""
    lengths, pointers, kind = index
    documents = drawn(name, len(lengths))
    rows = lineage.take(documents).to_pylist()
    binary = storage.join(shard.folder, "megatron", f"{name}.bin")
    filesystem, path = storage.resolve(binary)
    found = []
    with filesystem.open_input_file(path) as file:
        for document, row in zip(documents, rows, strict=True):
            size, start = int(lengths[document]) * kind.itemsize, int(pointers[document])
            data = file.read_at(size, start)  # type: ignore[call-arg]  # the stubs lack where it begins
            where = f"{binary} document {document:,}"
            found.append(Sampled(where=where, ids=np.frombuffer(data, kind)[:-1], part=row["part"], row=row["row"]))
    return found


def of_batch(batch: pa.RecordBatch, first: int, wanted: Sequence[int], address: str) -> Iterator[Sampled]:
    """Of a batch of an Arrow shard whose first row is number `first` there."""
    inside = [number for number in wanted if first <= number < first + batch.num_rows]
    for number in inside:
        (row,) = batch.slice(number - first, 1).to_pylist()
        ids = np.asarray(row["input_ids"], np.int64)[:-1]
        yield Sampled(where=f"{address} row {number:,}", part=row["part"], row=row["row"], ids=ids)


def of_documents(found: Documents, name: str, address: str) -> Iterator[Sampled]:
    """Of the documents of a packed shard, wherever their pieces lie."""
    for number in drawn(name, found.table.num_rows):
        (row,) = found.table.slice(number, 1).to_pylist()
        where = f"{address}: copy {row['copy']} of part {row['part']}, row {row['row']}"
        yield Sampled(where=where, part=row["part"], row=row["row"], ids=found.tokens(number)[:-1])


def differing(samples: Sequence[Sampled], corpus: Table, decoder: Decoder) -> Iterator[str]:
    """Samples whose text is not the corpus's: a text is read once, whichever shards have it."""
    by_part: dict[int, list[Sampled]] = {}
    for sample in samples:
        by_part.setdefault(sample.part, []).append(sample)
    for part, of_part in sorted(by_part.items()):
        if not 0 <= part < corpus.parts:
            yield from (f"{sample.where}: the corpus has no part {part}" for sample in of_part)
            continue
        texts = _texts(corpus, part, {sample.row for sample in of_part})
        for sample in of_part:
            if sample.row not in texts:
                yield f"{sample.where}: part {part} of the corpus has no row {sample.row}"
            elif not _same(sample.ids, texts[sample.row], decoder):
                yield f"{sample.where} is not the text of part {part}, row {sample.row} of the corpus"


def _texts(corpus: Table, part: int, rows: set[int]) -> dict[int, str]:
    known = corpus.read(part, ["row"])["row"].to_numpy()
    places = np.flatnonzero(np.isin(known, sorted(rows))).tolist()
    return {
        row["row"]: row["text"] for batch in corpus.take(part, places, ["row", "text"]) for row in batch.to_pylist()
    }


def _same(ids: np.ndarray, text: str, decoder: Decoder) -> bool:
    """Byte for byte; or, for a tokenizer that normalises, the ids that the text gives."""
    return decoder.decode(ids) == text or decoder.encode(text) == ids.tolist()
