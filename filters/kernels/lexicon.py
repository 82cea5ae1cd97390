"""How many of a text's words are in its language's lexicon."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from filters.kernels.text import index_text


class Lexicons(NamedTuple):
    """Sorted hashes of all languages end to end; a language is a row of `offsets`."""

    languages: dict[str, int]
    offsets: np.ndarray  # int64[languages + 1]
    hashes: np.ndarray  # uint64, sorted within a language


def compile_lexicons(words: Mapping[str, Sequence[str]]) -> Lexicons:
    """Entries that are one word (as `index_text` sees words) count; phrases do not."""
    offsets, rows = [0], {}
    tables: list[np.ndarray] = []
    for language in sorted(words):
        entries = pa.array(sorted(set(words[language])), pa.string())
        found = index_text(
            np.frombuffer(entries.buffers()[2], np.uint8),
            np.frombuffer(entries.buffers()[1], np.int32)[: len(entries) + 1],
        )
        single = found.word_offsets[:-1][found.words == 1]
        rows[language] = len(tables)
        tables.append(np.unique(found.word_hash[single]))
        offsets.append(offsets[-1] + len(tables[-1]))
    hashes = np.concatenate(tables) if tables else np.empty(0, np.uint64)
    return Lexicons(rows, np.array(offsets, np.int64), hashes)


@njit(cache=True, nogil=True)
def count_known(
    word_hash: np.ndarray, word_offsets: np.ndarray, language: np.ndarray, offsets: np.ndarray, hashes: np.ndarray
) -> np.ndarray:
    """int64[rows]: words that are in the lexicon of row `language` (-1: none)."""
    rows = len(word_offsets) - 1
    out = np.zeros(rows, np.int64)
    for row in range(rows):
        if language[row] < 0:
            continue
        first, last = offsets[language[row]], offsets[language[row] + 1]
        for place in range(word_offsets[row], word_offsets[row + 1]):
            wanted = word_hash[place]
            low, high = first, last
            while low < high:
                middle = (low + high) >> 1
                if hashes[middle] < wanted:
                    low = middle + 1
                else:
                    high = middle
            out[row] += low < last and hashes[low] == wanted
    return out
