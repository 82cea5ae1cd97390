"""The one normaliser of language models: what is trained on and what is scored has passed it, and nothing else has.

Lower case (simple mapping), decimal digits of every script as 0, punctuation and symbols as spaces, as CCNet does
(Wenzek et al. 2020, section 4.2) but for accents, which tell words apart in most languages and stay. A line is a
sentence. A change of any of it raises `VERSION`, and a model of another version is refused.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters import unicode
from filters.arrow import buffer, typed
from filters.kernels.buffers import buffers
from filters.kernels.normalise import DROPPED, LINE, SEPARATOR
from filters.kernels.normalise import normalise as _normalise

NAME = "gristmill-lower-digits0-nopunct"
VERSION = 1

# Format characters that are not seen and that tell no words apart: soft hyphen, marks and embeddings of direction, word
# joiner, byte order mark. Joiners (U+200C, U+200D) spell words of Persian and of Indic scripts and stay.
_UNSEEN = (0xAD, 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_ZERO_WIDTH_SPACE = 0x200B  # parts words in Khmer, Thai, Myanmar; a format character in name only
_DOTTED_I = 0x130  # UnicodeData.txt has i; the committed table leaves it, since Python's lower() gives two characters
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))


class Text(NamedTuple):
    """Normalised texts: UTF-8 (uint8) and offsets (int64[rows + 1])."""

    data: np.ndarray
    offsets: np.ndarray

    def bytes(self) -> bytes:
        """All of it, rows end to end."""
        return self.data[: self.offsets[-1]].tobytes()

    def strings(self) -> pa.LargeStringArray:
        """The same as Arrow strings, without a copy."""
        parts = [None, buffer(self.offsets), buffer(self.data)]
        return typed(pa.Array.from_buffers(pa.large_string(), len(self.offsets) - 1, parts), pa.LargeStringArray)


@cache
def _table() -> tuple[np.ndarray, np.ndarray]:
    """Two-stage table of replacements: blocks (uint16[4352]) and code points (int32), made once a process."""
    tables = unicode.tables()
    codes = np.arange(0x110000)
    place = (tables.class_blocks[codes >> 8].astype(np.int64) << 8) | codes & 0xFF
    kind = tables.classes[place] & unicode.KIND
    lower = (tables.lower_blocks[codes >> 8].astype(np.int64) << 8) | codes & 0xFF
    values = (codes + tables.lower[lower]).astype(np.int32)
    values[_DOTTED_I] = ord("i")
    for first, last in _decimals():
        values[first : last + 1] = ord("0")
    values[np.isin(kind, (unicode.SPACE, unicode.PUNCTUATION, unicode.SYMBOL))] = SEPARATOR
    values[[*_CONTROLS, _ZERO_WIDTH_SPACE]] = SEPARATOR
    values[list(_UNSEEN)] = DROPPED
    values[LINE] = LINE
    blocks, stage = np.unique(values.reshape(-1, 256), axis=0, return_inverse=True)
    return stage.reshape(-1).astype(np.uint16), np.ascontiguousarray(blocks.reshape(-1))


def _decimals() -> list[tuple[int, int]]:
    """Ranges of decimal digits (general category Nd) of the committed Unicode table."""
    text = (files("filters.data") / f"unicode-{unicode.VERSION}.tsv").read_text("ascii")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return [(int(first, 16), int(last, 16)) for first, last, value in rows if value == "Nd"]


def normalise_buffers(data: np.ndarray, offsets: np.ndarray) -> Text:
    """Texts given as UTF-8 (uint8) and offsets (int[rows + 1], not from zero if a slice)."""
    size = int(offsets[-1]) - int(offsets[0])
    out = np.empty(size * 3 // 2 + 1, np.uint8)  # lower case can take three bytes for two (U+023A)
    out_offsets = np.empty(len(offsets), np.int64)
    _normalise(data, offsets, *_table(), out, out_offsets)
    return Text(out, out_offsets)


def normalise_array(texts: pa.StringArray) -> Text:
    """Texts of an Arrow array, slices included."""
    return normalise_buffers(*buffers(texts))


def normalise(texts: pa.StringArray) -> pa.LargeStringArray:
    """Texts as a language model sees them: words with one space between, one sentence a line."""
    return normalise_array(texts).strings()


def of_strings(texts: pa.LargeStringArray) -> Text:
    """Texts that are normalised already."""
    return Text(*buffers(texts))
