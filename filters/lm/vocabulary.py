"""The words of a language model: numbered by how often they occur, found by their hashes."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from filters.kernels.buffers import buffers
from filters.kernels.ngrams_sorted import BITS
from filters.kernels.words import fill, hash_words, known_words, lookup
from filters.lm.normaliser import Text

SPECIALS = ("<unk>", "<s>", "</s>")  # numbers 0, 1, 2
MOST = (1 << BITS) - len(SPECIALS)  # words: what a packed n-gram has room for; rarer words are <unk>


@dataclass(frozen=True)
class Vocabulary:
    """Words (UTF-8) by number, the specials first."""

    words: pa.LargeBinaryArray

    @classmethod
    def of(cls, words: pa.LargeBinaryArray) -> "Vocabulary":
        """Raises ValueError if two words share a hash."""
        whole = pa.concat_arrays([pa.array([w.encode() for w in SPECIALS], pa.large_binary()), words])
        found = cls(whole)
        if len(np.unique(found._hashes)) != len(whole):
            raise ValueError("two words of the vocabulary have the same hash or are the same: report this as a defect")
        return found

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def buffers(self) -> tuple[np.ndarray, np.ndarray]:
        """UTF-8 of all words end to end (uint8), offsets (int64[words + 1])."""
        return buffers(self.words)

    @cached_property
    def digest(self) -> str:
        """sha256 of the words, a line each."""
        found = hashlib.sha256()
        for word in self.words:
            found.update(word.as_buffer())
            found.update(b"\n")
        return found.hexdigest()

    @cached_property
    def _hashes(self) -> np.ndarray:
        found: np.ndarray = hash_words(*self.buffers)
        return found

    @cached_property
    def table(self) -> tuple[np.ndarray, np.ndarray]:
        """Open addressing by hash: keys (uint64, 0 is empty) and numbers (int32), at most half full."""
        return hash_table(self._hashes[len(SPECIALS) :], np.arange(len(SPECIALS), len(self), dtype=np.int32))

    def numbers_of(self, words: pa.LargeBinaryArray) -> np.ndarray:
        """int32: the numbers of words; 0 (<unk>) for those that are not in the vocabulary."""
        found: np.ndarray = lookup(hash_words(*buffers(words)), *self.table)
        return found


def hash_table(hashes: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys (uint64) and values (int32), a power of two long and at most half full."""
    slots = 1 << max(4, (2 * len(hashes)).bit_length())
    keys, values = np.zeros(slots, np.uint64), np.zeros(slots, np.int32)
    fill(keys, values, hashes, numbers)
    return keys, values


def numbered(text: Text, table: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Words of normalised texts by number (int32), </s> after each line, and where each text ends (int64[rows + 1])."""
    size = int(text.offsets[-1])
    white = np.count_nonzero(text.data[:size] <= 0x20)  # spaces and line feeds: nothing else is so low
    rows = np.zeros(len(text.offsets), np.int64)
    out = np.empty(2 * (white + len(rows)), np.int32)
    known_words(text.data, text.offsets, *table, out, rows)
    return out[: rows[-1]], rows
