"""Scripts: the codes of ISO 15924, and which letters are of which script, from committed tables.

What Unicode parts and a reader does not is one code here: Hangul and Korean's Han are `Kore`, kana and Japanese's Han
`Jpan`, Fraktur is `Latn`. Han alone is `Hans` or `Hant` by characters that only one of them has, else `Hani`.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from filters.unicode import two_stage

UNKNOWN = "Zzzz"
HAN = ("Hani", "Hans", "Hant")
# What the kernel knows by number: "" is no letter, the second Hans is simplified by characters that Japanese has too.
_FIRST = ("", "Hani", "Hans", "Hans", "Hant", "Jpan", "Kore")
NONE, HANI, HANS, SHINJITAI, HANT, JPAN, KORE = range(7)


class Scripts(NamedTuple):
    """What stands in scripts.tsv."""

    names: dict[str, str]  # English, by code
    stands: dict[str, str]  # the code that stands for a code
    ranges: list[tuple[int, int, str]]  # first and last code point of letters and marks, code


class Letters(NamedTuple):
    """`numbers[blocks[cp >> 8] << 8 | cp & 255]` is the number in `codes` of a letter's script, 0 for what is none."""

    codes: tuple[str, ...]
    blocks: np.ndarray  # uint16[4352]
    numbers: np.ndarray  # uint8


@cache
def table() -> Scripts:
    """The file, read once a process (1 ms)."""
    names, stands, ranges = {}, {}, []
    for line in (files("filters.data") / "scripts.tsv").read_text("utf-8").splitlines()[1:]:
        kind, code, one, two = line.split("\t")
        if kind == "S":
            stands[code], names[code] = one, two
        else:
            ranges.append((int(one, 16), int(two, 16), code))
    return Scripts(names, stands, ranges)


def code_of(part: str) -> str | None:
    """The code that stands for one of ISO 15924 in any case; None for any other string.

    >>> code_of("latn"), code_of("Hang"), code_of("Abcd"), code_of("Zzzz")
    ('Latn', 'Kore', None, None)
    """
    return table().stands.get(part.title())


@cache
def letters() -> Letters:
    """Which letters and marks are of which script, made once a process (6 ms)."""
    found = table()
    codes = (*_FIRST, *sorted({code for _, _, code in found.ranges} - set(_FIRST)))
    number = {code: codes.index(code) for code in codes}
    flat = np.zeros(0x110000, np.uint8)
    for first, last, code in found.ranges:
        flat[first : last + 1] = number[code]
    simplified, shinjitai, traditional = (files("filters.data") / "han.tsv").read_text("utf-8").splitlines()[1:]
    flat[list(map(ord, simplified))] = HANS
    flat[list(map(ord, shinjitai))] = SHINJITAI
    flat[list(map(ord, traditional))] = HANT
    return Letters(codes, *two_stage(flat))
