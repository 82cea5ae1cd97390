"""One Megatron prefix as it lies on disk: lengths from the `.idx`, tokens from the `.bin`, no more than asked for."""

import numpy as np
import pyarrow.fs as pafs

from corpus import storage
from corpus.errors import DataError, RecipeError
from corpus.shards.megatron import read_index


def read_lengths(prefix: str) -> np.ndarray:
    """int32 tokens of each document. Raises RecipeError if the prefix is not there, DataError if it is damaged."""
    return _index(prefix)[0]


def read_tokens(prefix: str, document: int, first: int, last: int) -> np.ndarray:
    """Tokens first..last-1 of a document."""
    lengths, pointers, kind = _index(prefix)
    if not 0 <= document < len(lengths):
        raise RecipeError(f"{prefix} has documents 0 to {len(lengths) - 1}: there is no document {document}")
    last = min(last, int(lengths[document]))
    filesystem, path = storage.resolve(f"{prefix}.bin")
    with filesystem.open_input_file(path) as file:
        file.seek(int(pointers[document]) + first * kind.itemsize)
        return np.frombuffer(file.read(max(0, last - first) * kind.itemsize), kind)


def _index(prefix: str) -> tuple[np.ndarray, np.ndarray, np.dtype[np.generic]]:
    index = storage.read_bytes(f"{prefix}.idx")
    filesystem, path = storage.resolve(f"{prefix}.bin")
    binary = filesystem.get_file_info(path)
    if index is None or binary.type != pafs.FileType.File:
        raise RecipeError(f"{prefix}.idx or .bin is not there: give the prefix without its ending")
    try:
        return read_index(index, binary.size)
    except DataError as error:
        raise DataError(f"{prefix}: {error}") from error
