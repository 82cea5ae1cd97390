"""The words or pieces of one task's texts, numbered and counted."""

import numpy as np
import pyarrow as pa

from filters.kernels.words import fill, new_words
from filters.lm.normaliser import Text
from filters.lm.pieces import Pieces

_START = 1 << 16  # words there is room for at first; doubled when they are there


class WordCounter:
    """Numbers words in the order of their first occurrence; one costs 16 to 32 bytes of table and its own bytes."""

    def __init__(self) -> None:
        self._most = _START
        self._keys, self._values = np.empty(0, np.uint64), np.empty(0, np.int32)
        self._counts = np.zeros(0, np.int64)
        self._words: list[pa.LargeBinaryArray] = []
        self._size = 0
        self._grow()

    def _grow(self) -> None:
        held = self._keys != 0
        keys, values = np.zeros(2 * self._most, np.uint64), np.zeros(2 * self._most, np.int32)
        fill(keys, values, self._keys[held], self._values[held])
        self._keys, self._values = keys, values
        self._counts = np.concatenate([self._counts, np.zeros(self._most - len(self._counts), np.int64)])

    def add(self, text: Text, row: int) -> np.ndarray:
        """int32: the words of one text by number, -1 after each line."""
        place, end = int(text.offsets[row]), int(text.offsets[row + 1])
        white = int(np.count_nonzero(text.data[place:end] <= 0x20))
        out = np.empty(2 * (white + 1), np.int32)
        written = 0
        while place < end:
            before = self._size
            first, last = np.empty(self._most, np.int64), np.empty(self._most, np.int64)
            place, self._size, written = new_words(
                text.data, place, end, self._keys, self._values, self._counts, first, last,
                self._size, self._most, out, written,
            )  # fmt: skip
            self._keep(text, first[before : self._size], last[before : self._size])
            if place < end:
                self._most *= 2
                self._grow()
        return out[:written]

    def _keep(self, text: Text, first: np.ndarray, last: np.ndarray) -> None:
        if len(first):
            found = [text.data[a:b].tobytes() for a, b in zip(first.tolist(), last.tolist(), strict=True)]
            self._words.append(pa.array(found, pa.large_binary()))

    def result(self) -> tuple[pa.LargeBinaryArray, np.ndarray]:
        """Words by number, and how often each occurred (int64)."""
        words = pa.concat_arrays(self._words) if self._words else pa.array([], pa.large_binary())
        return words, self._counts[: self._size]


class PieceCounter:
    """The same for the pieces of a SentencePiece model, by its own numbers."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._counts = np.zeros(len(pieces.names), np.int64)

    def add(self, text: Text, row: int) -> np.ndarray:
        """int32: the pieces of one text by number, -1 after each line."""
        lines = [np.array([*line, -1], np.int32) for line in self._pieces.lines(text, row)]
        found = np.concatenate([np.empty(0, np.int32), *lines])
        self._counts += np.bincount(found[found >= 0], minlength=len(self._counts))
        return found

    def result(self) -> tuple[pa.LargeBinaryArray, np.ndarray]:
        """Pieces by number, and how often each occurred (int64); unknown ones are no piece and have none."""
        counts = self._counts.copy()
        counts[self._pieces.unknown] = 0
        return self._pieces.names, counts
