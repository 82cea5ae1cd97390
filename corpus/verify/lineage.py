"""Lineage and the shards' own columns against the corpus: each document stands where they say it came from."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store.table import Table
from filters.arrow import Array, ChunkedArray
from filters.kernels.buffers import buffers

_ID_CHARS = 32  # 128 bits in hex

Heads = Mapping[int, tuple[np.ndarray, np.ndarray]]  # by part: rows (ascending) and the first 64 bits of their ids


def heads(corpus: Table) -> Heads:
    """Of every released document: 12 bytes each, which is what a verification holds in memory."""
    return {
        part: (found["row"].to_numpy(), _first_64_bits(found["id"]))
        for part in range(corpus.parts)
        for found in [corpus.read(part, ["row", "id"])]
    }


def _first_64_bits(ids: ChunkedArray | Array) -> np.ndarray:
    """Of ids of 32 hex digits. Raises DataError for others."""
    digits = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    if not len(digits):
        return np.empty(0, ">u8")
    data, offsets = buffers(digits)
    characters = data[offsets[0] : offsets[-1]]
    try:
        if np.any(np.diff(offsets) != _ID_CHARS):
            raise ValueError("another length")
        return np.frombuffer(bytes.fromhex(characters.reshape(-1, _ID_CHARS)[:, :16].tobytes().decode()), ">u8")
    except ValueError as error:
        raise DataError(f"ids of documents are not {_ID_CHARS} hex digits ({error}): the release is damaged") from error


def strangers(named: pa.Table | pa.RecordBatch, corpus: Heads) -> int:
    """Rows of a table with `part` and `row`, and maybe `id`, whose document the corpus does not have there."""
    parts, rows = (np.asarray(named[name].to_numpy()) for name in ("part", "row"))
    ids = _first_64_bits(named["id"]) if "id" in named.schema.names else None
    wrong = 0
    for part in np.unique(parts).tolist():
        of_part = parts == part
        if part not in corpus or not len(corpus[part][0]):
            wrong += int(of_part.sum())
            continue
        known, digests = corpus[part]
        place = np.minimum(np.searchsorted(known, rows[of_part]), len(known) - 1)
        strange = known[place] != rows[of_part]
        if ids is not None:
            strange |= digests[place] != ids[of_part]
        wrong += int(strange.sum())
    return wrong
