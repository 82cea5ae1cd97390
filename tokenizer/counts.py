"""How often each pre-token occurs: all that merges are learned from.

A kernel cuts and counts at once in an open-addressed table; `tokenizers`' own cut is its oracle. Counts are of 64 bits.
"""

import numpy as np
import pyarrow as pa

from filters.arrow import Array, buffer, typed
from filters.jit import int64, njit
from filters.kernels.buffers import buffers
from filters.kernels.hashing import mix
from tokenizer.classes import tables
from tokenizer.presets import DEFAULT, PRESETS, Preset
from tokenizer.pretokenizing import WHOLE, family, piece_end

# Bytes of a pre-token that is counted. A longer one is no word but a run or binary data: its pairs, 65,536 or more from
# one place of one document, would buy merges that nothing else uses, and the learner's memory would grow with it.
LONGEST = 1 << 16
_ROOM = 1 << 16  # words at first, and slots twice as many
_PRIME = np.uint64(0x100000001B3)  # FNV-1a's, 64 bits
_BASIS = np.uint64(0xCBF29CE484222325)
_LOW = np.uint64(0xFFFFFFFF)
_LONG = np.uint64(1 << 63)
_FREE = np.uint64(0xFFFFFFFFFFFFFFFF)


class WordCounter:
    """Counts of the distinct pre-tokens of all that was added."""

    def __init__(self, preset: Preset) -> None:
        self._tables = tables(preset)
        self._shape, self._digits = family(preset), preset.digits
        self._empty()

    def _empty(self) -> None:
        self._words, self.skipped = 0, 0
        self._slots = np.full(2 * _ROOM, _FREE, np.uint64)
        self._rows = np.zeros((_ROOM + 1, 3), np.int64)  # of each word its key, its count, and where its bytes begin
        self._bytes = np.empty(_ROOM * 8, np.uint8)

    def __len__(self) -> int:
        """Distinct words."""
        return self._words

    @property
    def nbytes(self) -> int:
        """Bytes of the distinct words."""
        return int(self._rows[self._words, 2])

    def add(self, texts: Array, weights: np.ndarray, *, whole: bool = False) -> None:
        """Count the words of each text (valid UTF-8) `weights` (int64[rows]) times; of weight 0 not at all.

        `whole`: a text is one word, so that what another counter took is added to this one's.
        Pre-tokens over `LONGEST` bytes are not counted; `skipped` tells how much they would have.
        """
        texts = texts.cast(pa.large_binary())
        data, offsets = buffers(texts)
        row, place = 0, int(offsets[0])
        while row < len(texts):
            row, place, self._words, skipped = _count(
                data,
                offsets,
                weights,
                row,
                place,
                *self._tables,
                WHOLE if whole else self._shape,
                self._digits,
                self._slots,
                self._rows,
                self._bytes,
                self._words,
            )
            self.skipped += skipped
            if row < len(texts):
                self._grow()

    def _grow(self) -> None:
        """Twice the room where there is less than half left."""
        if 2 * self._words >= len(self._rows) - 1:
            self._rows = np.concatenate([self._rows, np.zeros((len(self._rows) - 1, 3), np.int64)])
            self._slots = np.full(2 * (len(self._rows) - 1), _FREE, np.uint64)
            _place(self._slots, self._rows, self._words)
        if len(self._bytes) - self.nbytes < max(LONGEST, self.nbytes):
            self._bytes = np.concatenate([self._bytes, np.empty(len(self._bytes) + LONGEST, np.uint8)])

    def take(self) -> tuple[pa.LargeBinaryArray, np.ndarray]:
        """The distinct words, in the order in which they came first, and their counts (int64); begins anew."""
        words, counts = self._words, self._rows[: self._words, 1].copy()
        parts = [None, buffer(self._rows[: words + 1, 2].copy()), buffer(self._bytes[: self.nbytes])]
        found = pa.LargeBinaryArray.from_buffers(pa.large_binary(), words, parts)
        self._empty()
        return typed(found, pa.LargeBinaryArray), counts


def count_pretokens(texts: pa.StringArray, preset: Preset = PRESETS[DEFAULT]) -> tuple[pa.LargeBinaryArray, np.ndarray]:
    """The distinct words of some texts, each counted once, and their counts (int64)."""
    counter = WordCounter(preset)
    counter.add(texts, np.ones(len(texts), np.int64))
    return counter.take()


@njit(cache=True, nogil=True, inline="always")
def _key(data: np.ndarray, start: int, end: int) -> np.uint64:
    """The bytes and their number of a word of up to seven, else a hash whose highest bit is set."""
    if end - start < 8:
        value = np.uint64(end - start)
        for place in range(start, end):
            value = value << np.uint64(8) | np.uint64(data[place])
        return value
    value = _BASIS
    for place in range(start, end):
        value = (value ^ np.uint64(data[place])) * _PRIME
    return value | _LONG


@njit(cache=True, nogil=True)
def _place(slots: np.ndarray, rows: np.ndarray, words: int) -> None:
    """Every word into an empty table."""
    mask = len(slots) - 1
    for word in range(words):
        value = mix(np.uint64(rows[word, 0]))
        slot = int64(value & np.uint64(mask))
        while slots[slot] != _FREE:
            slot = (slot + 1) & mask
        slots[slot] = (value & ~_LOW) | np.uint64(word)


@njit(cache=True, nogil=True)
def _count(
    data: np.ndarray,
    offsets: np.ndarray,
    weights: np.ndarray,
    row: int,
    place: int,
    blocks: np.ndarray,
    classes: np.ndarray,
    shape: int,
    digits: int,
    slots: np.ndarray,
    rows: np.ndarray,
    held: np.ndarray,
    words: int,
) -> tuple[int, int, int, int]:
    """Count from `place` of `row` on until there is no room: the row and place to go on at, words, weight skipped.

    A slot holds the upper half of a mixed key and the word's number.
    """
    mask = len(slots) - 1
    room = len(rows) - 1
    skipped = int64(0)
    while row < len(offsets) - 1:
        end = offsets[row + 1]
        if weights[row] == 0:
            place = end
        while place < end:
            if words == room or rows[words, 2] + LONGEST > len(held):
                return row, place, words, skipped
            after = piece_end(data, place, end, blocks, classes, shape, digits)
            size = after - place
            if size > LONGEST:
                skipped += weights[row]
                place = after
                continue
            key = _key(data, place, after)
            value = mix(key)
            slot = int64(value & np.uint64(mask))
            while True:
                known = slots[slot]
                if known == _FREE:
                    slots[slot] = (value & ~_LOW) | np.uint64(words)
                    begin = rows[words, 2]
                    rows[words, 0], rows[words, 1] = int64(key), weights[row]
                    for at in range(size):
                        held[begin + at] = data[place + at]
                    words += 1
                    rows[words, 2] = begin + size
                    break
                if known >> np.uint64(32) == value >> np.uint64(32):
                    word = int64(known & _LOW)
                    same = np.uint64(rows[word, 0]) == key
                    if same and size > 7:
                        begin = rows[word, 2]
                        same = rows[word + 1, 2] - begin == size
                        at = 0
                        while same and at < size:
                            same = held[begin + at] == data[place + at]
                            at += 1
                    if same:
                        rows[word, 1] += weights[row]
                        break
                slot = (slot + 1) & mask
            place = after
        row += 1
        place = offsets[row]
    return row, place, words, skipped
