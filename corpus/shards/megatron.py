"""Megatron's indexed datasets: `.bin` and `.idx`, one sequence a document (megatron/core/datasets/indexed_dataset.py).

GPT-NeoX and Megatron-DeepSpeed read the same bytes. Pointers are 64-bit throughout.
"""

import struct
from typing import Any

import numpy as np

from corpus.errors import DataError

MAGIC = b"MMIDIDX\x00\x00"
_OLD_MAGIC = b"TNTIDX\x00\x00"
MASKED = -100  # the label of a token that is not learned (torch.nn.CrossEntropyLoss' ignore_index)
LABEL_BYTES = 4  # int32: 16 bits without a sign cannot hold it
_CODES: dict[np.dtype[Any], int] = {np.dtype(np.uint16): 8, np.dtype(np.int32): 4}
_MOST = 2**31 - 1
_HEADER = struct.Struct("<9sQBQQ")


def index_bytes(lengths: np.ndarray, kind: np.dtype[Any]) -> bytes:
    """The `.idx` of documents of these lengths (tokens): 42 + 20 x documents bytes.

    Raises DataError for more documents, or a longer one, than 31 bits count: a trainer's index of documents is int32.
    """
    if len(lengths) > _MOST:
        raise DataError(f"{len(lengths)} documents in a prefix, {_MOST} is the most: lower [shards] shard_bytes")
    if len(lengths) and int(lengths.max()) > _MOST:
        raise DataError(
            f"a document of {lengths.max()} tokens, {_MOST} is the most: lower its source's max_record_bytes"
        )
    sizes = lengths.astype("<i4")
    pointers = np.zeros(len(lengths), "<i8")
    np.cumsum(lengths[:-1].astype(np.int64) * kind.itemsize, out=pointers[1:])
    documents = np.arange(len(lengths) + 1, dtype="<i8")
    head = _HEADER.pack(MAGIC, 1, _CODES[kind], len(lengths), len(documents))
    return head + sizes.tobytes() + pointers.tobytes() + documents.tobytes()


Index = tuple[np.ndarray, np.ndarray, np.dtype[Any]]  # lengths, byte pointers, type of an id


def read_index(index: bytes, bin_bytes: int) -> Index:
    """Lengths, byte pointers and dtype of an `.idx`. Raises DataError if it does not fit itself or its `.bin`."""
    if index.startswith(_OLD_MAGIC):
        raise DataError("this is an index of the old `cached` or `lazy` kind (TNTIDX): write it again as mmap")
    if len(index) < _HEADER.size or not index.startswith(MAGIC):
        raise DataError("this is no Megatron index: its first bytes are not MMIDIDX")
    _, version, code, sequences, documents = _HEADER.unpack_from(index)
    kinds = {number: kind for kind, number in _CODES.items()}
    wanted = _HEADER.size + 12 * sequences + 8 * documents
    if version != 1 or code not in kinds or len(index) != wanted:
        raise DataError(
            f"the index has version {version}, dtype {code}, {len(index)} bytes of {wanted}: write it again"
        )
    lengths = np.frombuffer(index, "<i4", sequences, _HEADER.size)
    pointers = np.frombuffer(index, "<i8", sequences, _HEADER.size + 4 * sequences)
    if int(lengths.sum(dtype=np.int64)) * kinds[code].itemsize != bin_bytes:
        raise DataError(
            f"the index covers {lengths.sum(dtype=np.int64)} tokens, the .bin has {bin_bytes} bytes: write both again"
        )
    return lengths, pointers, kinds[code]
