"""One Megatron prefix as it lies on disk: lengths from the `.idx`, tokens from the `.bin`, no more than asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.fs as pafs

from corpus.errors import DataError, RecipeError
from corpus.shards.megatron import read_index
from corpus.store import storage


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """`lengths`: int32 tokens of each document; `pointers`: int64 byte where it begins in the `.bin`."""

    address: str
    lengths: np.ndarray
    pointers: np.ndarray
    kind: np.dtype[Any]

    def tokens(self, document: int, first: int, last: int) -> np.ndarray:
        """Tokens first..last-1 of a document."""
        filesystem, path = storage.resolve(storage.extended(self.address, ".bin"))
        with filesystem.open_input_file(path) as file:
            file.seek(int(self.pointers[document]) + first * self.kind.itemsize)
            return np.frombuffer(file.read((last - first) * self.kind.itemsize), self.kind)


def open_prefix(address: str) -> Prefix:
    """Reads the index. Raises RecipeError if the prefix is not there, DataError if it is damaged."""
    index = storage.read_bytes(storage.extended(address, ".idx"))
    filesystem, path = storage.resolve(storage.extended(address, ".bin"))
    binary = filesystem.get_file_info(path)
    if index is None or binary.type != pafs.FileType.File:
        raise RecipeError(f"{address}.idx or .bin is not there: give the prefix without its ending")
    try:
        lengths, pointers, kind = read_index(index, binary.size)
    except DataError as error:
        raise DataError(f"{address}: {error}") from error
    return Prefix(address=address, lengths=lengths, pointers=pointers, kind=kind)
