"""Names, labels and indexes of the WHATWG Encoding standard, from its own two files beside this one."""

from functools import cache
from importlib.resources import files

import numpy as np
import orjson

_ABSENT = "\ufffe"  # what `codecs.charmap_decode` takes for a byte that means nothing
_LABEL_SPACE = "\t\n\x0c\r "


@cache
def _labels() -> dict[str, str]:
    groups = orjson.loads((files("corpus.charset") / "encodings.json").read_bytes())
    return {label: one["name"].lower() for group in groups for one in group["encodings"] for label in one["labels"]}


@cache
def _indexes() -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = orjson.loads((files("corpus.charset") / "indexes.json").read_bytes())
    return found


def named(label: str) -> str | None:
    """The encoding that a label means, in small letters; None if it means none (Encoding standard, section 4.2).

    >>> named(" Latin1 "), named("sjis"), named("hz-gb-2312"), named("utf-7")
    ('windows-1252', 'shift_jis', 'replacement', None)
    """
    return _labels().get(label.strip(_LABEL_SPACE).lower())


@cache
def single_byte(name: str) -> str | None:
    """256 characters by byte, for `codecs.charmap_decode`; None if the encoding is not of single bytes (section 9)."""
    name = {"iso-8859-8-i": "iso-8859-8"}.get(name, name)
    if name == "x-user-defined":  # section 14.5
        return "".join(map(chr, (*range(0x80), *range(0xF780, 0xF800))))
    index = _indexes().get(name)
    if index is None or len(index) != 0x80:
        return None
    upper = (_ABSENT if code is None else chr(code) for code in index)
    return "".join(map(chr, range(0x80))) + "".join(upper)


@cache
def index(name: str) -> np.ndarray:
    """int32 code points by pointer of an index of several bytes, -1 where there is none (section 5)."""
    return np.array([-1 if code is None else code for code in _indexes()[name]], np.int32)


@cache
def ranges() -> np.ndarray:
    """int32[207, 2]: pointer and code point at which each range of gb18030's four bytes begins (section 5)."""
    return np.array(_indexes()["gb18030-ranges"], np.int32)
