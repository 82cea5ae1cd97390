"""How many of a text's words are in its language's lexicon: words, and phrases of several.

A lexicon's entries are sequences of words as `index_text` sees them. So a word of a script without spaces, where each
letter is a unit, is found as the sequence of its letters; at each place the longest entry that stands there counts, and
the search goes on after it (maximal munch, as in dictionary segmentation of Chinese and Thai).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters.jit import njit
from filters.kernels.buffers import buffers
from filters.kernels.hashing import BASE, mix
from filters.kernels.text import index_text

ENTRY, BEGINS = 1, 2  # an entry is complete, or goes on
LONGEST = 12  # units of an entry: the longest Thai stop words have ten


class Lexicons(NamedTuple):
    """A hash table for each language, end to end; a language is a row of `offsets`."""

    languages: dict[str, int]
    offsets: np.ndarray  # int64[languages + 1] into table; sizes are powers of two
    table: np.ndarray  # uint64: keys of entries and of what they begin with, 0 is free
    kinds: np.ndarray  # uint8: of each key, ENTRY and BEGINS


def compile_lexicons(words: Mapping[str, Sequence[str]]) -> Lexicons:
    """Lexicons by language id. Entries without a word, or with more than 12 units, do not count."""
    tables: list[np.ndarray] = []
    kinds: list[np.ndarray] = []
    for language in sorted(words):
        entries = pa.array(sorted(set(words[language])), pa.string())
        found = index_text(*buffers(entries))
        keys: dict[int, int] = {}
        for first, last in zip(found.word_offsets[:-1], found.word_offsets[1:], strict=True):
            if 0 < last - first <= LONGEST:
                for end in range(first + 1, last + 1):
                    key = key_of(found.word_hash[first:end])
                    keys[key] = keys.get(key, 0) | (ENTRY if end == last else BEGINS)
        table, kind = hash_table(keys)
        tables.append(table)
        kinds.append(kind)
    return Lexicons(
        languages={language: row for row, language in enumerate(sorted(words))},
        offsets=np.cumsum([0, *map(len, tables)], dtype=np.int64),
        table=np.concatenate([np.empty(0, np.uint64), *tables]),
        kinds=np.concatenate([np.empty(0, np.uint8), *kinds]),
    )


def hash_table(keys: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Keys with their kinds as a table of open addressing, its size a power of two."""
    size = 1 << max(1, (2 * len(keys)).bit_length())
    table, kinds = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    for key in sorted(keys):
        slot = key & (size - 1)
        while table[slot]:
            slot = (slot + 1) & (size - 1)
        table[slot], kinds[slot] = key, keys[key]
    return table, kinds


def key_of(hashes: np.ndarray) -> int:
    """The key of a sequence of words (uint64), as `count_known` looks it up."""
    return int(_key(hashes))


@njit(cache=True, nogil=True)
def _key(hashes: np.ndarray) -> np.uint64:
    """A key of a sequence of words; never 0."""
    state = np.uint64(0)
    for value in hashes:
        state = state * BASE + value
    return mix(state) | np.uint64(1)


@njit(cache=True, nogil=True)
def count_known(
    word_hash: np.ndarray,
    word_offsets: np.ndarray,
    language: np.ndarray,
    offsets: np.ndarray,
    table: np.ndarray,
    kinds: np.ndarray,
) -> np.ndarray:
    """int64[rows, 3] by the lexicon of row `language` (-1: none): words in entries, entries, distinct entries."""
    rows = len(word_offsets) - 1
    out = np.zeros((rows, 3), np.int64)
    seen = np.zeros(len(table), np.int32)  # the document, from 1, in which an entry was met last
    for row in range(rows):
        if language[row] < 0:
            continue
        start = offsets[language[row]]
        mask = np.uint64(offsets[language[row] + 1] - start - 1)
        place, end = word_offsets[row], word_offsets[row + 1]
        while place < end:
            state = np.uint64(0)
            taken, entry = 0, 0
            for n in range(1, end - place + 1):
                state = state * BASE + word_hash[place + n - 1]
                key = mix(state) | np.uint64(1)
                slot = key & mask
                while table[start + slot] != 0 and table[start + slot] != key:
                    slot = (slot + np.uint64(1)) & mask
                kind = kinds[start + slot] if table[start + slot] == key else np.uint8(0)
                if kind & ENTRY:
                    taken, entry = n, start + slot
                if kind & BEGINS == 0:
                    break
            if taken:
                out[row, 0] += taken
                out[row, 1] += 1
                out[row, 2] += seen[entry] != row + 1
                seen[entry] = row + 1
            place += max(taken, 1)
    return out
