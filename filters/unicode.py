"""What a code point is: classes and lower case from a committed Unicode table, the same on every Python.

Two-stage tables of 256-entry blocks: most blocks are alike, so the class table takes 60 kB instead of 1.1 MB and the
blocks that a text uses stay in the first-level cache.
"""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

VERSION = "18.0"

OTHER, LETTER, MARK, DIGIT, SPACE, PUNCTUATION, SYMBOL, LINE_END = range(8)
KIND = 7  # mask of the above
UNSPACED = 8  # a letter of a script that does not put spaces between words
UPPER = 16
TERMINAL = 32  # ends a sentence: Unicode's property Sentence_Terminal
JOINER = 64  # ZWNJ and ZWJ, which shape the letters beside them: within a word they are not there
FLAGS = 128  # one more than the largest class

_KINDS = {"L": LETTER, "M": MARK, "N": DIGIT, "Z": SPACE, "P": PUNCTUATION, "S": SYMBOL}

# Blocks of scripts written without spaces between words (Unicode 18.0, Blocks.txt; UAX #14 calls most of them class SA
# or ID): Thai, Lao, Tibetan, Myanmar, Khmer, kana, Bopomofo, Han and their extensions, and two planes of ideographs,
# which have the seal script too.
_UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF),
    (0x0F00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x19E0, 0x19FF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3100, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x116D0, 0x116FF),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFD),
)


_FULL_STOPS = "\u3002\uff01\uff0e\uff1f\uff61\u104b\u17d4\u17d5\u0f0e"  # of Han, kana, Burmese, Khmer and Tibetan


class Tables(NamedTuple):
    """`classes[class_blocks[cp >> 8] << 8 | cp & 255]` is the class; `lower` likewise is the distance to lower case."""

    class_blocks: np.ndarray  # uint16[4352]
    classes: np.ndarray  # uint8
    lower_blocks: np.ndarray  # uint16[4352]
    lower: np.ndarray  # int32


@cache
def tables() -> Tables:
    """The tables, made once a process (8 ms)."""
    classes = np.zeros(0x110000, np.uint8)
    lower = np.zeros(0x110000, np.int32)
    text = (files("filters.data") / f"unicode-{VERSION}.tsv").read_text("ascii")
    for line in text.splitlines()[1:]:
        first, last, value = line.split("\t")
        place = slice(int(first, 16), int(last, 16) + 1)
        if value == "STerm":
            classes[place] |= TERMINAL
        elif value.lstrip("-").isdigit():
            lower[place] = int(value)
        else:
            classes[place] = _KINDS.get(value[0], OTHER) | (UPPER if value in ("Lu", "Lt") else 0)
    for first_code, last_code in _UNSPACED_BLOCKS:
        block = classes[first_code : last_code + 1]
        block[(block & KIND) == LETTER] |= UNSPACED
    classes[[0x09, 0x0B, 0x0C]] = SPACE  # controls that Unicode gives the property White_Space
    classes[0x0A] = LINE_END
    classes[0x200C:0x200E] |= JOINER
    return Tables(*two_stage(classes), *two_stage(lower))


@cache
def sentence_ends() -> tuple[str, str]:
    """Classes for regular expressions, without brackets: what ends a sentence, and of it the full stops of scripts
    without spaces, behind which none need stand."""
    found = tables()
    codes = np.arange(0x110000)
    ends = np.flatnonzero(
        found.classes[(found.class_blocks[codes >> 8].astype(np.int64) << 8) | (codes & 255)] & TERMINAL
    )
    return "".join(map(re.escape, map(chr, ends.tolist()))), _FULL_STOPS


def two_stage(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blocks (uint16, by code point >> 8) and the distinct blocks of 256 values one after the other."""
    known: dict[bytes, int] = {}
    places = [known.setdefault(block.tobytes(), len(known)) for block in flat.reshape(-1, 256)]
    return np.array(places, np.uint16), np.frombuffer(b"".join(known), flat.dtype)
