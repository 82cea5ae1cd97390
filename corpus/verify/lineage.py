"""Lineage and the shards' own columns against the corpus: each document stands where they say it came from."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from corpus import storage
from corpus.errors import DataError
from corpus.finished import Built
from corpus.table import Table

_ID_CHARS = 32  # 128 bits in hex

Heads = Mapping[int, tuple[np.ndarray, np.ndarray]]  # by part: rows (ascending) and the first 64 bits of their ids


def heads(corpus: Table) -> Heads:
    """Of every released document: 12 bytes each, which is what a verification holds in memory."""
    return {
        part: (found["row"].to_numpy(), _first_64_bits(found["id"]))
        for part in range(corpus.parts)
        for found in [corpus.read(part, ["row", "id"])]
    }


def _first_64_bits(ids: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Of ids of 32 hex digits. Raises DataError for others."""
    digits = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    if not len(digits):
        return np.empty(0, ">u8")
    offsets = np.frombuffer(digits.buffers()[1], np.int32)[digits.offset : digits.offset + len(digits) + 1]
    characters = np.frombuffer(digits.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    try:
        if np.any(np.diff(offsets) != _ID_CHARS):
            raise ValueError("another length")
        return np.frombuffer(bytes.fromhex(characters.reshape(-1, _ID_CHARS)[:, :16].tobytes().decode()), ">u8")
    except ValueError as error:
        raise DataError(f"ids of documents are not {_ID_CHARS} hex digits ({error}): the release is damaged") from error


def strangers(named: pa.Table | pa.RecordBatch, corpus: Heads) -> int:
    """Rows of a table with `id`, `part` and `row` whose document the corpus does not have there."""
    parts, rows, ids = named["part"].to_numpy(), named["row"].to_numpy(), _first_64_bits(named["id"])
    wrong = 0
    for part in np.unique(parts).tolist():
        of_part = parts == part
        if part not in corpus or not len(corpus[part][0]):
            wrong += int(of_part.sum())
            continue
        known, digests = corpus[part]
        place = np.minimum(np.searchsorted(known, rows[of_part]), len(known) - 1)
        wrong += int(np.sum((known[place] != rows[of_part]) | (digests[place] != ids[of_part])))
    return wrong


def disagreements(shard: Built, number: int, lengths: np.ndarray, corpus: Heads) -> Iterator[str]:
    """What is wrong with the lineage file of this number, whose prefix has documents of these lengths."""
    entry = shard.manifest.tables["lineage"][number]
    address = storage.join(shard.folder, "lineage", entry.name)
    try:
        found = shard.table("lineage").read(number)
        if not np.array_equal(found["tokens"].to_numpy(), lengths):
            yield f"{address}: its token counts are not the lengths of the documents of its prefix"
        wrong = strangers(found, corpus) if corpus else 0
    except (DataError, KeyError) as error:
        yield f"{address}: {error}"
        return
    if wrong:
        yield f"{address}: {wrong:,} of {entry.rows:,} documents are not in the corpus where it says"
