"""What a code point is to a cutting pattern: two-stage tables by preset, of the Unicode that `tokenizers` knows."""

from functools import cache
from importlib.resources import files

import numpy as np

from filters.unicode import two_stage
from tokenizer.presets import Preset

VERSION = "16.0"
OTHER, LETTER, MARK, DIGIT, SPACE, LINE_END, BLANK, QUOTE = range(8)  # BLANK is U+0020, QUOTE the apostrophe

_CLASSES = {"L": LETTER, "M": MARK, "N": DIGIT, "S": SPACE}


@cache
def _plain() -> np.ndarray:
    """uint8[0x110000]"""
    flat = np.full(0x110000, OTHER, np.uint8)
    for line in (files("tokenizer.data") / f"unicode-{VERSION}.tsv").read_text("ascii").splitlines()[1:]:
        first, last, name = line.split("\t")
        flat[int(first, 16) : int(last, 16) + 1] = _CLASSES[name]
    return flat


@cache
def tables(preset: Preset) -> tuple[np.ndarray, np.ndarray]:
    """`classes[blocks[cp >> 8] << 8 | cp & 255]` is the class; uint16[4352] and uint8.

    Marks of a preset that has none in words are OTHER. Of a "phrases" pattern what ends a phrase is SPACE and all else
    a LETTER.
    """
    flat = _plain().copy()
    if preset.family == "phrases":
        flat[flat != SPACE] = LETTER
        flat[[ord(sign) for sign in preset.breaks]] = SPACE
    else:
        flat[[ord("\r"), ord("\n")]] = LINE_END
        flat[ord("'")] = QUOTE
        if not preset.marks:
            flat[flat == MARK] = OTHER
    flat[ord(" ")] = BLANK
    return two_stage(flat)
